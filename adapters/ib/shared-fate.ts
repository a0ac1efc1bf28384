import type {
  BarSink,
  BarSource,
  FeedFault,
  FeedOutcome,
  Subscription,
} from "../../core/feed/bar-source.ts";

/**
 * Two sources of one series of which neither goes on without the other: where history is refused
 * for good (no permission, unknown contract), the live stream ends with the same fault, so that a
 * run stops at once and says what to do instead of warming up for days on what it may not have.
 */
export class SharedFate {
  readonly #ends = new Set<(fault: FeedFault) => void>();
  #fault: FeedFault | undefined;

  /** History whose refusal for good ends the live streams. */
  history(source: BarSource): BarSource {
    return {
      open: (query, sink) =>
        source.open(query, {
          bars: (batch) => sink.bars(batch),
          coverage: (range) => sink.coverage(range),
          event: (event) => sink.event(event),
          end: (outcome) => {
            sink.end(outcome);
            this.#look(outcome);
          },
        }),
    };
  }

  /** Live streams that end when history is refused for good. */
  live(source: BarSource): BarSource {
    return {
      impliesFinals: source.impliesFinals ?? false,
      open: (query, sink) => this.#follow(sink, (guarded) => source.open(query, guarded)),
    };
  }

  #follow(sink: BarSink, open: (sink: BarSink) => Subscription): Subscription {
    let below: Subscription | undefined;
    const end = (outcome: FeedOutcome): void => {
      this.#ends.delete(fail);
      below?.close();
      sink.end(outcome);
    };
    const fail = (fault: FeedFault): void => end({ kind: "failed", fault });
    if (this.#fault !== undefined) {
      fail(this.#fault);
      return { close: () => {}, pause: () => {}, resume: () => {} };
    }
    this.#ends.add(fail);
    const opened = open({
      bars: (batch) => sink.bars(batch),
      coverage: (range) => sink.coverage(range),
      event: (event) => sink.event(event),
      end,
    });
    below = opened;
    return {
      close: () => {
        this.#ends.delete(fail);
        opened.close();
      },
      pause: () => opened.pause(),
      resume: () => opened.resume(),
    };
  }

  #look(outcome: FeedOutcome): void {
    if (outcome.kind !== "failed" && outcome.kind !== "partial") return;
    const { fault } = outcome;
    if (fault.retry !== "never" || this.#fault !== undefined) return;
    this.#fault = fault;
    for (const end of [...this.#ends]) end(fault);
  }
}
