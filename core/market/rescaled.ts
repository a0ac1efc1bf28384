import type { Bar } from "./bar.ts";

/** What prices differ by at least when all of them were adjusted: less is a correction. */
const LEAST_CHANGE = 0.02;
/** How far the factors of one adjustment lie apart at most: prices are rounded after it. */
const LARGEST_SPREAD = 0.002;

/**
 * By how much all prices of a bar were multiplied from one telling to the next, as by a split or an
 * adjustment for a dividend; undefined where they were not: equal bars, or a correction.
 */
export function rescaled(before: Bar, after: Bar): number | undefined {
  const factor = after.close / before.close;
  if (!(factor > 0) || Math.abs(factor - 1) < LEAST_CHANGE) return undefined;
  for (const field of ["open", "high", "low"] as const) {
    const each = after[field] / before[field];
    if (!(Math.abs(each / factor - 1) <= LARGEST_SPREAD)) return undefined;
  }
  return factor;
}
