import type { Bar } from "../market/bar.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { BarIndicator } from "./indicator.ts";
import { refuseInput, refuseReplace, requireInteger } from "./numbers.ts";
import { StreamState } from "./stream-state.ts";
import { WindowMaximum } from "./window-maximum.ts";

const LINES: readonly string[] = Object.freeze(["upper", "lower", "middle"]);
const UPPER = 0;
const LOWER = 1;
const MIDDLE = 2;

/**
 * The Donchian channel: the highest high and the lowest low of the last `length` bars, and the
 * middle between the two. The extremes are prices of the window, so they are exact whatever bar the
 * stream began at; the middle is the double nearest to the exact one. Constant time on average.
 */
export class DonchianChannel extends StreamState implements BarIndicator {
  readonly input = "bar";
  readonly #highest: WindowMaximum;
  /** Of the lows with their signs turned. */
  readonly #lowest: WindowMaximum;
  #missing: number;

  /** @param length bars in the window, an integer of 1 to 2^20. */
  constructor(length: number) {
    requireInteger("DONCHIAN", "length", length, 1, LONGEST_WINDOW);
    const name = `DONCHIAN(${length})`;
    const state = new Float64Array(LINES.length);
    super({ name, readyAfter: length, warmUp: length, lines: LINES }, state);
    this.#highest = new WindowMaximum(length);
    this.#lowest = new WindowMaximum(length);
    this.#missing = length;
  }

  update(bar: Bar): number {
    const { high, low } = bar;
    if (!(Number.isFinite(high) && Number.isFinite(low))) refuseInput(this.name, high - low);
    this.#highest.push(high);
    this.#lowest.push(-low);
    if (this.#missing > 0) this.#missing -= 1;
    if (this.#missing === 0) this.#draw();
    return this.state[UPPER]!;
  }

  replace(bar: Bar): number {
    if (this.#missing === this.readyAfter) refuseReplace(this.name);
    const { high, low } = bar;
    if (!(Number.isFinite(high) && Number.isFinite(low))) refuseInput(this.name, high - low);
    this.#highest.swapNewest(high);
    this.#lowest.swapNewest(-low);
    if (this.#missing === 0) this.#draw();
    return this.state[UPPER]!;
  }

  reset(): void {
    this.#highest.clear();
    this.#lowest.clear();
    this.#missing = this.readyAfter;
    this.clearState();
  }

  #draw(): void {
    // Adding to 0 and subtracting from it leaves no negative zero.
    const upper = 0 + this.#highest.maximum;
    const lower = 0 - this.#lowest.maximum;
    const sum = upper + lower;
    this.state[UPPER] = upper;
    this.state[LOWER] = lower;
    this.state[MIDDLE] = Number.isFinite(sum) ? sum / 2 : upper / 2 + lower / 2;
  }
}

/**
 * `DONCHIAN(length)` with the lines `upper`, `lower` and `middle`; length is an integer of 1 to 2^20,
 * 20 unless given. Throws a `BarlineError` for any other.
 */
export function donchian(length = 20): DonchianChannel {
  return new DonchianChannel(length);
}
