import { suffers } from "../known.ts";
import type { Checker } from "./checker.ts";

/** A market's clock is known to about so much while this computer's goes wrong. */
const TOLERANCE_MS = 2_000;

/** 4 and 5: nothing is handled before its close, by the run's clock and in the market itself. */
export function noLookAhead(): Checker {
  return {
    invariants: [4, 5],
    see(seen, known) {
      if (seen.kind !== "bar") return undefined;
      const { bar, now, at } = seen;
      if (now < bar.closeTime)
        return `the bar at ${bar.openTime} was handled at ${now} of its clock`;
      if (suffers(known, 17, 18)) return undefined;
      const tolerance = suffers(known, 16) ? TOLERANCE_MS : 0;
      if (at >= bar.closeTime - tolerance) return undefined;
      return `the bar at ${bar.openTime} was handled ${bar.closeTime - at} ms before its close`;
    },
  };
}
