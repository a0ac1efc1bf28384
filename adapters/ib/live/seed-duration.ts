import type { BarSize } from "../../../core/time/bar-size.ts";
import { HOUR_MS, MINUTE_MS } from "../../../core/time/instant.ts";

/**
 * The shortest durations that surely hold the bar in progress and the one before it. Each is legal
 * for its sizes by the older and stricter of the documented tables.
 */
const DURATIONS: readonly (readonly [longestMs: number, duration: string])[] = [
  [15 * MINUTE_MS, "1800 S"],
  [30 * MINUTE_MS, "3600 S"],
  [2 * HOUR_MS, "14400 S"],
  [4 * HOUR_MS, "28800 S"],
];

/** How much history a stream of such bars begins with. */
export function seedDuration(size: BarSize): string {
  return DURATIONS.find(([longestMs]) => size.ms <= longestMs)?.[1] ?? "2 D";
}
