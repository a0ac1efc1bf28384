import type { BarGrid } from "../time/bar-grid.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";

/** What must be fetched so that a number of bars lies before the present. */
export interface BackfillPlan {
  /** From the open of the first slot wanted to the close of the last slot that closed. */
  readonly range: TimeRange;
  /** Slots in the range; fewer than asked where the calendar begins later. */
  readonly slots: number;
}

/** The range that holds the last `bars` slots closed at `now`; undefined when there is none. */
export function planBackfill(grid: BarGrid, now: UnixMs, bars: number): BackfillPlan | undefined {
  const last = grid.slotClosedBy(now);
  if (last === undefined || bars < 1) return undefined;
  let from = last.openTime;
  let slots = 1;
  while (slots < bars) {
    const earlier = grid.slotClosedBy(from);
    if (earlier === undefined) break;
    from = earlier.openTime;
    slots += 1;
  }
  return { range: { from, to: last.closeTime }, slots };
}

/**
 * When `bars` more bars will have closed if none is fetched: the end of natural warm-up. The bar in
 * progress at `now` counts: a live stream has it whole. Undefined past the calendar's end.
 */
export function naturalWarmUpEnd(grid: BarGrid, now: UnixMs, bars: number): UnixMs | undefined {
  const from = grid.slotAt(now)?.openTime ?? now;
  return bars < 1 ? now : grid.nthForward(from, bars)?.closeTime;
}
