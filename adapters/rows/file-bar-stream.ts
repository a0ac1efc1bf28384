import type { BarQuery, BarSink, FeedOutcome, Subscription } from "../../core/feed/bar-source.ts";
import type { Series } from "../../core/market/series.ts";
import { BarlineError } from "../../core/time/failure.ts";
import type { BarPage } from "./bar-page.ts";
import { type BarPageReading, type BarPagesEnd, NOTHING_READ } from "./bar-pages.ts";
import { feedFaultOf } from "./file-errors.ts";

/** A file of bars of one series, of whatever format. */
export interface BarFile {
  readonly file: string;
  readonly series: Series;
  /** Begins to read; aborting the signal ends it and closes the file. */
  readonly read: (query: BarQuery, signal: AbortSignal) => BarPageReading;
}

/**
 * Opens a file as a stream. It delivers after it has returned; what the sink throws is not caught:
 * it halts the process.
 */
export function openBarFile(file: BarFile, query: BarQuery, sink: BarSink): Subscription {
  const stream = new FileBarStream(file, query, sink);
  void stream.run();
  return stream;
}

class FileBarStream implements Subscription {
  readonly #file: BarFile;
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #closing = new AbortController();
  #isPaused = false;
  #wake: (() => void) | undefined;
  #isAnyDelivered = false;

  constructor(file: BarFile, query: BarQuery, sink: BarSink) {
    this.#file = file;
    this.#query = query;
    this.#sink = sink;
  }

  close(): void {
    this.#closing.abort();
    this.resume();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake?.();
  }

  async run(): Promise<void> {
    // Even a refusal comes after `open` has returned, like everything else.
    await this.#ready();
    const wrongSeries = this.#wrongSeries();
    if (wrongSeries !== undefined) {
      if (!this.#isClosed) this.#sink.end({ kind: "failed", fault: feedFaultOf(wrongSeries) });
      return;
    }
    const pages = this.#file.read(this.#query, this.#closing.signal);
    try {
      for (;;) {
        const page = await pages.next();
        await this.#ready();
        if (this.#isClosed) return;
        if (page.done) {
          this.#sink.end(this.#outcome(page.value));
          return;
        }
        this.#deliver(page.value);
      }
    } finally {
      // However it ended, a throwing sink included: the file is closed.
      this.#closing.abort();
      await pages.return(NOTHING_READ);
    }
  }
  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Resolves when the stream is not paused; nothing is read meanwhile. */
  async #ready(): Promise<void> {
    await undefined;
    while (this.#isPaused) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #deliver({ events, bars, covered }: BarPage): void {
    const { series } = this.#file;
    for (const event of events) if (!this.#isClosed) this.#sink.event(event);
    if (bars !== undefined && !this.#isClosed) {
      this.#isAnyDelivered = true;
      this.#sink.bars({ series, bars, finality: "final", origin: "replay", version: 1 });
    }
    for (const range of covered) if (!this.#isClosed) this.#sink.coverage(range);
  }

  #outcome({ failure, holes }: BarPagesEnd): FeedOutcome {
    const kind = this.#isAnyDelivered ? "partial" : "failed";
    if (failure !== undefined) return { kind, fault: feedFaultOf(failure) };
    if (holes !== undefined) {
      return { kind, fault: { code: "rows-skipped", message: holes, retry: "never" } };
    }
    return this.#isAnyDelivered ? { kind: "complete" } : { kind: "empty" };
  }

  #wrongSeries(): BarlineError | undefined {
    const { key } = this.#file.series;
    if (this.#query.series.key === key) return undefined;
    return new BarlineError("wrong-series", `the file holds ${key}`, {
      where: this.#file.file,
      cure: `ask for it, not for ${this.#query.series.key}`,
    });
  }
}
