import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { DeviationWindow } from "./deviation-window.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { PriceIndicator } from "./indicator.ts";
import { refuseReplace, requireInteger, requireNumber, saturate } from "./numbers.ts";
import { StreamState } from "./stream-state.ts";

const LINES: readonly string[] = Object.freeze(["middle", "upper", "lower"]);
const MIDDLE = 0;
const UPPER = 1;
const LOWER = 2;

/**
 * Bollinger bands: the simple moving average of the last `length` prices, and that plus and minus
 * `width` standard deviations of the population (J. Bollinger, "Bollinger on Bollinger Bands",
 * 2001). The middle is correctly rounded, the bands add the error of `DeviationWindow`; all three
 * are the same whatever bar the stream began at. An update takes time in proportion to `length`.
 */
export class BollingerBands extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #window: DeviationWindow;
  readonly #width: number;

  /**
   * @param length prices in the window, an integer of 1 to 2^20.
   * @param width standard deviations from the middle to a band, above 0 to 1,000.
   */
  constructor(length: number, width: number) {
    requireInteger("BOLLINGER", "length", length, 1, LONGEST_WINDOW);
    requireNumber("BOLLINGER", "width", width, Number.MIN_VALUE, 1_000);
    const name = `BOLLINGER(${length},${width})`;
    const state = new Float64Array(LINES.length);
    super({ name, readyAfter: length, warmUp: length, lines: LINES }, state);
    this.#window = new DeviationWindow(length, name, "population");
    this.#width = width;
  }

  update(price: number): number {
    this.#window.push(price);
    this.#draw();
    return this.state[MIDDLE]!;
  }

  replace(price: number): number {
    if (this.#window.window.isEmpty) refuseReplace(this.name);
    this.#window.swapNewest(price);
    this.#draw();
    return this.state[MIDDLE]!;
  }

  reset(): void {
    this.#window.clear();
    this.clearState();
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    this.#window.save(to);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    this.#window.load(from);
  }

  #draw(): void {
    const middle = this.#window.window.mean;
    const distance = this.#width * this.#window.deviation;
    this.state[MIDDLE] = middle;
    this.state[UPPER] = saturate(middle + distance);
    this.state[LOWER] = saturate(middle - distance);
  }
}

/**
 * `BOLLINGER(length,width)` with the lines `middle`, `upper` and `lower`; length is an integer of 1
 * to 2^20, 20 unless given, and width above 0 to 1,000, 2 unless given. Throws a `BarlineError` for
 * any other.
 */
export function bollinger(length = 20, width = 2): BollingerBands {
  return new BollingerBands(length, width);
}
