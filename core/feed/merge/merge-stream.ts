import type { Series } from "../../market/series.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { BarBatch, FeedOutcome, Subscription } from "../bar-source.ts";
import type { MergeSink } from "./merge.ts";

/** A word that keeps its place among the bars: it is due once that many of them were taken. */
interface Word {
  readonly afterBars: number;
  readonly say: () => void;
}

/** One of the streams of a merge: what it said and was not passed on yet, in its own order. */
export class MergeStream {
  readonly series: Series;
  subscription: Subscription | undefined;
  /** Whether it is held back. */
  isPaused = true;
  /** How it ended; undefined while it is open. */
  outcome: FeedOutcome | undefined;
  readonly #batches: BarBatch[] = [];
  /** The place of the next bar in the first batch. */
  #index = 0;
  readonly #words: Word[] = [];
  /** Bars heard, and bars taken, ever. */
  #heard = 0;
  #taken = 0;
  #settledTo: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(series: Series) {
    this.series = series;
  }

  /** Bars that wait. */
  get queued(): number {
    return this.#heard - this.#taken;
  }

  /**
   * Every bar of it that closes by this instant was heard; minus infinity before its first word.
   */
  get settledTo(): UnixMs {
    return this.#settledTo;
  }

  /** The close of the next bar that waits; infinity when none does. */
  get nextClose(): UnixMs {
    return this.#batches[0]?.bars.closeTime[this.#index] ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a word is due before the next bar. */
  get hasWord(): boolean {
    return this.#words.length > 0 && this.#words[0]!.afterBars === this.#taken;
  }

  /**
   * How many bars at the head of a batch close at an instant that was settled: too late to order.
   */
  lateBars(batch: BarBatch): number {
    const { bars } = batch;
    let late = 0;
    while (late < bars.length && bars.closeTime[late]! <= this.#settledTo) late += 1;
    return late;
  }

  /** Takes in the bars of a batch from an index on. */
  add(batch: BarBatch, from: number): void {
    const { length, closeTime } = batch.bars;
    if (from === length) return;
    this.#batches.push(from === 0 ? batch : { ...batch, bars: batch.bars.slice(from, length) });
    this.#heard += length - from;
    this.settleTo(closeTime[length - 1]!);
  }

  settleTo(at: UnixMs): void {
    this.#settledTo = Math.max(this.#settledTo, at);
  }

  /** Takes in a word that belongs after the bars heard so far. */
  addWord(say: () => void): void {
    this.#words.push({ afterBars: this.#heard, say });
  }

  takeWord(): () => void {
    return this.#words.shift()!.say;
  }

  /** Gives the next bar, and those after it in its batch that close by `last`, before `before`. */
  give(last: UnixMs, before: UnixMs, sink: Pick<MergeSink, "bars">): UnixMs {
    const batch = this.#batches[0]!;
    const { closeTime, length } = batch.bars;
    const from = this.#index;
    // No word is due in the middle of a batch: words come after whole ones.
    let to = from + 1;
    while (to < length && closeTime[to]! <= last && closeTime[to]! < before) to += 1;
    this.#index = to;
    this.#taken += to - from;
    if (to === length) {
      this.#batches.shift();
      this.#index = 0;
    }
    const given = closeTime[to - 1]!;
    sink.bars(batch, from, to);
    return given;
  }
}
