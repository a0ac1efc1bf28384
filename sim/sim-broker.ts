import type { BarColumns } from "../core/market/bar-columns.ts";
import type { Instrument } from "../core/market/instrument.ts";
import type { Series } from "../core/market/series.ts";
import { fail } from "../core/time/failure.ts";
import type { Broker, BrokerListener, BrokerState } from "../core/trading/broker.ts";
import { money } from "../core/trading/money.ts";
import { type Order, type Side, sideSign } from "../core/trading/order.ts";

/**
 * What a trade costs, in the instrument's currency. Exact in decimals before it becomes a number.
 */
export type CommissionModel = (instrument: Instrument, quantity: number, price: number) => number;

/** The price a market order gets instead of the bar's open: never a better one. */
export type SlippageModel = (instrument: Instrument, side: Side, price: number) => number;

/** Trading for nothing. */
export const noCommission: CommissionModel = () => 0;

/** The same amount for every trade. */
export function fixedCommission(amount: number): CommissionModel {
  return () => amount;
}

/** An amount for each unit, and at least `minimum` a trade. */
export function perUnitCommission(amount: number, minimum = 0): CommissionModel {
  return (_instrument, quantity) => Math.max(minimum, money(amount).times(quantity).toNumber());
}

/** A share of the value traded, such as 0.00023 for 2.3 in 10,000. */
export function shareOfValueCommission(share: number): CommissionModel {
  return (instrument, quantity, price) =>
    money(share).times(Math.abs(price)).times(quantity).times(instrument.multiplier).toNumber();
}

/** The open itself. */
export const noSlippage: SlippageModel = (_instrument, _side, price) => price;

/** So many price increments worse; the instrument must have one. */
export function ticksOfSlippage(ticks: number): SlippageModel {
  requireNotNegative("ticks", ticks);
  return (instrument, side, price) => {
    if (instrument.priceIncrement === 0) {
      fail("invalid-option", `the price increment of ${instrument.symbol} is not known`, {
        cure: "give the instrument one, or slippage as a share",
      });
    }
    return money(instrument.priceIncrement)
      .times(ticks)
      .times(sideSign(side))
      .plus(price)
      .toNumber();
  };
}

/** A share of the price worse, such as 0.0001 for one basis point. */
export function shareOfSlippage(share: number): SlippageModel {
  requireNotNegative("share", share);
  return (_instrument, side, price) =>
    money(Math.abs(price)).times(share).times(sideSign(side)).plus(price).toNumber();
}

function requireNotNegative(name: string, value: number): void {
  if (value >= 0 && Number.isFinite(value)) return;
  fail("invalid-option", `${name} is ${value}`, { cure: "give a number of at least 0" });
}

export interface SimBrokerOptions {
  /** Default: none. */
  readonly commission?: CommissionModel;
  /** Default: none. */
  readonly slippage?: SlippageModel;
  /**
   * An order that comes within so many milliseconds after a bar opened still trades at its open: a
   * live decision on a close is made some moments later. 0 or more; default 5,000.
   */
  readonly openingMs?: number;
}

/**
 * Fills a market order whole at the open of the first bar that was still opening, or had yet to
 * open, when it was submitted: the decision on a close trades at the next open, in a backtest as
 * live. It never trades at the open of the bar that was decided on, nor of one before.
 */
export class SimBroker implements Broker {
  readonly #commission: CommissionModel;
  readonly #slippage: SlippageModel;
  readonly #openingMs: number;
  #listener: BrokerListener | undefined;
  #waiting: Order[] = [];
  /** It is a part of the run: all it has are the orders that wait for a bar. */
  readonly state: BrokerState = {
    save: (to) => {
      to.uint32(this.#waiting.length);
      for (const { id } of this.#waiting) to.float64(id);
    },
    load: (from, orders) => {
      this.#waiting = [];
      for (let left = from.uint32(); left > 0; left -= 1) {
        const order = orders.get(from.float64());
        if (order === undefined) fail("damaged-bytes", "an order that waits is not open");
        this.#waiting.push(order);
      }
    },
  };

  constructor(options: SimBrokerOptions = {}) {
    this.#commission = options.commission ?? noCommission;
    this.#slippage = options.slippage ?? noSlippage;
    this.#openingMs = options.openingMs ?? 5_000;
    requireNotNegative("openingMs", this.#openingMs);
  }

  connect(listener: BrokerListener): void {
    this.#listener = listener;
  }

  submit(order: Order): void {
    this.#waiting.push(order);
  }

  bar(series: Series, bars: BarColumns, index: number): void {
    // Small enough to be inlined into the engine's loop, where it is called for every bar.
    if (this.#waiting.length > 0) this.#fill(series, bars, index);
  }

  #fill(series: Series, bars: BarColumns, index: number): void {
    const openTime = bars.openTime[index]!;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const order of waiting) {
      const { id: orderId, instrument, side, quantity, submittedAt } = order;
      if (
        instrument.symbol !== series.instrument.symbol ||
        instrument.exchange !== series.instrument.exchange ||
        submittedAt > openTime + this.#openingMs
      ) {
        this.#waiting.push(order);
        continue;
      }
      const price = this.#slippage(instrument, side, bars.open[index]!);
      const fee = this.#commission(instrument, quantity, price);
      const at = Math.max(openTime, submittedAt);
      this.#listener?.filled({ orderId, instrument, side, quantity, price, fee, at });
    }
  }
}
