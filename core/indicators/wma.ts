import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { ExactWindowMean, LONGEST_LINEAR_WINDOW } from "./exact-window-mean.ts";
import type { PriceIndicator } from "./indicator.ts";
import { refuseReplace, requireInteger } from "./numbers.ts";
import { SINGLE_LINE, StreamState } from "./stream-state.ts";

/**
 * The weighted moving average: the last `length` prices with weights 1 (the oldest) to `length`
 * (the newest). Each value is the double nearest to the exact weighted mean of its window (ties to
 * even), whatever bar the stream began at, for all finite prices; constant time, see
 * `ExactWindowMean`.
 */
export class WeightedMovingAverage extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #window: ExactWindowMean;

  /** @param length prices in the window, an integer of 1 to 2,048. */
  constructor(length: number) {
    requireInteger("WMA", "length", length, 1, LONGEST_LINEAR_WINDOW);
    const name = `WMA(${length})`;
    const window = new ExactWindowMean(length, name, "linear");
    super({ name, readyAfter: length, warmUp: length, lines: SINGLE_LINE }, window.bins);
    this.#window = window;
  }

  update(price: number): number {
    this.#window.push(price);
    return this.#window.mean;
  }

  replace(price: number): number {
    if (this.#window.isEmpty) refuseReplace(this.name);
    this.#window.swapNewest(price);
    return this.#window.mean;
  }

  reset(): void {
    this.#window.clear();
  }

  protected override saveState(to: ByteWriter): void {
    this.#window.save(to);
  }

  protected override loadState(from: ByteReader): void {
    this.#window.load(from);
  }
}

/** `WMA(length)`; length is an integer of 1 to 2,048. Throws a `BarlineError` for any other. */
export function wma(length: number): WeightedMovingAverage {
  return new WeightedMovingAverage(length);
}
