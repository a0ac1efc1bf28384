import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { type DeviationKind, DeviationWindow } from "./deviation-window.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { PriceIndicator } from "./indicator.ts";
import { refuseReplace, requireInteger } from "./numbers.ts";
import { SINGLE_LINE, StreamState } from "./stream-state.ts";

/**
 * The standard deviation of the last `length` prices, whatever bar the stream began at; see
 * `DeviationWindow` for its rounding. An update takes time in proportion to `length`.
 */
export class StandardDeviation extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #window: DeviationWindow;

  /**
   * @param length prices in the window, an integer of 1 (for a sample 2) to 2^20.
   * @param kind `population` divides by `length`, as Bollinger bands do; `sample` by `length - 1`.
   */
  constructor(length: number, kind: DeviationKind = "population") {
    requireInteger("STDDEV", "length", length, kind === "sample" ? 2 : 1, LONGEST_WINDOW);
    const name = kind === "sample" ? `STDDEV(${length},sample)` : `STDDEV(${length})`;
    const window = new DeviationWindow(length, name, kind);
    super({ name, readyAfter: length, warmUp: length, lines: SINGLE_LINE }, window.numbers);
    this.#window = window;
  }

  update(price: number): number {
    this.#window.push(price);
    return this.#window.deviation;
  }

  replace(price: number): number {
    if (this.#window.window.isEmpty) refuseReplace(this.name);
    this.#window.swapNewest(price);
    return this.#window.deviation;
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

/**
 * `STDDEV(length)` of the population, or of a sample; length is an integer of 1 (for a sample 2) to
 * 2^20. Throws a `BarlineError` for any other.
 */
export function standardDeviation(length: number, kind?: DeviationKind): StandardDeviation {
  return new StandardDeviation(length, kind);
}
