import type { BarQuery } from "../../../core/feed/bar-source.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { LostRange } from "./coverage.ts";
import type { OpenSeries } from "./series-book.ts";

/** What a store has to say of the next part of a range, up to `to`. */
export interface Stretch {
  /** What is lost before its bars. */
  readonly lost: readonly LostRange[];
  /** Whether anything before its bars is not known. */
  readonly anyMissing: boolean;
  readonly bars: BarColumns | undefined;
  readonly covered: TimeRange | undefined;
  readonly to: UnixMs;
}

/**
 * What a query asks for; where its ends are open, all that is known, but one instant at least.
 * Undefined where it is open on both sides and nothing is known.
 */
export function storedRange(query: BarQuery, { index }: OpenSeries): TimeRange | undefined {
  const { complete, lost } = index.coverage;
  const { first, last } = index.extent;
  const known = [...complete, ...lost.map(({ range }) => range)];
  if (first !== undefined && last !== undefined) known.push({ from: first, to: last + 1 });
  if (known.length === 0 && query.from === undefined && query.to === undefined) return undefined;
  const begin = Math.min(...known.map((range) => range.from));
  const end = Math.max(...known.map((range) => range.to));
  const from = query.from ?? Math.min(begin, (query.to ?? end) - 1);
  return { from, to: query.to ?? Math.max(end, from + 1) };
}

/** The first complete stretch of a range, as far as a batch reaches, and what is before it. */
export function nextStretch(
  { index, blocks }: OpenSeries,
  left: TimeRange,
  batchSize: number,
): Stretch {
  const { complete, lost } = index.coverage;
  const next = complete.find(
    (range) => left.from < left.to && range.to > left.from && range.from < left.to,
  );
  const from = Math.max(left.from, next === undefined ? left.to : next.from);
  const before = lost.flatMap(({ range, reason }) => {
    const part = { from: Math.max(range.from, left.from), to: Math.min(range.to, from) };
    return part.from < part.to ? [{ range: part, reason }] : [];
  });
  const anyMissing = left.from < from;
  if (next === undefined) {
    return { lost: before, anyMissing, bars: undefined, covered: undefined, to: from };
  }
  const end = Math.min(next.to, left.to);
  const read = blocks.bars({ from, to: end }, batchSize);
  const bars = read.slice(0, Math.min(read.length, batchSize));
  // Up to the next bar that is not told nothing is left out, and beyond it nothing is promised.
  const last = bars.length === 0 ? from : bars.openTime[bars.length - 1]!;
  const untold =
    bars.length < read.length
      ? read.openTime[bars.length]!
      : (index.blocks[index.firstWithin(last + 1)]?.firstOpen ?? end);
  const isAll = bars.length === 0 || untold >= end;
  const to = isAll ? end : Math.min(bars.closeTime[bars.length - 1]!, untold);
  return { lost: before, anyMissing, bars, covered: { from, to }, to };
}
