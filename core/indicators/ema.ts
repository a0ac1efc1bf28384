import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { PriceIndicator } from "./indicator.ts";
import {
  LARGEST_INPUT,
  refuseInput,
  refuseReplace,
  requireInteger,
  requireTolerance,
} from "./numbers.ts";
import { type MemoryOptions, SeededAverage, updatesToForget } from "./seeded-average.ts";
import { SINGLE_LINE, StreamState } from "./stream-state.ts";

// The compiler folds a constant of this module, but not an imported one.
const LARGEST = LARGEST_INPUT;

/**
 * The exponential moving average: the mean of the first `length` prices, from there on moved by
 * 2 / (length + 1) of the distance to each price (as in TA-Lib). It never forgets its first price
 * entirely: `warmUp` says when what it remembers weighs less than the tolerance.
 */
export class ExponentialMovingAverage extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #average: SeededAverage;

  /** @param length an integer of 1 to 2^20. */
  constructor(length: number, options: MemoryOptions = {}) {
    requireInteger("EMA", "length", length, 1, LONGEST_WINDOW);
    const weight = 2 / (length + 1);
    const average = new SeededAverage(length, weight);
    const warmUp = length + updatesToForget(weight, requireTolerance("EMA", options.tolerance));
    super(
      { name: `EMA(${length})`, readyAfter: length, warmUp, lines: SINGLE_LINE },
      average.numbers,
    );
    this.#average = average;
  }

  update(price: number): number {
    if (!(Math.abs(price) <= LARGEST)) refuseInput(this.name, price);
    this.#average.push(price);
    return this.#average.average;
  }

  replace(price: number): number {
    if (this.#average.isEmpty) refuseReplace(this.name);
    if (!(Math.abs(price) <= LARGEST)) refuseInput(this.name, price);
    this.#average.swapNewest(price);
    return this.#average.average;
  }

  reset(): void {
    this.#average.clear();
  }

  protected override saveState(to: ByteWriter): void {
    this.#average.save(to);
  }

  protected override loadState(from: ByteReader): void {
    this.#average.load(from, this.name);
  }
}

/**
 * `EMA(length)`; length is an integer of 1 to 2^20. Throws a `BarlineError` for any other. It takes
 * prices up to 2^500 in magnitude.
 */
export function ema(length: number, options?: MemoryOptions): ExponentialMovingAverage {
  return new ExponentialMovingAverage(length, options);
}
