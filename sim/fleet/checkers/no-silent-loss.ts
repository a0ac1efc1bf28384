import { barsBetween } from "../known.ts";
import type { SeenOf } from "../seen.ts";
import type { Checker } from "./checker.ts";

/** 2: between one final bar and the next there is none in truth, unless its loss was declared. */
export function noSilentLoss(): Checker {
  const last = new Map<number, SeenOf<"bar">>();
  const lost: SeenOf<"gap">[] = [];
  return {
    invariants: [2],
    see(seen, known) {
      const { knobs } = known;
      if (seen.kind === "gap" && seen.outcome === "lost" && seen.size === knobs.size)
        lost.push(seen);
      if (seen.kind !== "bar" || seen.size !== knobs.size) return undefined;
      const before = last.get(seen.run);
      last.set(seen.run, seen);
      // What a process did as it was killed, only its journal tells: the auditor sees to that.
      if (before === undefined || before.life !== seen.life) return undefined;
      for (const { openTime } of barsBetween(known, before.bar, seen.bar)) {
        if (lost.some(({ from, to }) => openTime >= from && openTime < to)) continue;
        return `the bar at ${openTime} is missing, and nobody said so`;
      }
      return undefined;
    },
  };
}
