import { formsOf, isDoubtful, isSameBar } from "../known.ts";
import type { Checker } from "./checker.ts";

/** 4: what goes out as final is whole. 7: however it came, it is what the market was. */
export function trueBars(): Checker {
  return {
    invariants: [4, 7],
    see(seen, known) {
      if (seen.kind !== "bar" || seen.size !== known.knobs.size) return undefined;
      const { bar } = seen;
      const forms = formsOf(known, bar.openTime);
      if (forms.some((form) => isSameBar(form, bar)) || isDoubtful(known, bar)) return undefined;
      const truth = forms[0] === undefined ? "nothing" : JSON.stringify(forms[0]);
      return `a bar went out as ${JSON.stringify(bar)}, and the market had ${truth}`;
    },
  };
}
