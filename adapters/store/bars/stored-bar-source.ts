import type {
  BarOrigin,
  BarQuery,
  BarSink,
  BarSource,
  FeedFault,
  Subscription,
} from "../../../core/feed/bar-source.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";
import type { BarStore } from "./bar-store.ts";
import { nextStretch, type Stretch, storedRange } from "./stored-stretch.ts";

/** How a stored source speaks. */
export interface StoredBarSourceOptions {
  /** Default `replay`. */
  readonly origin?: BarOrigin;
  /** Bars in a batch at the most, 1 or more; default 8,192. */
  readonly batchSize?: number;
  /**
   * Whether a stream waits for `resume` before its first word; default false: it speaks in `open`.
   */
  readonly opensPaused?: boolean;
}

/**
 * What a store knows of a series, as a source: the bars of every stretch that it knows to be
 * complete, and what is lost as gaps, which it does not cover. Bars of which it is not known
 * whether others are missing between them are left out. It says everything at once, in `open` or in
 * `resume`, and reads as it goes, so that what is stored meanwhile counts.
 *
 * It ends `complete` or `empty` where the store knows all of the query's range; else `partial` or
 * `failed` with the code `not-stored`. Where the query leaves its ends open, the range is what is
 * known. Damage ends it with the code `damaged-store`. Whatever version a bar has in the store:
 * here it is said first, as version 1.
 */
export class StoredBarSource implements BarSource {
  readonly #store: BarStore;
  readonly #origin: BarOrigin;
  readonly #batchSize: number;
  readonly #opensPaused: boolean;

  constructor(store: BarStore, options: StoredBarSourceOptions = {}) {
    this.#store = store;
    this.#origin = options.origin ?? "replay";
    this.#batchSize = options.batchSize ?? 8_192;
    this.#opensPaused = options.opensPaused ?? false;
    requireAtLeast("batchSize", this.#batchSize, 1);
  }

  open(query: BarQuery, sink: BarSink): Subscription {
    const stream = new StoredStream(this.#store, this.#origin, this.#batchSize, query, sink);
    if (!this.#opensPaused) stream.resume();
    return stream;
  }
}

class StoredStream implements Subscription {
  readonly #store: BarStore;
  readonly #origin: BarOrigin;
  readonly #batchSize: number;
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  /** What is still to be said; undefined before the first word. */
  #left: TimeRange | undefined;
  #firstMissing: UnixMs | undefined;
  #anyBars = false;
  #anyCovered = false;
  #isPaused = true;
  #isSpeaking = false;
  #isClosed = false;

  constructor(
    store: BarStore,
    origin: BarOrigin,
    batchSize: number,
    query: BarQuery,
    sink: BarSink,
  ) {
    this.#store = store;
    this.#origin = origin;
    this.#batchSize = batchSize;
    this.#query = query;
    this.#sink = sink;
  }

  close(): void {
    this.#isClosed = true;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    // A word of ours can lead to this call; the loop further out goes on by itself.
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    while (!this.#isPaused && !this.#isClosed) this.#speak();
    this.#isSpeaking = false;
  }

  #speak(): void {
    const stretch = this.#read();
    if (stretch instanceof BarlineError) {
      const { code, message } = stretch;
      this.#end({ code, message, retry: "never" });
      return;
    }
    const { series } = this.#query;
    if (stretch === undefined) {
      const message = `nothing of ${series.key} is stored`;
      this.#end({ code: "not-stored", message, retry: "never" });
      return;
    }
    this.#say(stretch);
    if (!this.#isClosed && this.#left!.from >= this.#left!.to) this.#end(this.#notStored());
  }

  /** The next stretch; undefined where there is nothing of such a series. */
  #read(): Stretch | BarlineError | undefined {
    try {
      return this.#store.look(this.#query.series.key, (series) => {
        this.#left ??= storedRange(this.#query, series);
        return this.#left && nextStretch(series, this.#left, this.#batchSize);
      });
    } catch (error) {
      if (error instanceof BarlineError) return error;
      throw error;
    }
  }

  #say({ lost, anyMissing, bars, covered, to }: Stretch): void {
    const { series } = this.#query;
    const { from } = this.#left!;
    this.#left = { from: to, to: this.#left!.to };
    if (anyMissing) this.#firstMissing ??= from;
    for (const { range, reason } of lost) {
      if (this.#isClosed) return;
      this.#sink.event({ type: "gap", series, range, outcome: "lost", reason });
    }
    if (bars !== undefined && bars.length > 0 && !this.#isClosed) {
      this.#anyBars = true;
      const origin = this.#origin;
      this.#sink.bars({ series, bars, finality: "final", origin, version: 1 });
    }
    if (covered !== undefined && !this.#isClosed) {
      this.#anyCovered = true;
      this.#sink.coverage(covered);
    }
  }

  #notStored(): FeedFault | undefined {
    if (this.#firstMissing === undefined) return undefined;
    const since = formatInstant(this.#firstMissing);
    const message = `of ${this.#query.series.key} not all is stored from ${since} on`;
    return { code: "not-stored", message, retry: "never" };
  }

  #end(fault: FeedFault | undefined): void {
    this.close();
    if (fault === undefined) this.#sink.end({ kind: this.#anyBars ? "complete" : "empty" });
    else this.#sink.end({ kind: this.#anyCovered ? "partial" : "failed", fault });
  }
}
