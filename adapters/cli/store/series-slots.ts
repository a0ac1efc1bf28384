import { BarGrid } from "../../../core/time/bar-grid.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { BarStore, StoredSeries } from "../../store/bars/bar-store.ts";
import { tradingCalendar } from "../../store/bars/stored-calendar.ts";
import { systemZone } from "../../system/zone.ts";

/** What a store does not have of a series between its first and its last bar. */
export interface MissingSlots {
  /** Stretches of which nothing is known, and how many slots they have that are no bar. */
  readonly unknown: readonly TimeRange[];
  readonly gaps: number;
  /** Slots that are known to be lost. */
  readonly lost: number;
}

/** Where the bars of a stored series lie. */
export function gridOf({ series, calendar }: StoredSeries): BarGrid {
  return new BarGrid(tradingCalendar(calendar, systemZone), series.size, calendar.alignment);
}

/** From the opening of the first bar to the close of the last; undefined without bars. */
export function spanOf(
  { first, last, series }: StoredSeries,
  grid: BarGrid,
): TimeRange | undefined {
  if (first === undefined || last === undefined) return undefined;
  return { from: first, to: grid.opensAt(last) ? grid.closeOf(last) : last + series.size.ms };
}

/** Counts what is missing. Days that the calendar does not know have no slots. */
export function missingSlots(bars: BarStore, stored: StoredSeries, grid: BarGrid): MissingSlots {
  const lost = stored.lost.reduce((sum, { range }) => sum + grid.count(range), 0);
  const span = spanOf(stored, grid);
  if (span === undefined) return { unknown: [], gaps: 0, lost };
  const known = new RangeSet();
  for (const range of stored.complete) known.add(range);
  for (const { range } of stored.lost) known.add(range);
  let gaps = 0;
  const unknown = known.missing(span).filter((range) => {
    const slots = grid.count(range);
    if (slots === 0) return false;
    const missing = slots - bars.read(stored.key, range).length;
    gaps += Math.max(0, missing);
    return missing > 0;
  });
  return { unknown, gaps, lost };
}
