import { FAULTS } from "./faults.ts";
import type { Seen } from "./seen.ts";
import type { Knobs } from "./swarm.ts";

/** What a run showed that none of its faults may make it show; undefined where there is nothing. */
export function unrequired({ troubles }: Knobs, seen: readonly Seen[]): string | undefined {
  const outcomes = new Set(troubles.map(({ fault }) => FAULTS[fault - 1]!.outcome));
  for (const each of seen) {
    if (each.kind === "revision" && each.before !== null && !outcomes.has("correct")) {
      return `[6] the bar at ${each.after.openTime} was revised, and nothing was wrong with it`;
    }
    if (each.kind === "gap" && each.outcome === "lost" && !outcomes.has("declare")) {
      return `[2] bars from ${each.from} on were lost, and history had them`;
    }
  }
  return undefined;
}
