import { formsOf, isDoubtful, isSameBar } from "../known.ts";
import type { SeenBar } from "../seen.ts";
import type { Checker } from "./checker.ts";

/** 6: a revision names what it takes the place of, and what it brings is what the market knows. */
export function revisions(): Checker {
  const held = new Map<string, SeenBar>();
  return {
    invariants: [6],
    see(seen, known) {
      if (seen.kind !== "bar" && seen.kind !== "revision") return undefined;
      const { size, run } = seen;
      if (seen.kind === "bar") {
        held.set(`${run} ${size} ${seen.bar.openTime}`, seen.bar);
        return undefined;
      }
      const { before, after, version } = seen;
      const key = `${run} ${size} ${after.openTime}`;
      const sent = held.get(key);
      held.set(key, after);
      if (version < 2) return `a revision is called version ${version}`;
      if (sent !== undefined && (before === null || !isSameBar(before, sent))) {
        return `a revision of the bar at ${after.openTime} does not name what was sent`;
      }
      if (before !== null && isSameBar(before, after)) return "a revision changes nothing";
      if (size !== known.knobs.size || isDoubtful(known, after)) return undefined;
      const forms = formsOf(known, after.openTime);
      if (forms.some((form) => isSameBar(form, after))) return undefined;
      const truth = JSON.stringify(forms.at(-1));
      return `a revision says ${JSON.stringify(after)}, and the market ${truth}`;
    },
  };
}
