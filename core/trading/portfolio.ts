import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import type { BarColumns } from "../market/bar-columns.ts";
import type { Instrument } from "../market/instrument.ts";
import { fail } from "../time/failure.ts";
import { ExactTotal } from "./exact-total.ts";
import { type Money, money, ZERO_MONEY } from "./money.ts";
import { type Fill, sideSign } from "./order.ts";

/** Slots: cash, what was rounded off it, and the equity, which follows from all others. */
const CASH = 0;
const CASH_ERROR = 1;
const EQUITY = 2;

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
 * Cash and positions. Cash is exact: the initial amount, less price x quantity x multiplier for
 * what was bought, plus the same for what was sold, less fees, in decimal arithmetic without
 * rounding.
 */
export class Portfolio {
  readonly currency: string;
  readonly initialCash: Money;
  /** Few, and looked through at every bar, so a list. Several calls a bar: loops stay bare. */
  readonly #holdings: Holding[] = [];
  readonly #cash: ExactTotal;
  readonly #fees = new ExactTotal(ZERO_MONEY);
  /** Figures that are only looked at, in slots: a double in a slot takes no memory of its own. */
  readonly #figures = new Float64Array(3);
  #fills = 0;

  constructor(initialCash: Money, currency: string) {
    this.initialCash = initialCash;
    this.currency = currency;
    this.#cash = new ExactTotal(initialCash);
    this.#figures[CASH] = initialCash.toNumber();
  }

  get cash(): Money {
    return this.#cash.amount;
  }

  /** Everything ever paid in fees. */
  get fees(): Money {
    return this.#fees.amount;
  }

  get fillCount(): number {
    return this.#fills;
  }

  get positions(): readonly Position[] {
    return this.#holdings.map((holding) => ({ ...holding }));
  }

  /** The position in an instrument, flat when there was none: the living one, always up to date. */
  position(of: Instrument): Position {
    return this.#find(of) ?? this.#open(of);
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
    this.writeEquity(this.#figures, EQUITY);
    return this.#figures[EQUITY]!;
  }

  /** Writes the equity into a slot of a column, where a number takes no memory of its own. */
  writeEquity(column: Float64Array, index: number): void {
    let equity = this.#figures[CASH]! + this.#figures[CASH_ERROR]!;
    const holdings = this.#holdings;
    for (let each = 0; each < holdings.length; each += 1) {
      const { instrument, quantity, lastPrice } = holdings[each]!;
      equity += quantity * lastPrice * instrument.multiplier;
    }
    column[index] = equity;
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
    this.#cash.add(-signed, price, instrument.multiplier);
    this.#cash.add(-1, fee, 1);
    this.#fees.add(1, fee, 1);
    this.#addRough(-(signed * price * instrument.multiplier));
    this.#addRough(-fee);
    this.#fills += 1;
    const holding = this.#find(instrument) ?? this.#open(instrument);
    holding.averagePrice = averagePrice(holding, signed, price);
    holding.quantity = exactSum(holding.quantity, signed);
    holding.lastPrice = price;
  }

  save(to: ByteWriter): void {
    to.text(this.cash.toFixed()).text(this.fees.toFixed()).float64(this.#fills);
    to.float64s(this.#figures.subarray(0, EQUITY)).uint32(this.#holdings.length);
    for (const { instrument, quantity, averagePrice, lastPrice } of this.#holdings) {
      to.text(instrument.symbol).text(instrument.exchange);
      to.float64(quantity).float64(averagePrice).float64(lastPrice);
    }
  }

  /** @param instruments what the run trades: a holding is found among them by its name. */
  load(from: ByteReader, instruments: readonly Instrument[]): void {
    // Whoever has a position in hand keeps it, also where nothing is held of it any more.
    for (const holding of this.#holdings) {
      holding.quantity = 0;
      holding.averagePrice = 0;
      holding.lastPrice = 0;
    }
    this.#cash.become(money(from.text()));
    this.#fees.become(money(from.text()));
    this.#fills = from.float64();
    this.#figures.set(from.float64s());
    for (let left = from.uint32(); left > 0; left -= 1) {
      const symbol = from.text();
      const exchange = from.text();
      const of = instruments.find((each) => each.symbol === symbol && each.exchange === exchange);
      if (of === undefined) fail("damaged-bytes", `${symbol} is not traded by this run`);
      const holding = this.#find(of) ?? this.#open(of);
      holding.quantity = from.float64();
      holding.averagePrice = from.float64();
      holding.lastPrice = from.float64();
    }
  }

  /** Adds with the rounding error carried along (Knuth's two-sum), so that it does not build up. */
  #addRough(amount: number): void {
    const before = this.#figures[CASH]!;
    const sum = before + amount;
    const part = sum - before;
    this.#figures[CASH] = sum;
    this.#figures[CASH_ERROR]! += before - (sum - part) + (amount - part);
  }

  #find(of: Instrument): Holding | undefined {
    const holdings = this.#holdings;
    for (let each = 0; each < holdings.length; each += 1) {
      const holding = holdings[each]!;
      if (holding.instrument === of || isSame(holding.instrument, of)) return holding;
    }
    return undefined;
  }

  #open(of: Instrument): Holding {
    const holding = new Holding(of);
    this.#holdings.push(holding);
    return holding;
  }
}

function isSame(a: Instrument, b: Instrument): boolean {
  return a.symbol === b.symbol && a.exchange === b.exchange;
}

/** Fractional units add up in decimals: 0.1 + 0.2 held is 0.3 held. */
export function exactSum(a: number, b: number): number {
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
