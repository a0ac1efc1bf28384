import { SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { type Fill, type Order, sideSign } from "../../core/trading/order.ts";
import { Random } from "../../sim/index.ts";

/** How a market outside treats what is sent to it. */
export interface ExchangeOptions {
  readonly seed: number;
  /** Share of orders that are lost on their way when they are first sent; default 0. */
  readonly lostShare?: number;
  /** The longest that an arrived order works before it trades, in milliseconds; default 60,000. */
  readonly workingMs?: number;
}

/** Whatever was sent has arrived by then, or never will. */
export const FLIGHT_MS = 5 * SECOND_MS;

/** What is known of an order at some instant. */
export type Known =
  | { readonly kind: "unknown" }
  | { readonly kind: "working" }
  | { readonly kind: "filled"; readonly fill: Fill };

/** An order that was sent, and what became of it. */
interface Sending {
  readonly order: Order;
  /** How often the market has acted on it. */
  effects: number;
  arrivesAt: UnixMs;
  filledAt: UnixMs;
}

/**
 * A market with a ledger of its own, outside of whatever process trades on it. To send an order has
 * an effect each time it arrives: nothing here protects from sending it twice.
 */
export class ExternalExchange {
  readonly #options: ExchangeOptions;
  readonly #random: Random;
  readonly #sent = new Map<number, Sending>();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#random = new Random(options.seed, "exchange");
  }

  /** An order is on its way. */
  send(order: Order, at: UnixMs): void {
    const random = this.#random;
    const { lostShare = 0, workingMs = 60_000 } = this.#options;
    const before = this.#sent.get(order.id);
    const isLost = random.chance(lostShare) && before === undefined;
    const arrivesAt = isLost ? Number.POSITIVE_INFINITY : at + random.integer(1, FLIGHT_MS);
    const filledAt = arrivesAt + random.integer(1, workingMs);
    if (before === undefined) {
      this.#sent.set(order.id, { order, effects: isLost ? 0 : 1, arrivesAt, filledAt });
      return;
    }
    before.effects += 1;
    before.arrivesAt = Math.min(before.arrivesAt, arrivesAt);
    before.filledAt = Math.min(before.filledAt, filledAt);
  }

  ask(id: number, at: UnixMs): Known {
    const sending = this.#sent.get(id);
    if (sending === undefined || sending.arrivesAt > at) return { kind: "unknown" };
    if (sending.filledAt > at) return { kind: "working" };
    return { kind: "filled", fill: fillOf(sending) };
  }

  /** When an order that was sent trades; never for one that was lost. */
  filledAt(id: number): UnixMs {
    return this.#sent.get(id)?.filledAt ?? Number.POSITIVE_INFINITY;
  }

  /** How often the market has acted on each order. */
  get effects(): ReadonlyMap<number, number> {
    const all = [...this.#sent].filter(([, { effects }]) => effects > 0);
    return new Map(all.map(([id, { effects }]) => [id, effects]));
  }

  /** The trades of all orders up to an instant, in the order in which they were sent. */
  fills(at: UnixMs): Fill[] {
    return [...this.#sent.values()].filter(({ filledAt }) => filledAt <= at).map(fillOf);
  }

  /** Units that all trades up to an instant have come to; as often as there were effects. */
  position(at: UnixMs): number {
    let position = 0;
    for (const { order, effects, filledAt } of this.#sent.values()) {
      if (filledAt <= at) position += effects * sideSign(order.side) * order.quantity;
    }
    return position;
  }
}

function fillOf({ order, filledAt: at }: Sending): Fill {
  const { id: orderId, instrument, side, quantity } = order;
  return { orderId, instrument, side, quantity, price: 100 + (orderId % 7), fee: 0.5, at };
}
