import type { Instrument } from "../market/instrument.ts";
import { fail } from "../time/failure.ts";
import { type Money, money, ZERO_MONEY } from "./money.ts";
import { type Fill, sideSign } from "./order.ts";

/** What is held of one instrument. */
export interface Position {
  readonly instrument: Instrument;
  /** Units; negative when short. */
  readonly quantity: number;
  /** Average price per unit of what is held; 0 when flat. */
  readonly averagePrice: number;
  /** The last price seen, 0 before the first. */
  readonly lastPrice: number;
}

interface Holding {
  readonly instrument: Instrument;
  quantity: number;
  averagePrice: number;
  lastPrice: number;
}

/**
 * Cash and positions. Cash is exact: the initial amount, less price x quantity x multiplier for what
 * was bought, plus the same for what was sold, less fees, in decimal arithmetic without rounding.
 */
export class Portfolio {
  readonly currency: string;
  readonly initialCash: Money;
  readonly #holdings = new Map<string, Holding>();
  #cash: Money;
  #cashNumber: number;
  #fees: Money = ZERO_MONEY;
  #fills = 0;

  constructor(initialCash: Money, currency: string) {
    this.initialCash = initialCash;
    this.currency = currency;
    this.#cash = initialCash;
    this.#cashNumber = initialCash.toNumber();
  }

  get cash(): Money {
    return this.#cash;
  }

  /** Everything ever paid in fees. */
  get fees(): Money {
    return this.#fees;
  }

  get fillCount(): number {
    return this.#fills;
  }

  get positions(): readonly Position[] {
    return [...this.#holdings.values()].map((holding) => ({ ...holding }));
  }

  /** Units held of an instrument; negative when short. */
  quantity(of: Instrument): number {
    return this.#holdings.get(of.symbol)?.quantity ?? 0;
  }

  /** Notes the last price of an instrument, for the equity. */
  mark(of: Instrument, price: number): void {
    this.#holding(of).lastPrice = price;
  }

  /** Cash and positions at their last prices. A figure to look at, in floating point. */
  get equity(): number {
    let equity = this.#cashNumber;
    for (const { instrument, quantity, lastPrice } of this.#holdings.values()) {
      if (quantity !== 0) equity += quantity * lastPrice * instrument.multiplier;
    }
    return equity;
  }

  /** Books a fill. */
  apply(fill: Fill): void {
    const { instrument, quantity, price, fee } = fill;
    if (instrument.currency !== this.currency) {
      fail("currency-mismatch", `${instrument.symbol} trades in ${instrument.currency}`, {
        where: `account in ${this.currency}`,
        cure: "open the account in the instrument's currency",
      });
    }
    const signed = quantity * sideSign(fill.side);
    const paid = money(price).times(signed).times(instrument.multiplier);
    this.#cash = this.#cash.minus(paid).minus(fee);
    this.#cashNumber = this.#cash.toNumber();
    this.#fees = this.#fees.plus(fee);
    this.#fills += 1;
    const holding = this.#holding(instrument);
    holding.averagePrice = averagePrice(holding, signed, price);
    holding.quantity = exactSum(holding.quantity, signed);
    holding.lastPrice = price;
  }

  #holding(of: Instrument): Holding {
    let holding = this.#holdings.get(of.symbol);
    if (holding === undefined) {
      holding = { instrument: of, quantity: 0, averagePrice: 0, lastPrice: 0 };
      this.#holdings.set(of.symbol, holding);
    }
    return holding;
  }
}

/** Fractional units add up in decimals: 0.1 + 0.2 held is 0.3 held. */
function exactSum(a: number, b: number): number {
  return Number.isInteger(a) && Number.isInteger(b) ? a + b : money(a).plus(b).toNumber();
}

function averagePrice(holding: Holding, signed: number, price: number): number {
  const { quantity, averagePrice: average } = holding;
  const after = exactSum(quantity, signed);
  if (after === 0) return 0;
  if (quantity === 0 || Math.sign(after) !== Math.sign(quantity)) return price;
  const grows = Math.sign(signed) === Math.sign(quantity);
  return grows ? (average * quantity + price * signed) / after : average;
}
