import type { BarSource, FeedOutcome } from "../feed/bar-source.ts";
import type { RunObserver } from "../journal/run-observer.ts";
import type { Series } from "../market/series.ts";
import type { BarGrid } from "../time/bar-grid.ts";
import type { Clock, ClockDriver } from "../time/clock.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Broker } from "../trading/broker.ts";
import type { Money } from "../trading/money.ts";
import type { Fill, Order } from "../trading/order.ts";
import type { RunState } from "../trading/readiness.ts";
import type { Parameters, Strategy } from "../trading/strategy.ts";

/** Everything a run is made of. Backtest, simulation and live differ in nothing but these. */
export interface RunOptions {
  readonly strategy: Strategy;
  /** Set in place of the strategy's defaults; same names and types. */
  readonly parameters?: Parameters;
  /** The main series. */
  readonly series: Series;
  readonly source: BarSource;
  readonly broker: Broker;
  readonly clock: Clock;
  /**
   * The half of the clock that moves it, for a run that sets its own pace (a backtest): it is moved
   * to each bar's close. Absent where time passes by itself.
   */
  readonly driver?: ClockDriver;
  /** The bars that must exist, of the main series and of larger ones made of it. */
  readonly grid: (series: Series) => BarGrid;
  /** In the instrument's currency; default 1,000,000. */
  readonly initialCash?: Money;
  /** Fills that the account has behind it when the run begins; default none. */
  readonly bookedFills?: readonly Fill[];
  /**
   * Orders of a run before it that are still open at a broker outside, for one that is written
   * down: it asks what became of them when it starts. Default none.
   */
  readonly openOrders?: readonly Order[];
  /** The id of the last order before it, 0 or more; default 0. Its own orders come after that. */
  readonly lastOrderId?: number;
  /** Only bars that open at or after this instant are asked for; default: from the beginning. */
  readonly from?: UnixMs;
  /** Only bars that open before this instant are asked for; default: to the end. */
  readonly to?: UnixMs;
  /**
   * What a lost bar means: `rewarm` (default) suspends trading until every indicator is free of the
   * hole, `continue` takes the hole as if it were a slot without trades.
   */
  readonly lostBars?: "rewarm" | "continue";
  /**
   * Bars of each series that can still be revised, counted from the last, 1 or more; default 8,192.
   * One more than the warm-up needs can be in any case. A revision of an older bar changes nothing.
   */
  readonly keptBars?: number;
  readonly observer?: RunObserver;
}

/** A run in figures. */
export interface RunSummary {
  readonly state: RunState;
  /** Final bars of the main series that were handled. */
  readonly bars: number;
  /** Bars needed before the first decision, of the main series. */
  readonly warmUpBars: number;
  /** When the run was READY for the first time; undefined when it never was. */
  readonly readyAt: UnixMs | undefined;
  readonly signals: number;
  readonly orders: number;
  readonly fills: number;
  readonly openOrders: number;
  readonly position: number;
  readonly cash: Money;
  readonly fees: Money;
  readonly equity: number;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly kind: "ended"; readonly feed: FeedOutcome }
  | { readonly kind: "stopped" }
  /** The strategy, or Barline itself, threw. */
  | { readonly kind: "crashed"; readonly error: unknown };
