import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger, loadNumbers } from "../codec/saved-state.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { PriceIndicator } from "./indicator.ts";
import { refuseInput, refuseReplace, requireInteger, saturate } from "./numbers.ts";
import { SINGLE_LINE, StreamState } from "./stream-state.ts";

// Constants of this module, which the compiler can fold.
const VALUE = 0;
const REFERENCE = 1;
const SLOTS = 2;

/**
 * The rate of change: by how many percent the price differs from the one `length` inputs earlier,
 * 100 * (price - reference) / reference. Two prices and three roundings make each value, whatever
 * bar the stream began at: its relative error is below 2^-51. Where the reference is 0 it is 0, as
 * in TA-Lib; what exceeds the largest double is that.
 */
export class RateOfChange extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #length: number;
  /** The last `length` prices, the newest at `#newest`. */
  readonly #prices: Float64Array;
  #newest = -1;
  #missing: number;

  /** @param length inputs between the two prices, an integer of 1 to 2^20. */
  constructor(length: number) {
    requireInteger("ROC", "length", length, 1, LONGEST_WINDOW);
    const readyAfter = length + 1;
    const facts = { name: `ROC(${length})`, readyAfter, warmUp: readyAfter, lines: SINGLE_LINE };
    super(facts, new Float64Array(SLOTS));
    this.#length = length;
    this.#prices = new Float64Array(length);
    this.#missing = readyAfter;
  }

  update(price: number): number {
    if (!Number.isFinite(price)) refuseInput(this.name, price);
    const slot = this.#newest + 1 === this.#length ? 0 : this.#newest + 1;
    this.state[REFERENCE] = this.#prices[slot]!;
    this.#prices[slot] = price;
    this.#newest = slot;
    if (this.#missing > 0) this.#missing -= 1;
    if (this.#missing === 0) this.#compare();
    return this.state[VALUE]!;
  }

  replace(price: number): number {
    if (this.#missing > this.#length) refuseReplace(this.name);
    if (!Number.isFinite(price)) refuseInput(this.name, price);
    this.#prices[this.#newest] = price;
    if (this.#missing === 0) this.#compare();
    return this.state[VALUE]!;
  }

  reset(): void {
    this.#newest = -1;
    this.#missing = this.#length + 1;
    this.clearState();
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    to.float64s(this.#prices).float64(this.#newest).float64(this.#missing);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    loadNumbers(from, this.#prices, this.name);
    this.#newest = loadInteger(from, -1, this.#length - 1, this.name);
    this.#missing = loadInteger(from, 0, this.readyAfter, this.name);
  }

  #compare(): void {
    const reference = this.state[REFERENCE]!;
    const change = this.#prices[this.#newest]! - reference;
    this.state[VALUE] = reference === 0 ? 0 : saturate(100 * (change / reference));
  }
}

/**
 * `ROC(length)` in percent; length is an integer of 1 to 2^20. Throws a `BarlineError` for any
 * other.
 */
export function rateOfChange(length: number): RateOfChange {
  return new RateOfChange(length);
}
