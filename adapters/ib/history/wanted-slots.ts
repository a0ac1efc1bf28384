import type { BarQuery } from "../../../core/feed/bar-source.ts";
import type { BarGrid, BarSlot } from "../../../core/time/bar-grid.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";

/**
 * The slots of a query that have closed, and how far they are settled: told, or given up for now.
 */
export class WantedSlots {
  /** From the open of the first slot to the close of the last; undefined when there is none. */
  readonly range: TimeRange | undefined;
  /** Whether slots of the query have yet to close. */
  readonly isEarly: boolean;
  readonly #query: BarQuery;
  readonly #grid: BarGrid;
  readonly #settled = new RangeSet();

  constructor(query: BarQuery, grid: BarGrid, now: UnixMs) {
    this.#query = query;
    this.#grid = grid;
    const from = query.from ?? (grid.calendar.firstDay - 4) * DAY_MS;
    const first = grid.slotAtOrAfter(from);
    const last = lastSlot(query.to, grid, now);
    const holds = first !== undefined && last !== undefined && first.openTime <= last.openTime;
    this.range = holds ? { from: first.openTime, to: last.closeTime } : undefined;
    const next = holds ? grid.slotAtOrAfter(last.closeTime) : first;
    this.isEarly = query.to !== undefined && next !== undefined && next.openTime < query.to;
  }

  /** What is to be asked for next: the newest that is not settled; undefined when all is. */
  get newestMissing(): TimeRange | undefined {
    if (this.range === undefined) return undefined;
    return this.#settled.missing(this.range).findLast(({ from, to }) => {
      const last = this.#grid.slotClosedBy(to);
      return last !== undefined && last.openTime >= from;
    });
  }

  /** The parts of a range that are wanted and not settled, ascending. */
  missingOf(range: TimeRange): TimeRange[] {
    if (this.range === undefined) return [];
    const from = Math.max(range.from, this.range.from);
    const to = Math.min(range.to, this.range.to);
    return from < to ? this.#settled.missing({ from, to }) : [];
  }

  /** Nothing more needs to be asked of a range. */
  settle(range: TimeRange): void {
    this.#settled.add(range);
  }

  /**
   * A range of whole slots as it is to be claimed: where it reaches an end of the query, up to the
   * end itself. Where the query has no beginning, nothing is claimed of the time before history.
   */
  claimOf(range: TimeRange): TimeRange {
    const { from, to } = this.#query;
    const isFirst = range.from === this.range?.from;
    const isLast = range.to === this.range?.to && !this.isEarly;
    return {
      from: isFirst ? (from ?? range.from) : range.from,
      to: isLast ? (to ?? range.to) : range.to,
    };
  }
}

/** The last slot that has closed and opens before `to`. */
function lastSlot(to: UnixMs | undefined, grid: BarGrid, now: UnixMs): BarSlot | undefined {
  const last = grid.slotClosedBy(now);
  if (to === undefined || last === undefined || last.openTime < to) return last;
  return grid.slotAt(to - 1) ?? grid.slotClosedBy(to);
}
