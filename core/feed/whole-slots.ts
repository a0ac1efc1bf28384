import type { BarGrid } from "../time/bar-grid.ts";
import type { BarSize } from "../time/bar-size.ts";
import { fail } from "../time/failure.ts";
import { DAY_MS } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";

/** Throws unless bars of one size add up to bars of another, larger one. */
export function requireDivides(base: BarSize, larger: BarSize): void {
  // A session cuts bars of any size, so a daily bar can be made of all of them.
  if (larger.ms > base.ms && (larger.ms === DAY_MS || larger.ms % base.ms === 0)) return;
  fail("invalid-bar-size", `bars of ${base.label} do not add up to bars of ${larger.label}`, {
    cure: "choose a base size that is smaller and divides the larger one",
  });
}

/**
 * The part of a range that is made of whole slots. Where its end falls into closed time it reaches
 * on to the next opening, so that ranges on both sides of a break or a night touch. Reversed when
 * no whole slot lies in the range.
 */
export function wholeSlots(grid: BarGrid, range: TimeRange): TimeRange {
  const first = grid.slotAt(range.from);
  const from = first === undefined || first.openTime === range.from ? range.from : first.closeTime;
  const last = grid.slotAt(range.to) ?? grid.slotAtOrAfter(range.to);
  return { from, to: last?.openTime ?? range.to };
}

/** From the opening of the first to the close of the last slot that a range has a part of. */
export function slotsTouching(grid: BarGrid, range: TimeRange): TimeRange | undefined {
  const first = grid.slotAt(range.from) ?? grid.slotAtOrAfter(range.from);
  if (first === undefined || first.openTime >= range.to) return undefined;
  const last = grid.slotAt(range.to - 1) ?? grid.slotClosedBy(range.to);
  return { from: first.openTime, to: last!.closeTime };
}
