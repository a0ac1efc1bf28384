import type { BarBatch, BarSink, FeedOutcome } from "../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../core/feed/feed-event.ts";
import type { Bar } from "../../core/market/bar.ts";
import type { TimeRange } from "../../core/time/range.ts";

/** What a sink heard of a batch, and the batch itself to see whether it changes later. */
interface HeardBatch {
  readonly batch: BarBatch;
  readonly copies: readonly Bar[];
}

export function copyBar(bar: Bar): Bar {
  const { openTime, closeTime, open, high, low, close, volume } = bar;
  return { openTime, closeTime, open, high, low, close, volume };
}

/** A claim together with how many bars had been delivered when it was made. */
export interface HeardClaim {
  readonly range: TimeRange;
  readonly barsBefore: number;
}

/** Writes down everything that a source says, in order. */
export class RecordingSink implements BarSink {
  readonly batches: HeardBatch[] = [];
  readonly delivered: Bar[] = [];
  readonly claims: HeardClaim[] = [];
  readonly events: FeedEvent[] = [];
  readonly outcomes: FeedOutcome[] = [];
  /** Calls of every kind, to see that silence is silence. */
  calls = 0;
  /** Told after each call; a test closes or pauses from here. */
  onCall: () => void = () => {};

  bars(batch: BarBatch): void {
    const copies = [...batch.bars].map(copyBar);
    this.batches.push({ batch, copies });
    this.delivered.push(...copies);
    this.#called();
  }

  coverage(range: TimeRange): void {
    this.claims.push({ range, barsBefore: this.delivered.length });
    this.#called();
  }

  event(event: FeedEvent): void {
    this.events.push(event);
    this.#called();
  }

  end(outcome: FeedOutcome): void {
    this.outcomes.push(outcome);
    this.#called();
  }

  #called(): void {
    this.calls += 1;
    this.onCall();
  }
}
