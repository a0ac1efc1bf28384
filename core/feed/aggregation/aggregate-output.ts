import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import { sameBar } from "../../market/bar.ts";
import { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import { assert } from "../../time/failure.ts";
import type { TimeRange } from "../../time/range.ts";
import type { BarBatch, BarOrigin, BarSink, FeedOutcome } from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import { type FeedWord, sayTo } from "../feed-word.ts";
import { readWord, writeWord } from "../words/word-codec.ts";
import type { Period } from "./period.ts";

/**
 * How many bars wait, at the most, for the source to say whether it knows the first period's start.
 */
const MOST_WAITING_BARS = 4_096;

/** What waits: all that belongs to the first period, and all that follows it. */
interface Waiting {
  readonly first: FeedWord[];
  readonly others: FeedWord[];
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
    if (withFirst) for (const word of waiting.first) this.#send(word);
    for (const word of waiting.others) this.#send(word);
  }

  /** Sends the bar of the first period while holding. */
  addFirst(period: Period): void {
    const bars = new BarColumns(1);
    period.sendTo(bars);
    this.#waiting!.first.push(this.#wordOf(bars, period.origin));
  }

  add(period: Period): void {
    if (period.origin !== this.#origin) this.flush();
    this.#origin = period.origin;
    period.sendTo(this.#bars);
  }

  /** Says what a period has become, unless that is what was said before. */
  restate(period: Period): void {
    const before = period.sent;
    const bars = new BarColumns(1);
    period.sendTo(bars);
    const after = bars.at(0);
    if (before !== null && sameBar(before, after)) return;
    period.version += 1;
    const { version } = period;
    this.event({ type: "revision", series: this.series, version, before, after });
  }

  /** Sends the bars gathered so far: once for every word of the source. */
  flush(): void {
    if (this.#bars.length === 0) return;
    const bars = this.#bars;
    this.#bars = new BarColumns();
    this.#say(this.#wordOf(bars, this.#origin));
    if (this.#waiting !== undefined) this.#waiting.bars += bars.length;
  }

  /** Sends an event in its place among the bars. */
  event(event: FeedEvent): void {
    this.flush();
    this.#say({ kind: "event", event });
  }

  /** Sends an event of the first period while holding. */
  eventOfFirst(event: FeedEvent): void {
    this.#waiting!.first.push({ kind: "event", event });
  }

  coverage(range: TimeRange): void {
    this.#sink.coverage(range);
  }

  end(outcome: FeedOutcome): void {
    this.#sink.end(this.#sentBars ? outcome : withoutBars(outcome));
  }

  /** Writes what waits, between two words of the source. */
  save(to: ByteWriter): void {
    const waiting = this.#waiting;
    assert(this.#bars.length === 0, "every word of the source ends with all bars sent");
    to.bool(this.#sentBars).bool(waiting !== undefined);
    if (waiting === undefined) return;
    to.float64(waiting.bars);
    for (const words of [waiting.first, waiting.others]) {
      to.uint32(words.length);
      for (const word of words) writeWord(to, word, this.series);
    }
  }

  /**
   * Takes into a new one what `save` wrote.
   *
   * @param base the series of the smaller bars, which rejections speak of.
   */
  load(from: ByteReader, base: Series): void {
    this.#sentBars = from.bool();
    if (!from.bool()) return;
    const bars = from.float64();
    this.#waiting = {
      first: this.#loadWords(from, base),
      others: this.#loadWords(from, base),
      bars,
    };
  }

  #loadWords(from: ByteReader, base: Series): FeedWord[] {
    const words: FeedWord[] = [];
    for (let left = from.uint32(); left > 0; left -= 1) {
      const word = readWord(from, this.series);
      const isOfBase = word.kind === "event" && word.event.series.key === base.key;
      words.push(isOfBase ? { kind: "event", event: { ...word.event, series: base } } : word);
    }
    return words;
  }

  #say(word: FeedWord): void {
    if (this.#waiting === undefined) this.#send(word);
    else this.#waiting.others.push(word);
  }

  #send(word: FeedWord): void {
    if (word.kind === "bars") this.#sentBars = true;
    sayTo(this.#sink, word);
  }

  #wordOf(bars: BarColumns, origin: BarOrigin): FeedWord {
    const batch: BarBatch = { series: this.series, bars, finality: "final", origin, version: 1 };
    return { kind: "bars", batch };
  }
}

/** The outcome of a stream that sent nothing although its base may have. */
function withoutBars(outcome: FeedOutcome): FeedOutcome {
  if (outcome.kind === "complete") return { kind: "empty" };
  return outcome.kind === "partial" ? { kind: "failed", fault: outcome.fault } : outcome;
}
