import type { Bar } from "../market/bar.ts";
import { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import { fail } from "../time/failure.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";
import { requireAtLeast } from "../time/requirement.ts";
import type { BarOrigin, BarQuery, BarSink, BarSource, Subscription } from "./bar-source.ts";

/** How a memory speaks, and what it vouches for. */
export interface MemorySourceOptions {
  /** The series of the bars; asked for another one it fails. Default: whatever is asked for. */
  readonly series?: Series;
  /** Bars in a batch at the most, 1 or more; default 4,096. */
  readonly batchSize?: number;
  /**
   * What the memory vouches for: `bars`, from its first open (within the query) to its last close,
   * the default; or `query`, all that was asked, so that where it has no bar there is none.
   */
  readonly covers?: "bars" | "query";
  /** Default `replay`. */
  readonly origin?: BarOrigin;
  /**
   * Whether a stream waits for `resume` before its first word; default false: it speaks in `open`.
   */
  readonly opensPaused?: boolean;
}

/**
 * A source of final bars that are in memory. It says everything at once, in `open` or in `resume`,
 * and covers batch by batch. Paused from within a word, it goes on no further than that batch.
 */
export class MemorySource implements BarSource {
  readonly #bars: BarColumns;
  readonly #options: MemorySourceOptions;
  readonly #batchSize: number;

  /**
   * @param bars open times strictly ascending, or it throws `unsorted-bars`; not touched
   * afterwards.
   */
  constructor(bars: BarColumns, options: MemorySourceOptions = {}) {
    this.#bars = bars;
    this.#options = options;
    this.#batchSize = options.batchSize ?? 4_096;
    requireAtLeast("batchSize", this.#batchSize, 1);
    requireAscending(bars);
  }

  open(query: BarQuery, sink: BarSink): Subscription {
    const stream = new MemoryStream(this.#bars, this.#batchSize, this.#options, query, sink);
    if (this.#options.opensPaused !== true) stream.resume();
    return stream;
  }
}

/** A source of these bars, for any series. */
export function sourceOf(...bars: readonly Bar[]): MemorySource {
  return new MemorySource(BarColumns.of(bars));
}

class MemoryStream implements Subscription {
  readonly #bars: BarColumns;
  readonly #batchSize: number;
  readonly #options: MemorySourceOptions;
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #begin: number;
  readonly #end: number;
  #index: number;
  /** Where the next range of coverage begins. */
  #coveredTo: UnixMs | undefined;
  #paused = true;
  #speaking = false;
  #closed = false;

  constructor(
    bars: BarColumns,
    batchSize: number,
    options: MemorySourceOptions,
    query: BarQuery,
    sink: BarSink,
  ) {
    this.#bars = bars;
    this.#batchSize = batchSize;
    this.#options = options;
    this.#query = query;
    this.#sink = sink;
    this.#begin = query.from === undefined ? 0 : bars.firstFrom(query.from);
    this.#end = query.to === undefined ? bars.length : bars.firstFrom(query.to);
    this.#index = this.#begin;
  }

  close(): void {
    this.#closed = true;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    // A word of ours can lead to this call; the loop further out goes on by itself.
    if (this.#speaking) return;
    this.#speaking = true;
    while (!this.#paused && !this.#closed) this.#speak();
    this.#speaking = false;
  }

  #speak(): void {
    const { series } = this.#options;
    if (series !== undefined && series.key !== this.#query.series.key) {
      this.close();
      const message = `this memory holds ${series.key}, not ${this.#query.series.key}`;
      const fault = { code: "unknown-series", message, retry: "never" } as const;
      this.#sink.end({ kind: "failed", fault });
      return;
    }
    const last = this.#index + this.#batchSize >= this.#end;
    if (this.#index < this.#end) this.#sayBars(last ? this.#end : this.#index + this.#batchSize);
    if (!this.#closed) this.#sayCoverage(last);
    if (last && !this.#closed) {
      this.close();
      this.#sink.end({ kind: this.#begin < this.#end ? "complete" : "empty" });
    }
  }

  #sayBars(to: number): void {
    const from = this.#index;
    this.#index = to;
    this.#sink.bars({
      series: this.#query.series,
      bars: this.#bars.slice(from, to),
      finality: "final",
      origin: this.#options.origin ?? "replay",
      version: 1,
    });
  }

  #sayCoverage(last: boolean): void {
    const claims = this.#options.covers === "query";
    const first = claims && this.#query.from !== undefined ? this.#query.from : this.#firstOpen;
    const from = this.#coveredTo ?? first;
    const lastClose = this.#index > this.#begin ? this.#bars.closeTime[this.#index - 1] : undefined;
    const to = claims && last && this.#query.to !== undefined ? this.#query.to : lastClose;
    if (from === undefined || to === undefined) return;
    this.#coveredTo = to;
    this.#sink.coverage({ from, to });
  }

  get #firstOpen(): UnixMs | undefined {
    return this.#begin < this.#end ? this.#bars.openTime[this.#begin] : undefined;
  }
}

function requireAscending(bars: BarColumns): void {
  for (let index = 1; index < bars.length; index += 1) {
    if (bars.openTime[index]! > bars.openTime[index - 1]!) continue;
    const opens = formatInstant(bars.openTime[index]!);
    fail("unsorted-bars", `the bar that opens at ${opens} does not open after the one before it`, {
      where: `bar ${index + 1} of ${bars.length}`,
      cure: "sort the bars by open time and keep one for each",
    });
  }
}
