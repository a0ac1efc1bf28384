import type { Indicator } from "../indicators/indicator.ts";
import type { Bar } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import { fail } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Order } from "./order.ts";
import type { RunState } from "./readiness.ts";

/** Values a strategy can be run with; their defaults also say their types. */
export type Parameters = Readonly<Record<string, number | string | boolean>>;

/** Which price of a bar an indicator of one price takes. */
export type PriceField = "open" | "high" | "low" | "close" | "volume";

/** A stream of bars that a strategy declared. */
export interface SeriesHandle {
  readonly series: Series;
  /** Final bars seen so far. */
  readonly count: number;
}

/** An indicator that a strategy declared. The engine owns and updates it. */
export interface IndicatorHandle {
  readonly name: string;
  readonly isReady: boolean;
  /** After the latest bar; NaN until ready. */
  readonly value: number;
  /** After the bar before the latest; NaN until ready then. */
  readonly previous: number;
  /** A line of an indicator with several, by name; throws for a name it does not have. */
  line(name: string): number;
  previousLine(name: string): number;
}

/** What an indicator is computed from, and its name. */
export interface IndicatorOptions {
  /** The bars it is computed from; default the main series. */
  readonly on?: SeriesHandle;
  /** The price it takes, for an indicator of one price; default the close. */
  readonly of?: PriceField;
  /** Its name in the trace; default that of the indicator. Unique within a strategy. */
  readonly name?: string;
}

/** Handed to a strategy's `setup`, to say what it needs. The warm-up is derived from it. */
export interface Declarations {
  /** The main series of the run. */
  readonly bars: SeriesHandle;
  /**
   * Bars of a larger size of the main instrument, such as `1h`, made from the main ones. `onBar` is
   * called for each, after the indicators of every bar that closes at the same instant were
   * updated.
   */
  series(size: string, onBar?: (bar: Bar, trade: Trade) => void): SeriesHandle;
  indicator(indicator: Indicator, options?: IndicatorOptions): IndicatorHandle;
  /** At least this many bars of a series must lie before the first decision. */
  warmUp(bars: number, on?: SeriesHandle): void;
  /**
   * What the strategy remembers from bar to bar, beside its indicators: a plain record of numbers,
   * texts, lists and records, to be read and written at will. Whoever asks for it, with nothing in
   * it too, promises to remember nothing elsewhere: a live run is then taken up again from a
   * snapshot, and else by handing the strategy every bar of the run once more. Once a strategy.
   */
  memory<M extends Record<string, unknown>>(initial?: M): M;
}

/** What a strategy may see and do while it handles a bar. */
export interface Trade {
  /** The present: the close of the bar, or later where the bar had to be repaired. */
  readonly now: UnixMs;
  readonly state: RunState;
  /** Whether orders go out. False while a repaired bar is caught up with. */
  readonly isReady: boolean;
  /** Units held of the main instrument; negative when short. */
  readonly position: number;
  /** Cash and positions at their last prices. */
  readonly equity: number;
  /** States a decision for the record. */
  signal(name: string): void;
  /** Orders at the market. Refused, with a reason on record, unless the run is READY. */
  buy(quantity: number): Order;
  sell(quantity: number): Order;
  /**
   * Orders what is missing to hold `quantity`, orders under way counted; undefined when nothing is.
   */
  target(quantity: number): Order | undefined;
}

/** The moving part of a strategy. */
export interface StrategyRules {
  /** Called for each final bar of the main series after the run was READY for the first time. */
  onBar(bar: Bar, trade: Trade): void;
}

/** A strategy: what it is called, what can be set, what it needs and what it does. */
export interface Strategy<P extends Parameters = Parameters> {
  readonly name: string;
  /** Default values. */
  readonly parameters: P;
  setup(declare: Declarations, parameters: P): StrategyRules;
}

/** Checks a strategy and gives it back with its types. */
export function defineStrategy<const P extends Parameters>(
  strategy: Strategy<Widened<P>> & { readonly parameters: P },
): Strategy {
  if (strategy.name === "") fail("invalid-strategy", "a strategy needs a name");
  return strategy as unknown as Strategy;
}

/** Literal defaults stand for their types: 40 for any number. */
export type Widened<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends number ? number : P[K] extends string ? string : boolean;
};
