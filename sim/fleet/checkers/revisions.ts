import type { UnixMs } from "../../../core/time/instant.ts";
import { formsOf, isDoubtful, isSameBar } from "../known.ts";
import type { SeenBar } from "../seen.ts";
import type { Checker } from "./checker.ts";

/** 6: a revision names what it takes the place of, and what it brings is what the market knows. */
export function revisions(): Checker {
  const held = new Map<string, SeenBar>();
  const keyOf = (run: number, openTime: UnixMs): string => `${run} ${openTime}`;
  return {
    invariants: [6],
    see(seen, known) {
      if (seen.kind === "bar" && seen.size === known.knobs.size) {
        held.set(keyOf(seen.run, seen.bar.openTime), seen.bar);
      }
      if (seen.kind !== "revision" || seen.size !== known.knobs.size) return undefined;
      const { before, after, version, run } = seen;
      const key = keyOf(run, after.openTime);
      const sent = held.get(key);
      held.set(key, after);
      if (version < 2) return `a revision is called version ${version}`;
      if (before !== null && sent !== undefined && !isSameBar(before, sent)) {
        return `a revision of the bar at ${after.openTime} does not name what was sent`;
      }
      if (before !== null && isSameBar(before, after)) return "a revision changes nothing";
      const forms = formsOf(known, after.openTime);
      if (forms.some((form) => isSameBar(form, after)) || isDoubtful(known, after))
        return undefined;
      const truth = JSON.stringify(forms.at(-1));
      return `a revision says ${JSON.stringify(after)}, and the market ${truth}`;
    },
  };
}
