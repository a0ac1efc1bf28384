import { setImmediate } from "node:timers/promises";
import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedOutcome,
  Subscription,
} from "../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { elapsedMs } from "../../system/wall-clock.ts";

/** How long signals can wait at most, but for the bars that are handled between two looks. */
const LISTEN_MS = 20;
const BARS_A_LOOK = 64;

/**
 * Passes a source on in smaller portions, between which the program listens: a strategy that thinks
 * over each bar would otherwise keep Ctrl-C waiting for thousands of them.
 */
export function listening(source: BarSource): BarSource {
  return {
    open: (query, sink) => {
      const stream = new ListeningStream(sink);
      stream.follow(source, query);
      return stream;
    },
  };
}

class ListeningStream implements BarSink, Subscription {
  readonly #sink: BarSink;
  #below: Subscription | undefined;
  #words: (() => void)[] = [];
  #isTelling = false;
  #isClosed = false;
  #listenedMs = elapsedMs();

  constructor(sink: BarSink) {
    this.#sink = sink;
  }

  follow(source: BarSource, query: BarQuery): void {
    this.#below = source.open(query, this);
    if (this.#isClosed) this.#below.close();
  }

  bars(batch: BarBatch): void {
    const { bars } = batch;
    for (let from = 0; from < bars.length; from += BARS_A_LOOK) {
      const portion = bars.slice(from, Math.min(from + BARS_A_LOOK, bars.length));
      this.#later(() => this.#sink.bars({ ...batch, bars: portion }));
    }
  }

  coverage(range: TimeRange): void {
    this.#later(() => this.#sink.coverage(range));
  }

  event(event: FeedEvent): void {
    this.#later(() => this.#sink.event(event));
  }

  end(outcome: FeedOutcome): void {
    this.#later(() => this.#sink.end(outcome));
  }

  close(): void {
    this.#isClosed = true;
    this.#words = [];
    this.#below?.close();
  }

  pause(): void {
    this.#below?.pause();
  }

  resume(): void {
    this.#below?.resume();
  }

  #later(word: () => void): void {
    this.#words.push(word);
    if (!this.#isTelling) void this.#tell();
  }

  /** Says the words in their order; nothing more is read while any is left. */
  async #tell(): Promise<void> {
    this.#isTelling = true;
    this.#below?.pause();
    for (let next = 0; next < this.#words.length; next += 1) {
      if (elapsedMs() - this.#listenedMs >= LISTEN_MS) {
        await setImmediate();
        this.#listenedMs = elapsedMs();
      }
      if (this.#isClosed) return;
      this.#words[next]!();
    }
    this.#words = [];
    this.#isTelling = false;
    this.#below?.resume();
  }
}
