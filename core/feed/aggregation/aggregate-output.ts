import { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { TimeRange } from "../../time/range.ts";
import type { BarBatch, BarOrigin, BarSink, FeedOutcome } from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import type { Period } from "./period.ts";

/**
 * How many bars wait, at the most, for the source to say whether it knows the first period's start.
 */
const MOST_WAITING_BARS = 4_096;

/** What waits: all that belongs to the first period, and all that follows it. */
interface Waiting {
  readonly first: (() => void)[];
  readonly others: (() => void)[];
  bars: number;
}

/**
 * The way out of an aggregator: gathers bars into batches of one origin, and can hold everything
 * back while it is not known whether the first period is full.
 */
export class AggregateOutput {
  readonly series: Series;
  readonly #sink: BarSink;
  #bars = new BarColumns();
  #origin: BarOrigin = "live";
  #waiting: Waiting | undefined;
  #sentBars = false;

  constructor(series: Series, sink: BarSink) {
    this.series = series;
    this.#sink = sink;
  }

  get isHolding(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether the first period is over and still held back. */
  get hasWaited(): boolean {
    return this.#waiting !== undefined && this.#waiting.first.length > 0;
  }

  /** Whether too much is held back. */
  get isFull(): boolean {
    return this.#waiting !== undefined && this.#waiting.bars >= MOST_WAITING_BARS;
  }

  hold(): void {
    this.#waiting = { first: [], others: [], bars: 0 };
  }

  /** Ends the holding: what waits goes out, that of the first period only when it is full. */
  release(withFirst: boolean): void {
    const waiting = this.#waiting!;
    this.#waiting = undefined;
    if (withFirst) for (const word of waiting.first) word();
    for (const word of waiting.others) word();
  }

  /** Sends the bar of the first period while holding. */
  addFirst(period: Period): void {
    const bars = new BarColumns(1);
    period.sendTo(bars);
    const batch = this.#batchOf(bars, period.origin);
    this.#waiting!.first.push(() => this.#send(batch));
  }

  add(period: Period): void {
    if (period.origin !== this.#origin) this.flush();
    this.#origin = period.origin;
    period.sendTo(this.#bars);
  }

  /** Sends the bars gathered so far: once for every word of the source. */
  flush(): void {
    if (this.#bars.length === 0) return;
    const batch = this.#batchOf(this.#bars, this.#origin);
    this.#bars = new BarColumns();
    this.#say(() => this.#send(batch));
    if (this.#waiting !== undefined) this.#waiting.bars += batch.bars.length;
  }

  /** Sends an event in its place among the bars. */
  event(event: FeedEvent): void {
    this.flush();
    this.#say(() => this.#sink.event(event));
  }

  /** Sends an event of the first period while holding. */
  eventOfFirst(event: FeedEvent): void {
    this.#waiting!.first.push(() => this.#sink.event(event));
  }

  coverage(range: TimeRange): void {
    this.#sink.coverage(range);
  }

  end(outcome: FeedOutcome): void {
    this.#sink.end(this.#sentBars ? outcome : withoutBars(outcome));
  }

  #say(word: () => void): void {
    if (this.#waiting === undefined) word();
    else this.#waiting.others.push(word);
  }

  #send(batch: BarBatch): void {
    this.#sentBars = true;
    this.#sink.bars(batch);
  }

  #batchOf(bars: BarColumns, origin: BarOrigin): BarBatch {
    return { series: this.series, bars, finality: "final", origin, version: 1 };
  }
}

/** The outcome of a stream that sent nothing although its base may have. */
function withoutBars(outcome: FeedOutcome): FeedOutcome {
  if (outcome.kind === "complete") return { kind: "empty" };
  return outcome.kind === "partial" ? { kind: "failed", fault: outcome.fault } : outcome;
}
