import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { formatInstant, instant, type UnixMs } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";

/** Signs that fit into a line beside their words. */
const MOST_SIGNS = 60;
const LEVELS = "▁▂▃▄▅▆▇█";
const CLOSED = " ";

/** What is known of a series over time, one sign for so many months. */
export interface CoveragePicture {
  readonly signs: string;
  /** What one sign stands for: `month`, `3 months`. */
  readonly unit: string;
  /** First and last month, such as `2023-12`. */
  readonly from: string;
  readonly to: string;
}

/**
 * Draws the share of slots that are a bar or known to be none: full where none is missing, empty
 * where all are, blank where the calendar has none.
 *
 * @param span from the first to the last bar.
 * @param missing stretches of which nothing is known, or that are lost; they hold no bars.
 */
export function coveragePicture(
  grid: BarGrid,
  span: TimeRange,
  missing: readonly TimeRange[],
): CoveragePicture {
  const first = monthOf(span.from);
  const last = monthOf(span.to - 1);
  const months = last - first + 1;
  const step = Math.ceil(months / MOST_SIGNS);
  let signs = "";
  for (let month = first; month <= last; month += step) {
    const from = Math.max(span.from, startOf(month));
    const to = Math.min(span.to, startOf(month + step));
    signs += sign(grid, { from, to }, missing);
  }
  const unit = step === 1 ? "month" : `${step} months`;
  return { signs, unit, from: nameOf(first), to: nameOf(last) };
}

function sign(grid: BarGrid, range: TimeRange, missing: readonly TimeRange[]): string {
  const slots = grid.count(range);
  if (slots === 0) return CLOSED;
  const left = new RangeSet();
  for (const each of missing) {
    left.add({ from: Math.max(each.from, range.from), to: Math.min(each.to, range.to) });
  }
  const absent = left.ranges.reduce((sum, each) => sum + grid.count(each), 0);
  if (absent === 0) return LEVELS.at(-1)!;
  // Full is said of nothing that lacks anything.
  const share = Math.max(0, 1 - absent / slots);
  return LEVELS[Math.min(LEVELS.length - 2, Math.floor(share * LEVELS.length))]!;
}

/** Months since the year 0. */
function monthOf(at: UnixMs): number {
  const [year, month] = formatInstant(at).split("-");
  return Number(year) * 12 + Number(month) - 1;
}

function startOf(month: number): UnixMs {
  return instant(`${nameOf(month)}-01T00:00:00Z`);
}

function nameOf(month: number): string {
  const year = String(Math.floor(month / 12)).padStart(4, "0");
  return `${year}-${String((month % 12) + 1).padStart(2, "0")}`;
}
