import type { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Fill, Order } from "./order.ts";

/** Hears what became of orders. */
export interface BrokerListener {
  filled(fill: Fill): void;
  /** The order will not trade. */
  rejected(order: Order, reason: string, at: UnixMs): void;
}

/** Takes orders to a market. The simulated one fills from bars; a real one sends them. */
export interface Broker {
  /** Called once, before anything else. */
  connect(listener: BrokerListener): void;
  submit(order: Order): void;
  /**
   * A final bar of a series is about to be handed to the strategy: a broker that fills from bars
   * acts on it here; a real one has no use for it.
   */
  bar(series: Series, bars: BarColumns, index: number): void;
}
