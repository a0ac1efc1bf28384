import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedFault,
  FeedOutcome,
  Subscription,
} from "../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../core/feed/feed-event.ts";
import type { TimeRange } from "../../core/time/range.ts";

/**
 * Two sources of one series of which neither goes on without the other: where one is refused for
 * good (no permission, unknown contract), all streams of both end with the same fault, so that a
 * run stops at once and says what to do, instead of warming up for days on what it may not have or
 * fetching a history that leads nowhere.
 */
export class SharedFate {
  readonly #streams = new Set<FatedStream>();
  #fault: FeedFault | undefined;

  /** History, whose refusal ends the live streams. */
  history(source: BarSource): BarSource {
    return { open: (query, sink) => this.#follow(source, query, sink) };
  }

  /** Live streams, whose refusal ends the requests for history. */
  live(source: BarSource): BarSource {
    return {
      impliesFinals: source.impliesFinals ?? false,
      open: (query, sink) => this.#follow(source, query, sink),
    };
  }

  #follow(source: BarSource, query: BarQuery, sink: BarSink): Subscription {
    const stream = new FatedStream(sink, (outcome) => {
      this.#streams.delete(stream);
      if (outcome !== undefined) this.#look(outcome);
    });
    if (this.#fault !== undefined) {
      stream.fail(this.#fault);
      return stream;
    }
    this.#streams.add(stream);
    stream.open(source, query);
    return stream;
  }

  #look(outcome: FeedOutcome): void {
    if (outcome.kind !== "failed" && outcome.kind !== "partial") return;
    const { fault } = outcome;
    if (fault.retry !== "never" || this.#fault !== undefined) return;
    this.#fault = fault;
    for (const stream of [...this.#streams]) stream.fail(fault);
  }
}

/** A stream that can end before its source ends it. */
class FatedStream implements Subscription, BarSink {
  readonly #sink: BarSink;
  readonly #over: (outcome: FeedOutcome | undefined) => void;
  #below: Subscription | undefined;
  #isOver = false;

  /** @param over is told once, with the outcome, or nothing where it was closed. */
  constructor(sink: BarSink, over: (outcome: FeedOutcome | undefined) => void) {
    this.#sink = sink;
    this.#over = over;
  }

  open(source: BarSource, query: BarQuery): void {
    const below = source.open(query, this);
    this.#below = below;
    // It was ended while it was being opened.
    if (this.#isOver) below.close();
  }

  fail(fault: FeedFault): void {
    this.#below?.close();
    this.end({ kind: "failed", fault });
  }

  close(): void {
    this.#below?.close();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over(undefined);
  }

  pause(): void {
    this.#below?.pause();
  }

  resume(): void {
    this.#below?.resume();
  }

  bars(batch: BarBatch): void {
    if (!this.#isOver) this.#sink.bars(batch);
  }

  coverage(range: TimeRange): void {
    if (!this.#isOver) this.#sink.coverage(range);
  }

  event(event: FeedEvent): void {
    if (!this.#isOver) this.#sink.event(event);
  }

  end(outcome: FeedOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.end(outcome);
    this.#over(outcome);
  }
}
