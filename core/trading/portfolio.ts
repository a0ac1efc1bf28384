import type { BarColumns } from "../market/bar-columns.ts";
import type { Instrument } from "../market/instrument.ts";
import { fail } from "../time/failure.ts";
import { type Money, money, ZERO_MONEY } from "./money.ts";
import { type Fill, sideSign } from "./order.ts";

/** Fills that wait to be worked into the exact amounts, at the most: memory stays bounded. */
const UNSETTLED_AT_MOST = 4_096;

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

/** The part of a portfolio that holds one instrument. Read it; only the portfolio changes it. */
class Holding implements Position {
  readonly instrument: Instrument;
  quantity = 0;
  averagePrice = 0;
  lastPrice = 0;

  constructor(of: Instrument) {
    this.instrument = of;
  }
}

/**
 * Cash and positions. Cash is exact: the initial amount, less price x quantity x multiplier for what
 * was bought, plus the same for what was sold, less fees, in decimal arithmetic without rounding.
 */
export class Portfolio {
  readonly currency: string;
  readonly initialCash: Money;
  /** Few, and looked through at every bar: a list is quicker than a map here. */
  readonly #holdings: Holding[] = [];
  /** What was booked last and is not in the exact amounts yet: they are worked out when asked for. */
  #unsettled: Fill[] = [];
  #cash: Money;
  #fees: Money = ZERO_MONEY;
  /** Cash in floating point, and what was rounded off it, for figures that are only looked at. */
  readonly #rough: Float64Array;
  #fills = 0;

  constructor(initialCash: Money, currency: string) {
    this.initialCash = initialCash;
    this.currency = currency;
    this.#cash = initialCash;
    this.#rough = Float64Array.of(initialCash.toNumber(), 0);
  }

  get cash(): Money {
    this.#settle();
    return this.#cash;
  }

  /** Everything ever paid in fees. */
  get fees(): Money {
    this.#settle();
    return this.#fees;
  }

  get fillCount(): number {
    return this.#fills;
  }

  get positions(): readonly Position[] {
    return this.#holdings.map((holding) => ({ ...holding }));
  }

  /** Units held of an instrument; negative when short. */
  quantity(of: Instrument): number {
    return this.#find(of)?.quantity ?? 0;
  }

  /** Notes the close of a bar as the last price of an instrument, for the equity. */
  mark(of: Instrument, bars: BarColumns, index: number): void {
    (this.#find(of) ?? this.#open(of)).lastPrice = bars.close[index]!;
  }

  /** Cash and positions at their last prices. A figure to look at, in floating point. */
  get equity(): number {
    const holdings = this.#holdings;
    let equity = this.#rough[0]! + this.#rough[1]!;
    for (let index = 0; index < holdings.length; index += 1) {
      const { instrument, quantity, lastPrice } = holdings[index]!;
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
    this.#unsettled.push(fill);
    if (this.#unsettled.length >= UNSETTLED_AT_MOST) this.#settle();
    this.#addRough(-(signed * price * instrument.multiplier));
    this.#addRough(-fee);
    this.#fills += 1;
    const holding = this.#find(instrument) ?? this.#open(instrument);
    holding.averagePrice = averagePrice(holding, signed, price);
    holding.quantity = exactSum(holding.quantity, signed);
    holding.lastPrice = price;
  }

  /** Works what was booked since the last time into the exact amounts. */
  #settle(): void {
    for (const { instrument, side, quantity, price, fee } of this.#unsettled) {
      const signed = money(quantity).times(sideSign(side));
      const paid = signed.times(price).times(instrument.multiplier);
      this.#cash = this.#cash.minus(paid).minus(fee);
      this.#fees = this.#fees.plus(fee);
    }
    this.#unsettled = [];
  }

  /** Adds with the rounding error carried along (Knuth's two-sum), so that it does not build up. */
  #addRough(amount: number): void {
    const before = this.#rough[0]!;
    const sum = before + amount;
    const part = sum - before;
    this.#rough[0] = sum;
    this.#rough[1]! += before - (sum - part) + (amount - part);
  }

  #find(of: Instrument): Holding | undefined {
    for (const holding of this.#holdings) if (isSame(holding.instrument, of)) return holding;
    return undefined;
  }

  #open(of: Instrument): Holding {
    const holding = new Holding(of);
    this.#holdings.push(holding);
    return holding;
  }
}

function isSame(a: Instrument, b: Instrument): boolean {
  return a === b || (a.symbol === b.symbol && a.exchange === b.exchange);
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
