import type { Series } from "../../market/series.ts";
import { formatInstant, type UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import type { BarBatch, FeedOutcome, Subscription } from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import type { MergeInput, MergeSink } from "./merge.ts";
import { MergeStream } from "./merge-stream.ts";

/** One open merge. */
export class MergeRun implements Subscription {
  readonly #inputs: readonly MergeInput[];
  readonly #sink: MergeSink;
  readonly #waitingBars: number;
  /** In the order of the inputs, and in the order of bars that close together. */
  readonly #streams: readonly MergeStream[];
  readonly #ranked: readonly MergeStream[];
  /** Busy while it speaks or opens its sources: what is heard then is only taken in. */
  #busy = true;
  #heardSomething = false;
  #paused = false;
  #closed = false;
  /** The close of the last bar given, and what was said to be settled. */
  #given: UnixMs = Number.NEGATIVE_INFINITY;
  #settled: UnixMs = Number.NEGATIVE_INFINITY;
  /**
   * The next close of all, and the next one of all streams but the one that has it; infinite: none.
   */
  #time: UnixMs = Number.POSITIVE_INFINITY;
  #otherTime: UnixMs = Number.POSITIVE_INFINITY;

  constructor(inputs: readonly MergeInput[], sink: MergeSink, waitingBars: number) {
    this.#inputs = inputs;
    this.#sink = sink;
    this.#waitingBars = waitingBars;
    this.#streams = inputs.map(({ query }) => new MergeStream(query.series));
    this.#ranked = this.#streams.toSorted((a, b) => compareSeries(a.series, b.series));
  }

  start(): void {
    this.#streams.forEach((stream, index) => {
      const { source, query } = this.#inputs[index]!;
      stream.subscription = source.open(query, {
        bars: (batch) => this.#hearBars(stream, batch),
        coverage: (range) => this.#hearCoverage(stream, range),
        event: (event) => this.#hearEvent(stream, event),
        end: (outcome) => this.#hearEnd(stream, outcome),
      });
      if (!this.#isShort(stream)) stream.subscription.pause();
    });
    this.#busy = false;
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) stream.subscription?.close();
  }

  pause(): void {
    this.#paused = true;
    for (const stream of this.#streams) pauseStream(stream);
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  #hearBars(stream: MergeStream, batch: BarBatch): void {
    if (batch.finality === "forming") return;
    const late = stream.lateBars(batch);
    for (let index = 0; index < late; index += 1) {
      const { series } = stream;
      const passed = formatInstant(stream.settledTo);
      const reason = `its stream had passed ${passed}; put a splice before it`;
      const bar = batch.bars.at(index);
      this.#sink.event({ type: "rejection", series, bar, fault: "too-old", reason });
    }
    stream.add(batch, late);
    if (stream.queued >= this.#waitingBars) pauseStream(stream);
    this.#heard();
  }

  #hearCoverage(stream: MergeStream, range: TimeRange): void {
    stream.settleTo(range.to);
    stream.addWord(() => this.#sink.coverage(stream.series, range));
    this.#heard();
  }

  #hearEvent(stream: MergeStream, event: FeedEvent): void {
    const { type } = event;
    if (type === "status" || type === "progress" || type === "rejection") {
      this.#sink.event(event);
      return;
    }
    stream.addWord(() => this.#sink.event(event));
    this.#heard();
  }

  #hearEnd(stream: MergeStream, outcome: FeedOutcome): void {
    stream.outcome = outcome;
    this.#heard();
  }

  #heard(): void {
    this.#heardSomething = true;
    this.#pump();
  }

  get #mayGoOn(): boolean {
    return !this.#paused && !this.#closed;
  }

  /**
   * Says all that can be said, asks those that lag to go on, and so on until neither is possible.
   */
  #pump(): void {
    if (this.#busy) return;
    this.#busy = true;
    do {
      while (this.#mayGoOn && this.#step());
    } while (this.#mayGoOn && this.#resumeLagging());
    this.#busy = false;
  }

  /** Says one thing; false when there is nothing to be said now. */
  #step(): boolean {
    const speaker = this.#look();
    const frontier = this.#frontier();
    if (this.#given > this.#settled && this.#time > this.#given) {
      this.#settle(this.#given);
    } else if (speaker !== undefined) {
      speaker.takeWord()();
    } else if (this.#time <= frontier) {
      this.#give(frontier);
    } else if (frontier > this.#settled) {
      this.#settle(frontier);
    } else {
      if (this.#streams.every(({ outcome }) => outcome !== undefined)) this.#finish();
      return false;
    }
    return true;
  }

  /** Finds the next close; returns a stream that has a word to say before its next bar. */
  #look(): MergeStream | undefined {
    this.#time = Number.POSITIVE_INFINITY;
    this.#otherTime = Number.POSITIVE_INFINITY;
    let speaker: MergeStream | undefined;
    for (const stream of this.#ranked) {
      const { nextClose } = stream;
      if (nextClose < this.#time) {
        this.#otherTime = this.#time;
        this.#time = nextClose;
      } else if (nextClose < this.#otherTime) {
        this.#otherTime = nextClose;
      }
      if (speaker === undefined && stream.hasWord) speaker = stream;
    }
    return speaker;
  }

  /** Up to where no bar can come any more. */
  #frontier(): UnixMs {
    let frontier = Number.POSITIVE_INFINITY;
    let furthest = Number.NEGATIVE_INFINITY;
    for (const { outcome, settledTo } of this.#streams) {
      if (outcome === undefined) frontier = Math.min(frontier, settledTo);
      furthest = Math.max(furthest, settledTo);
    }
    return Math.min(frontier, furthest);
  }

  /** Gives the bars that close next: a run of one series that is alone, or one of each. */
  #give(frontier: UnixMs): void {
    const time = this.#time;
    const isAlone = this.#otherTime > time && this.#given < time;
    const last = isAlone ? frontier : time;
    for (const stream of this.#ranked) {
      if (stream.nextClose !== time) continue;
      if (!this.#mayGoOn) return;
      this.#given = stream.give(last, this.#otherTime, this.#sink);
    }
  }

  #settle(upTo: UnixMs): void {
    this.#settled = upTo;
    this.#sink.settled(upTo);
  }

  #finish(): void {
    this.#closed = true;
    this.#sink.end(new Map(this.#streams.map(({ series, outcome }) => [series.key, outcome!])));
  }

  #isShort(stream: MergeStream): boolean {
    return stream.queued <= this.#waitingBars / 2;
  }

  /** Lets every stream go on of which little is left; whether anything was heard of them. */
  #resumeLagging(): boolean {
    this.#heardSomething = false;
    for (const stream of this.#streams) {
      if (!stream.isPaused || stream.outcome !== undefined || !this.#isShort(stream)) continue;
      if (!this.#mayGoOn) break;
      stream.isPaused = false;
      stream.subscription!.resume();
    }
    return this.#heardSomething;
  }
}

function compareSeries(a: Series, b: Series): number {
  if (a.size.ms !== b.size.ms) return a.size.ms - b.size.ms;
  return a.key < b.key ? -1 : 1;
}

function pauseStream(stream: MergeStream): void {
  if (stream.isPaused) return;
  stream.isPaused = true;
  stream.subscription?.pause();
}
