import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedOutcome,
  Subscription,
} from "../../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import type { MergeSink } from "../../../../core/feed/merge/merge.ts";
import { type Bar, createBar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type Series, series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { formatInstant, instant, type UnixMs } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";

/** An instant of the day of which the merge tests tell. */
export const at = (time: string): UnixMs => instant(`2024-01-02T${time}:00Z`);

export const seriesOf = (symbol: string, size: string): Series =>
  series(instrument(symbol), barSize(size));

/** The bar of a series that closes at an instant. */
export function closing(of: Series, closeTime: UnixMs): Bar {
  const openTime = closeTime - of.size.ms;
  return createBar({ openTime, closeTime, open: 1, high: 1, low: 1, close: 1, volume: 1 });
}

export function batchOf(of: Series, ...bars: readonly Bar[]): BarBatch {
  const columns = BarColumns.of(bars);
  return { series: of, bars: columns, finality: "final", origin: "live", version: 1 };
}

/** A source that says what a test makes it say, and notes what it is asked for. */
export class Speaker implements BarSource {
  readonly series: Series;
  readonly heard: string[] = [];
  sink!: BarSink;

  constructor(of: Series) {
    this.series = of;
  }

  open(_query: BarQuery, sink: BarSink): Subscription {
    this.sink = sink;
    return {
      close: () => this.heard.push("close"),
      pause: () => this.heard.push("pause"),
      resume: () => this.heard.push("resume"),
    };
  }

  /** Sends the bars that close at these times, in one batch. */
  bars(...closes: readonly string[]): void {
    const bars = closes.map((close) => closing(this.series, at(close)));
    this.sink.bars(batchOf(this.series, ...bars));
  }

  cover(from: string, to: string): void {
    this.sink.coverage({ from: at(from), to: at(to) });
  }

  gap(from: string, to: string): void {
    const range = { from: at(from), to: at(to) };
    const reason = "test";
    this.sink.event({ type: "gap", series: this.series, range, outcome: "lost", reason });
  }

  status(): void {
    this.sink.event({ type: "status", series: this.series, state: "live", reason: "test" });
  }

  end(outcome: FeedOutcome = { kind: "complete" }): void {
    this.sink.end(outcome);
  }
}

const clock = (when: UnixMs): string => formatInstant(when).slice(11, 16);

/** Writes down what a merge gives, word by word, in short. */
export class MergeLog implements MergeSink {
  readonly words: string[] = [];
  /** Called after each word. */
  after: (word: string) => void = () => {};

  bars({ series: of, bars }: BarBatch, from: number, to: number): void {
    const closes = [...bars].slice(from, to).map(({ closeTime }) => clock(closeTime));
    this.#say(`${of.instrument.symbol} ${of.size.label} ${closes.join(" ")}`);
  }

  coverage(of: Series, { from, to }: TimeRange): void {
    this.#say(`${of.instrument.symbol} covered ${clock(from)}-${clock(to)}`);
  }

  event(event: FeedEvent): void {
    const fault = event.type === "rejection" ? ` ${event.fault} ${clock(event.bar.closeTime)}` : "";
    this.#say(`${event.series.instrument.symbol} ${event.type}${fault}`);
  }

  settled(upTo: UnixMs): void {
    this.#say(`settled ${clock(upTo)}`);
  }

  end(outcomes: ReadonlyMap<string, FeedOutcome>): void {
    const each = [...outcomes].map(([key, { kind }]) => `${key.split(" ")[0]} ${kind}`);
    this.#say(`end ${each.join(", ")}`);
  }

  /** What was said since the last time. */
  take(): string[] {
    return this.words.splice(0);
  }

  #say(word: string): void {
    this.words.push(word);
    this.after(word);
  }
}
