import type { BarBatch, BarQuery, BarSink, FeedFault } from "../../../core/feed/bar-source.ts";
import type { FeedEvent, FeedState } from "../../../core/feed/feed-event.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { Reading } from "./live-bar-reader.ts";

/** The way out of a live stream: keeps to the range of the query, and is silent once it is over. */
export class LiveOutput implements BarSink {
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #from: UnixMs;
  readonly #to: UnixMs;
  #isOver = false;
  #anyBars = false;
  #anyFinals = false;
  /** What was wrong with the last row: a fault that lasts is told once. */
  #lastFault: string | undefined;

  constructor(query: BarQuery, sink: BarSink) {
    this.#query = query;
    this.#sink = sink;
    this.#from = query.from ?? Number.NEGATIVE_INFINITY;
    this.#to = query.to ?? Number.POSITIVE_INFINITY;
  }

  /** Whether it was ended or closed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether any bar was passed on. */
  get anyBars(): boolean {
    return this.#anyBars;
  }

  bars(batch: BarBatch): void {
    const inside = new BarColumns(batch.bars.length);
    for (const bar of batch.bars) {
      if (bar.openTime >= this.#from && bar.openTime < this.#to) inside.push(bar);
    }
    if (inside.length === 0 || this.#isOver) return;
    this.#anyBars = true;
    if (batch.finality === "final") this.#anyFinals = true;
    this.#sink.bars({ ...batch, bars: inside });
  }

  coverage({ from, to }: TimeRange): void {
    const range = { from: Math.max(from, this.#from), to: Math.min(to, this.#to) };
    if (range.from < range.to && !this.#isOver) this.#sink.coverage(range);
  }

  event(event: FeedEvent): void {
    if (!this.#isOver) this.#sink.event(event);
  }

  status(state: FeedState, reason: string): void {
    this.event({ type: "status", series: this.#query.series, state, reason });
  }

  /** Notes whether a row was sound, and tells the first of a row of unsound ones. */
  judge(reading: Reading): void {
    const fault = reading.kind === "unsound" ? reading.fault : undefined;
    const isKnown = fault === this.#lastFault;
    this.#lastFault = fault;
    if (reading.kind !== "unsound" || isKnown) return;
    const { bar, reason } = reading;
    const { series } = this.#query;
    this.event({ type: "rejection", series, bar, fault: reading.fault, reason });
  }

  end(outcome: Parameters<BarSink["end"]>[0]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.end(outcome);
  }

  /** Ends with a fault. What was restated but never called final was not delivered. */
  fail(fault: FeedFault): void {
    this.end({ kind: this.#anyFinals ? "partial" : "failed", fault });
  }

  /** Says nothing any more. */
  close(): void {
    this.#isOver = true;
  }
}
