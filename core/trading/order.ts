import type { Instrument } from "../market/instrument.ts";
import type { UnixMs } from "../time/instant.ts";

/** Which way an order trades. */
export type Side = "buy" | "sell";

/** An instruction to trade at the market: at the next price there is. */
export interface Order {
  /** Ascending from 1, and never used again: not by a later run of the same name either. */
  readonly id: number;
  readonly instrument: Instrument;
  readonly side: Side;
  /** Units, positive. */
  readonly quantity: number;
  readonly submittedAt: UnixMs;
}

/** A trade that an order led to. */
export interface Fill {
  readonly orderId: number;
  readonly instrument: Instrument;
  readonly side: Side;
  /** Units, positive. */
  readonly quantity: number;
  /** Per unit, slippage included. */
  readonly price: number;
  /** Commission and fees in the instrument's currency; negative for a rebate. */
  readonly fee: number;
  readonly at: UnixMs;
}

/** How far an order is. */
export type OrderStatus = "submitted" | "filled" | "rejected" | "canceled";

/** A change in the life of an order. */
export interface OrderEvent {
  readonly order: Order;
  readonly status: OrderStatus;
  readonly at: UnixMs;
  /** Why; empty where the status says it all. */
  readonly reason: string;
}

/** +1 to buy, -1 to sell. */
export function sideSign(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}
