import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import type { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Fill, Order } from "./order.ts";

/** Hears what became of orders. What it is told of an order that is not open, it passes over. */
export interface BrokerListener {
  /** The order has traded, whole. To be told again is no harm: a fill is booked once. */
  filled(fill: Fill): void;
  /** The order has not traded and never will: an order that may still be on its way is open. */
  rejected(order: Order, reason: string, at: UnixMs): void;
}

/** What a broker that lives inside the run has in its hands, so that the run can be kept. */
export interface BrokerState {
  save(to: ByteWriter): void;
  load(from: ByteReader, orders: ReadonlyMap<number, Order>): void;
}

/**
 * Takes orders to a market. The simulated one fills from bars; a real one sends them.
 *
 * What a real one can rely on, when the run is written down, however often its process dies and
 * whatever its disk does: an order is given to `submit` once and never again, after it is durable
 * that it was decided on; its id is never used for another one, not by a later run of the same name
 * either. What is asked of it for that: it leaves the id with the market, so that it can be asked
 * for by it, and tells in the end of every order that it was given by `submit` or `resume`, whether
 * it traded or never will. Then every order trades at most once, and is booked once.
 */
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
   * The run was taken up again after it ended in any way, or another one goes on with its account.
   * These orders are open as far as it knows: each may have reached the market or not, may still
   * be on its way, and what became of it may have been missed. The broker finds out by their ids,
   * sends those that can no longer arrive or refuses them, and tells of the rest: now or later, any
   * number of times. Called at most once, before the first `submit` and before any bar is heard;
   * until they are settled these orders count as under way. A run that is written down needs it,
   * unless the broker is a part of it.
   */
  resume?(orders: readonly Order[]): void;
  /**
   * A final bar of a series is about to be handed to the strategy: a broker that fills from bars
   * acts on it here; a real one has no use for it.
   */
  bar(series: Series, bars: BarColumns, index: number): void;
}
