import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
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

/** What a broker that lives inside the run has in its hands, so that the run can be kept. */
export interface BrokerState {
  save(to: ByteWriter): void;
  load(from: ByteReader, orders: ReadonlyMap<number, Order>): void;
}

/** Takes orders to a market. The simulated one fills from bars; a real one sends them. */
export interface Broker {
  /**
   * Of a broker that is a part of the run: equal orders and bars lead to equal fills, and nothing
   * of it happens outside. When a run is taken up again, it is told all once more. Absent for a
   * broker whose orders have effects in the world: what it tells is written down, it gets an order
   * only after that was written down, and `resume` instead of what it was told before.
   */
  readonly state?: BrokerState;
  /** Called once, before anything else. */
  connect(listener: BrokerListener): void;
  submit(order: Order): void;
  /**
   * The run was taken up again after it ended in any way. These orders are open as far as it knows:
   * each may have reached the market or not, and what became of it may have been missed. The broker
   * finds out by their ids, sends those that never arrived or refuses them, and tells of the rest.
   */
  resume?(orders: readonly Order[]): void;
  /**
   * A final bar of a series is about to be handed to the strategy: a broker that fills from bars
   * acts on it here; a real one has no use for it.
   */
  bar(series: Series, bars: BarColumns, index: number): void;
}
