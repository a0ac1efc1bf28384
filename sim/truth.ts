import { type Bar, createBar } from "../core/market/bar.ts";
import type { BarColumns } from "../core/market/bar-columns.ts";
import type { Series } from "../core/market/series.ts";
import type { BarGrid } from "../core/time/bar-grid.ts";
import { fail } from "../core/time/failure.ts";
import type { UnixMs } from "../core/time/instant.ts";
import { Random } from "./random.ts";

/** A bar that the exchange corrects after the fact. */
export interface TruthRevision {
  /** When the correction becomes known; after the bar's close. */
  readonly at: UnixMs;
  readonly bar: Bar;
}

/**
 * What really happened: the one market that history and live bars of a simulation are both told
 * from.
 */
export class Truth {
  readonly series: Series;
  readonly grid: BarGrid;
  readonly bars: BarColumns;
  readonly revisions: readonly TruthRevision[];
  readonly #seed: number;

  /**
   * @param bars final bars in the form first told, ascending; revisions name what changes later.
   * @param seed draws the path of prices inside a bar.
   */
  constructor(
    series: Series,
    grid: BarGrid,
    bars: BarColumns,
    seed: number,
    revisions: readonly TruthRevision[] = [],
  ) {
    this.series = series;
    this.grid = grid;
    this.bars = bars;
    this.#seed = seed;
    const { allowsNegativePrice } = series.instrument;
    for (const { bar } of revisions) createBar(bar, allowsNegativePrice);
    this.revisions = [...revisions].sort((a, b) => a.at - b.at);
    if (bars.length === 0) fail("empty-truth", "a simulated market needs at least one bar");
  }

  /** Index of the first bar that opens at or after an instant; the length when there is none. */
  indexFrom(at: UnixMs): number {
    let low = 0;
    let high = this.bars.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.bars.openTime[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A final bar as it was known at an instant, and its version from 1. */
  asOf(index: number, now: UnixMs): { readonly bar: Bar; readonly version: number } {
    let bar = this.bars.at(index);
    let version = 1;
    for (const revision of this.revisions) {
      if (revision.at > now) break;
      if (revision.bar.openTime !== bar.openTime) continue;
      bar = revision.bar;
      version += 1;
    }
    return { bar, version };
  }

  /**
   * A bar as far as it had formed when `progress` of it had passed, from 0 (just opened) to 1
   * (whole). The open comes first, then the two extremes in an order drawn for the bar, then the
   * close.
   */
  forming(index: number, progress: number): Bar {
    const bar = this.bars.at(index);
    if (progress >= 1) return bar;
    const { openTime, closeTime, open, high, low, close } = bar;
    const random = new Random(this.#seed, `path/${openTime}`);
    const turns = [random.unit(), random.unit()].sort((a, b) => a - b);
    const extremes = random.chance(0.5) ? [high, low] : [low, high];
    const seen = [open];
    if (progress >= turns[0]!) seen.push(extremes[0]!);
    if (progress >= turns[1]!) seen.push(extremes[1]!);
    const last = seen[seen.length - 1]!;
    // The price that shows is one that was seen, so that a forming bar stays inside the whole one.
    const price = progress >= 0.99 ? close : last;
    const volume = Math.floor(bar.volume * progress);
    return createBar(
      {
        openTime,
        closeTime,
        open,
        high: Math.max(...seen, price),
        low: Math.min(...seen, price),
        close: price,
        volume,
      },
      true,
    );
  }
}
