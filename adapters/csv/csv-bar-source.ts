import type {
  BarQuery,
  BarSink,
  BarSource,
  FeedOutcome,
  Subscription,
} from "../../core/feed/bar-source.ts";
import { BarlineError } from "../../core/time/failure.ts";
import type { BarPage } from "./bar-page.ts";
import { type BarPagesEnd, readBarPages } from "./bar-pages.ts";
import { type CsvOptions, checkCsvOptions } from "./csv-options.ts";
import { feedFaultOf } from "./file-errors.ts";

/**
 * The bars of a CSV file as a source: in batches of some thousand, in constant memory, each time it
 * is opened from the beginning of the file. It claims to be complete between the first bar and the
 * last. Rows left out by the policy are `rejection` events. Where one could have been a wanted bar
 * between two others, that is a `gap` with the outcome `lost`, from the close of the one to the
 * opening of the other (with a grid: its whole slots between them), which no coverage claims; and
 * the outcome is `partial` (`failed` without any bar) with the code `rows-skipped`. A row that
 * comes after later ones is a gap of its own time, told when it is met, unless that bar was taken.
 */
export class CsvBarSource implements BarSource {
  readonly #file: string;
  readonly #options: CsvOptions;

  /** Throws `grid-mismatch` or `unknown-fault-kind`; everything about the file comes with `end`. */
  constructor(file: string, options: CsvOptions) {
    checkCsvOptions(options);
    this.#file = file;
    this.#options = options;
  }

  /** Delivers after it has returned. What the sink throws is not caught: it halts the process. */
  open(query: BarQuery, sink: BarSink): Subscription {
    const stream = new CsvStream(this.#file, this.#options, query, sink);
    void stream.run();
    return stream;
  }
}

class CsvStream implements Subscription {
  readonly #file: string;
  readonly #options: CsvOptions;
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #closing = new AbortController();
  #isPaused = false;
  #wake: (() => void) | undefined;
  #isAnyDelivered = false;

  constructor(file: string, options: CsvOptions, query: BarQuery, sink: BarSink) {
    this.#file = file;
    this.#options = options;
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
    const pages = readBarPages(this.#file, this.#options, this.#query, this.#closing.signal);
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
    const { series } = this.#options;
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
    const { key } = this.#options.series;
    if (this.#query.series.key === key) return undefined;
    return new BarlineError("wrong-series", `the file holds ${key}`, {
      where: this.#file,
      cure: `ask for it, not for ${this.#query.series.key}`,
    });
  }
}
