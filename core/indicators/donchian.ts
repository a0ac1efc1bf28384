import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger } from "../codec/saved-state.ts";
import type { Bar } from "../market/bar.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { BarIndicator } from "./indicator.ts";
import { refuseInput, refuseReplace, requireInteger } from "./numbers.ts";
import { StreamState } from "./stream-state.ts";
import { WindowExtremes } from "./window-extremes.ts";

const LINES: readonly string[] = Object.freeze(["upper", "lower", "middle"]);
const UPPER = 0;
const LOWER = 1;
const MIDDLE = 2;
/** Only what is not finite exceeds it. */
const LARGEST = Number.MAX_VALUE;

/**
 * The Donchian channel: the highest high and the lowest low of the last `length` bars, and the
 * middle between the two. The extremes are prices of the window, so they are exact whatever bar the
 * stream began at; the middle is the double nearest to the exact one. Constant time on average.
 */
export class DonchianChannel extends StreamState implements BarIndicator {
  readonly input = "bar";
  readonly #window: WindowExtremes;
  #missing: number;

  /** @param length bars in the window, an integer of 1 to 2^20. */
  constructor(length: number) {
    requireInteger("DONCHIAN", "length", length, 1, LONGEST_WINDOW);
    const name = `DONCHIAN(${length})`;
    const state = new Float64Array(LINES.length);
    super({ name, readyAfter: length, warmUp: length, lines: LINES }, state);
    this.#window = new WindowExtremes(length);
    this.#missing = length;
  }

  update(bar: Bar): number {
    const { high, low } = bar;
    if (!isSound(high, low)) refuseInput(this.name, high - low);
    this.#window.push(high, low);
    if (this.#missing > 0) this.#missing -= 1;
    if (this.#missing === 0) this.#draw();
    return this.state[UPPER]!;
  }

  replace(bar: Bar): number {
    if (this.#missing === this.readyAfter) refuseReplace(this.name);
    const { high, low } = bar;
    if (!isSound(high, low)) refuseInput(this.name, high - low);
    this.#window.swapNewest(high, low);
    if (this.#missing === 0) this.#draw();
    return this.state[UPPER]!;
  }

  reset(): void {
    this.#window.clear();
    this.#missing = this.readyAfter;
    this.clearState();
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    this.#window.save(to);
    to.float64(this.#missing);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    this.#window.load(from, this.name);
    this.#missing = loadInteger(from, 0, this.readyAfter, this.name);
  }

  #draw(): void {
    // Added to 0, a negative zero loses its sign.
    const upper = 0 + this.#window.highest;
    const lower = 0 + this.#window.lowest;
    const sum = upper + lower;
    this.state[UPPER] = upper;
    this.state[LOWER] = lower;
    this.state[MIDDLE] = Math.abs(sum) <= LARGEST ? sum / 2 : upper / 2 + lower / 2;
  }
}

function isSound(high: number, low: number): boolean {
  return Math.abs(high) <= LARGEST && Math.abs(low) <= LARGEST;
}

/**
 * `DONCHIAN(length)` with the lines `upper`, `lower` and `middle`; length is an integer of 1 to
 * 2^20, 20 unless given. Throws a `BarlineError` for any other.
 */
export function donchian(length = 20): DonchianChannel {
  return new DonchianChannel(length);
}
