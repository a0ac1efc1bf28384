import { type Money, money } from "./money.ts";

const MILLION = 1_000_000;
/** A decimal of 15 digits or fewer is the only one of its kind next to the double it becomes. */
const MOST_MILLIONTHS = 1e15;

/**
 * An amount of money that is added to at every fill and looked at now and then: exact, as `Money`
 * is. Whole numbers of millionths are gathered in a plain integer, at the price of an addition;
 * whatever is none, or grows beyond 2^53, goes through decimal arithmetic at once.
 */
export class ExactTotal {
  #settled: Money;
  /** Millionths that are not in the settled amount yet; an integer, and safe. */
  #millionths = 0;

  constructor(initial: Money) {
    this.#settled = initial;
  }

  get amount(): Money {
    if (this.#millionths !== 0) {
      this.#settled = this.#settled.plus(money(this.#millionths).times("0.000001"));
      this.#millionths = 0;
    }
    return this.#settled;
  }

  /** Puts an amount in the place of the present one. */
  become(amount: Money): void {
    this.#settled = amount;
    this.#millionths = 0;
  }

  /** Adds `units` x `price` x `multiplier`, each the exact decimal that it prints as. */
  add(units: number, price: number, multiplier: number): void {
    const amount = units * multiplier * millionthsOf(price);
    const sum = this.#millionths + amount;
    // A product or a sum that is safe came about without rounding.
    const isWhole = Number.isInteger(units) && Number.isInteger(multiplier);
    if (isWhole && Number.isSafeInteger(amount) && Number.isSafeInteger(sum)) {
      this.#millionths = sum;
    } else {
      this.#settled = this.#settled.plus(money(units).times(price).times(multiplier));
    }
  }
}

/** A number in millionths, as an integer; NaN where it has more decimals or digits than that. */
function millionthsOf(decimal: number): number {
  const millionths = Math.round(decimal * MILLION);
  const isExact = millionths / MILLION === decimal && Math.abs(millionths) < MOST_MILLIONTHS;
  return isExact ? millionths : Number.NaN;
}
