import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { StoredCoverage } from "../bars/bar-store.ts";

/**
 * What is to be fetched of a range: the slots that open within it and of which nothing is known, as
 * ascending ranges of whole slots. What is lost counts as known: it could not be had.
 */
export function missingSlots(
  grid: BarGrid,
  { complete, lost }: StoredCoverage,
  range: TimeRange,
): TimeRange[] {
  const known = new RangeSet();
  for (const each of complete) known.add(each);
  for (const each of lost) known.add(each.range);
  return known.missing(range).flatMap((hole) => slotsWithin(grid, hole) ?? []);
}

/** From the opening of the first to the close of the last slot that opens within a range. */
function slotsWithin(grid: BarGrid, { from, to }: TimeRange): TimeRange | undefined {
  const first = grid.slotAtOrAfter(from);
  if (first === undefined || first.openTime >= to) return undefined;
  const last = grid.slotAt(to - 1) ?? grid.slotClosedBy(to);
  return { from: first.openTime, to: last!.closeTime };
}
