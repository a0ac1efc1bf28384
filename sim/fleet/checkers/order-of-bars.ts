import type { UnixMs } from "../../../core/time/instant.ts";
import type { Checker } from "./checker.ts";

/** 1: open times of a series strictly increase. 3: each comes once. */
export function orderOfBars(): Checker {
  const last = new Map<string, UnixMs>();
  return {
    invariants: [1, 3],
    see(seen) {
      if (seen.kind !== "bar") return undefined;
      const key = `${seen.run} ${seen.size}`;
      const before = last.get(key) ?? Number.NEGATIVE_INFINITY;
      const { openTime } = seen.bar;
      last.set(key, openTime);
      if (openTime > before) return undefined;
      return `a bar at ${openTime} came after the one at ${before}`;
    },
  };
}
