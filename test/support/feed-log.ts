import type { BarBatch, BarOrigin, BarSink, FeedOutcome } from "../../core/feed/bar-source.ts";
import type { FeedEvent, FeedState } from "../../core/feed/feed-event.ts";
import type { Bar } from "../../core/market/bar.ts";
import type { Clock } from "../../core/time/clock.ts";
import { formatInstant, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { plain } from "./market.ts";

/** A final bar that came out of a source. */
export interface LoggedBar {
  readonly bar: Bar;
  readonly origin: BarOrigin;
  /** When it came. */
  readonly at: UnixMs;
}

/** Events of one type. */
export type EventOf<T extends FeedEvent["type"]> = Extract<FeedEvent, { readonly type: T }>;

/** Writes down everything that comes out of a source, in order. */
export class FeedLog implements BarSink {
  readonly received: LoggedBar[] = [];
  readonly events: FeedEvent[] = [];
  readonly coverages: TimeRange[] = [];
  outcome: FeedOutcome | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  bars(batch: BarBatch): void {
    const at = this.#clock.now();
    for (const bar of batch.bars) this.received.push({ bar: plain(bar), origin: batch.origin, at });
  }

  coverage(range: TimeRange): void {
    this.coverages.push(range);
  }

  event(event: FeedEvent): void {
    this.events.push(event);
  }

  end(outcome: FeedOutcome): void {
    this.outcome = outcome;
  }

  /** The bars alone, in the order they came. */
  get finals(): Bar[] {
    return this.received.map(({ bar }) => bar);
  }

  /** The states, in order. */
  get states(): FeedState[] {
    return this.of("status").map(({ state }) => state);
  }

  /** Gaps as `outcome from/to`, in order. */
  get gaps(): string[] {
    return this.of("gap").map(describeGap);
  }

  of<T extends FeedEvent["type"]>(type: T): EventOf<T>[] {
    return eventsOf(this.events, type);
  }
}

export function eventsOf<T extends FeedEvent["type"]>(
  events: readonly FeedEvent[],
  type: T,
): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

/** `lost 2024-03-08T14:30:00.000Z/2024-03-08T14:45:00.000Z`. */
function describeGap({ outcome, range }: EventOf<"gap">): string {
  return gap(outcome, range.from, range.to);
}

export function gap(outcome: EventOf<"gap">["outcome"], from: UnixMs, to: UnixMs): string {
  return `${outcome} ${formatInstant(from)}/${formatInstant(to)}`;
}
