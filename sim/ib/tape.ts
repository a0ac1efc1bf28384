import { sumVolumes } from "../../core/feed/aggregation/volume-sum.ts";
import { type Bar, createBar } from "../../core/market/bar.ts";
import { assert } from "../../core/time/failure.ts";
import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { Truth } from "../truth.ts";
import { BarPath, type PathPart, secondsIn, tidyPrice, tradesOf } from "./bar-path.ts";

/** Paths that are kept: the present bar of the live streams, and where history is reading. */
const PATHS_KEPT = 4;

/** What history knows, corrections included, or what the live streams said at the time. */
export type TapeView = "corrected" | "told";

interface KeptPath {
  readonly index: number;
  /** The form it has after a correction; undefined for the first one. */
  readonly correction: Bar | undefined;
  readonly path: BarPath;
}

/** The trades of any stretch of time, from the one truth of a market. */
export class Tape {
  readonly truth: Truth;
  readonly #priceStep: number;
  readonly #seed: number;
  readonly #paths: KeptPath[] = [];
  readonly #corrections = new Map<UnixMs, Bar>();

  /** @param priceStep the market's smallest price step; positive. */
  constructor(truth: Truth, priceStep: number, seed: number) {
    this.truth = truth;
    this.#priceStep = priceStep;
    this.#seed = seed;
  }

  /**
   * All trades of `[from, to)` that were known by `known`, as one; undefined when there was none.
   * Bars of the truth that lie whole inside are taken whole; of others, and of the one in progress,
   * the part that is inside.
   */
  part(from: UnixMs, to: UnixMs, known: UnixMs, view: TapeView): PathPart | undefined {
    const { bars } = this.truth;
    let index = this.#indexAround(from);
    const first = this.#partOf(index, from, to, known, view);
    index += 1;
    if (index >= bars.length || bars.openTime[index]! >= to) return first;
    const parts = first === undefined ? [] : [first];
    for (; index < bars.length && bars.openTime[index]! < to; index += 1) {
      const part = this.#partOf(index, from, to, known, view);
      if (part !== undefined) parts.push(part);
    }
    return joined(parts);
  }

  /** The last price of the bar that is in progress at an instant. */
  priceAt(at: UnixMs): number {
    const index = this.#indexAround(at);
    const { bars } = this.truth;
    assert(index < bars.length && bars.openTime[index]! <= at, "a bar is in progress");
    return this.#path(index).priceAt(at);
  }

  /** The opening of the first bar that is not over at an instant; undefined past the last one. */
  nextOpen(at: UnixMs): UnixMs | undefined {
    const { bars } = this.truth;
    const index = this.#indexAround(at);
    return index < bars.length ? bars.openTime[index] : undefined;
  }

  /** Whether a bar touches `[from, to)`. */
  hasBar(from: UnixMs, to: UnixMs): boolean {
    const open = this.nextOpen(from);
    return open !== undefined && open < to;
  }

  /** Corrects the `back`-th last bar that was over by an instant; its close moves by one step. */
  correct(back: number, now: UnixMs): void {
    const { bars, series } = this.truth;
    const index = this.#indexAround(now) - back;
    if (index < 0 || index >= bars.length) return;
    const bar = this.#correctionOf(index, now, "corrected") ?? bars.at(index);
    const down = tidyPrice(bar.close - this.#priceStep);
    const close = down >= bar.low ? down : tidyPrice(bar.close + this.#priceStep);
    const { openTime, closeTime, open, low, volume } = bar;
    const high = Math.max(bar.high, close);
    const { allowsNegativePrice } = series.instrument;
    const corrected = { openTime, closeTime, open, high, low, close, volume };
    this.#corrections.set(openTime, createBar(corrected, allowsNegativePrice));
  }

  /** Index of the bar around an instant, else of the first one after it. */
  #indexAround(at: UnixMs): number {
    const index = this.truth.indexFrom(at);
    return index > 0 && this.truth.bars.closeTime[index - 1]! > at ? index - 1 : index;
  }

  /** The form a bar has been given since, as a view knows it; undefined for the first one. */
  #correctionOf(index: number, known: UnixMs, view: TapeView): Bar | undefined {
    if (view === "told") return undefined;
    const { truth } = this;
    const corrected = this.#corrections.get(truth.bars.openTime[index]!);
    if (corrected !== undefined || truth.revisions.length === 0) return corrected;
    const { bar, version } = truth.asOf(index, known);
    return version === 1 ? undefined : bar;
  }

  #partOf(
    index: number,
    from: UnixMs,
    to: UnixMs,
    known: UnixMs,
    view: TapeView,
  ): PathPart | undefined {
    const { bars } = this.truth;
    if (index >= bars.length || bars.openTime[index]! >= Math.min(to, known)) return undefined;
    const correction = this.#correctionOf(index, known, view);
    const openTime = bars.openTime[index]!;
    const closeTime = bars.closeTime[index]!;
    if (openTime < from || closeTime > Math.min(to, known)) {
      const path = this.#path(index, correction);
      return path.part(Math.max(from, openTime), Math.min(to, known));
    }
    const bar = correction ?? bars.at(index);
    const { open, high, low, close, volume } = bar;
    return { open, high, low, close, volume, trades: this.#tradesOf(bar) };
  }

  #tradesOf(bar: Bar): number {
    return tradesOf(bar, secondsIn(this.#segmentsOf(bar), bar.closeTime));
  }

  /** Only a daily bar has breaks inside. */
  #segmentsOf(bar: Bar): readonly TimeRange[] {
    const { grid } = this.truth;
    if (grid.size.ms < DAY_MS) return [{ from: bar.openTime, to: bar.closeTime }];
    const { day } = grid.calendar.segmentAtOrAfter(bar.openTime)!;
    return grid.calendar.sessionOn(day)!.segments;
  }

  #path(index: number, correction?: Bar): BarPath {
    const paths = this.#paths;
    for (const kept of paths) {
      if (kept.index === index && kept.correction === correction) return kept.path;
    }
    const bar = correction ?? this.truth.bars.at(index);
    const path = new BarPath(bar, this.#segmentsOf(bar), this.#priceStep, this.#seed);
    if (paths.length === PATHS_KEPT) paths.shift();
    paths.push({ index, correction, path });
    return path;
  }
}

function joined(parts: readonly PathPart[]): PathPart | undefined {
  const first = parts[0];
  if (first === undefined || parts.length === 1) return first;
  let { high, low, trades } = first;
  const volumes = new Float64Array(parts.length);
  for (const [index, part] of parts.entries()) {
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    volumes[index] = part.volume;
    if (index > 0) trades += part.trades;
  }
  const volume = sumVolumes(volumes, 0, parts.length);
  return { open: first.open, high, low, close: parts[parts.length - 1]!.close, volume, trades };
}
