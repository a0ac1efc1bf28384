import type { BarOrigin } from "../feed/bar-source.ts";
import type { FeedEvent } from "../feed/feed-event.ts";
import type { Bar } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Fill, OrderEvent } from "../trading/order.ts";
import type { StateChange } from "../trading/readiness.ts";
import type { Parameters } from "../trading/strategy.ts";

/** What is run. */
export interface RunDescription {
  readonly strategy: string;
  readonly parameters: Parameters;
  /** The main series. */
  readonly series: Series;
  /** Bars of the main series before the first decision. */
  readonly warmUpBars: number;
}

/**
 * Sees everything that happens in a run, in order: the trace, the progress line and the dashboard
 * are observers. None can change anything.
 */
export interface RunObserver {
  /** Comes first, once. */
  run(description: RunDescription): void;
  /** @param seq counts the bars of all series of the run from 1. */
  bar(seq: number, series: Series, bar: Bar, origin: BarOrigin, version: number): void;
  /** The value of one line of an indicator after the bar `seq`; only once it is ready. */
  indicator(seq: number, name: string, value: number): void;
  state(change: StateChange): void;
  /** A decision of the strategy on the bar `seq`. */
  signal(at: UnixMs, seq: number, name: string): void;
  order(event: OrderEvent): void;
  fill(fill: Fill): void;
  feed(event: FeedEvent): void;
}
