import type { BarColumns } from "../market/bar-columns.ts";
import type { UnixMs } from "../time/instant.ts";
import { RangeSet, type TimeRange } from "../time/range.ts";
import type { BarBatch } from "./bar-source.ts";
import type { GapEvent } from "./feed-event.ts";

/** All that a source has said of a range which it then covered. */
export interface NearPart {
  readonly range: TimeRange;
  readonly gaps: readonly GapEvent[];
  /** Oldest first. */
  readonly batches: readonly BarBatch[];
}

/**
 * Gathers what a source says of a range until it covers it: only then it counts. Parts are given
 * out in ascending order, each once.
 */
export class NearWords {
  readonly #range: TimeRange;
  readonly #covered = new RangeSet();
  #batches: BarBatch[] = [];
  #gaps: GapEvent[] = [];
  #parts: NearPart[] = [];

  constructor(range: TimeRange) {
    this.#range = range;
  }

  /** What is not covered, ascending. */
  get holes(): TimeRange[] {
    return this.#covered.missing(this.#range);
  }

  bars(batch: BarBatch): void {
    if (batch.bars.length > 0) this.#batches.push(batch);
  }

  gap(event: GapEvent): void {
    this.#gaps.push(event);
  }

  cover(range: TimeRange): void {
    const within = clipped(range, this.#range);
    const fresh = this.#covered.missing(within);
    this.#covered.add(within);
    const covers = (of: TimeRange): boolean => this.#covered.covers(clipped(of, this.#range));
    const gaps = this.#gaps.filter((gap) => covers(gap.range));
    this.#gaps = this.#gaps.filter((gap) => !covers(gap.range));
    fresh.forEach((part, index) => {
      this.#parts.push({
        range: part,
        gaps: index === 0 ? gaps : [],
        batches: this.#batches
          .flatMap((batch) => partOf(batch, part) ?? [])
          .sort((a, b) => a.bars.openTime[0]! - b.bars.openTime[0]!),
      });
    });
    this.#batches = this.#batches.filter(({ bars }) => !covers(spanOf(bars)));
    this.#parts.sort((a, b) => a.range.from - b.range.from);
  }

  /** The part that begins at an instant; undefined while there is none. */
  takeFrom(at: UnixMs): NearPart | undefined {
    return this.#parts[0]?.range.from === at ? this.#parts.shift() : undefined;
  }
}

/** The bars of a batch that open within a range, not copied; undefined where none does. */
export function partOf(batch: BarBatch, range: TimeRange): BarBatch | undefined {
  const { bars } = batch;
  let from = 0;
  let to = bars.length;
  while (from < to && bars.openTime[from]! < range.from) from += 1;
  while (to > from && bars.openTime[to - 1]! >= range.to) to -= 1;
  if (from === to) return undefined;
  return to - from === bars.length ? batch : { ...batch, bars: bars.slice(from, to) };
}

/** The part of a range that lies within another one; reversed or empty where none does. */
export function clipped(range: TimeRange, within: TimeRange): TimeRange {
  return { from: Math.max(range.from, within.from), to: Math.min(range.to, within.to) };
}

/** From the first opening to just behind the last. */
function spanOf(bars: BarColumns): TimeRange {
  return { from: bars.openTime[0]!, to: bars.openTime[bars.length - 1]! + 1 };
}
