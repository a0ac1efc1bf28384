import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger } from "../codec/saved-state.ts";
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

// The compiler folds constants of this module, but not imported ones.
const LARGEST = LARGEST_INPUT;
const VALUE = 0;
const PRICE = 1;
const PRICE_BEFORE = 2;
const SLOTS = 3;

/**
 * The relative strength index: 100 times the average gain over the sum of average gain and average
 * loss, both smoothed by 1 / length from the mean of the first `length` changes on (J. W. Wilder,
 * "New Concepts in Technical Trading Systems", 1978).
 *
 * Without losses it is 100, as in TA-Lib, TradingView and the JavaScript libraries. With neither
 * gains nor losses it is 50, the middle that such a market stands at; TA-Lib gives 0 there,
 * TradingView and trading-signals 100.
 *
 * It never forgets its first change entirely: past `warmUp` what came before weighs less than the
 * tolerance in both averages. In a market that has stood still since, that little is all there is.
 */
export class RelativeStrengthIndex extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #gain: SeededAverage;
  readonly #loss: SeededAverage;
  /** Inputs seen, up to two: the first one is no change. */
  #seen = 0;

  /** @param length changes that seed the averages, an integer of 1 to 2^20. */
  constructor(length: number, options: MemoryOptions = {}) {
    requireInteger("RSI", "length", length, 1, LONGEST_WINDOW);
    const readyAfter = length + 1;
    const tolerance = requireTolerance("RSI", options.tolerance);
    const warmUp = readyAfter + updatesToForget(1 / length, tolerance);
    const facts = { name: `RSI(${length})`, readyAfter, warmUp, lines: SINGLE_LINE };
    super(facts, new Float64Array(SLOTS));
    this.#gain = new SeededAverage(length, 1 / length);
    this.#loss = new SeededAverage(length, 1 / length);
  }

  update(price: number): number {
    if (!(Math.abs(price) <= LARGEST)) refuseInput(this.name, price);
    const state = this.state;
    const change = price - state[PRICE]!;
    state[PRICE_BEFORE] = state[PRICE]!;
    state[PRICE] = price;
    if (this.#seen > 0) {
      this.#gain.push(Math.max(change, 0));
      this.#loss.push(Math.max(-change, 0));
      this.#compare();
    }
    if (this.#seen < 2) this.#seen += 1;
    return state[VALUE]!;
  }

  replace(price: number): number {
    if (this.#seen === 0) refuseReplace(this.name);
    if (!(Math.abs(price) <= LARGEST)) refuseInput(this.name, price);
    const state = this.state;
    const change = price - state[PRICE_BEFORE]!;
    state[PRICE] = price;
    if (this.#seen > 1) {
      this.#gain.swapNewest(Math.max(change, 0));
      this.#loss.swapNewest(Math.max(-change, 0));
      this.#compare();
    }
    return state[VALUE]!;
  }

  reset(): void {
    this.#gain.clear();
    this.#loss.clear();
    this.#seen = 0;
    this.clearState();
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    this.#gain.save(to);
    this.#loss.save(to);
    to.float64(this.#seen);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    this.#gain.load(from, this.name);
    this.#loss.load(from, this.name);
    this.#seen = loadInteger(from, 0, 2, this.name);
  }

  #compare(): void {
    const gain = this.#gain.average;
    const total = gain + this.#loss.average;
    this.state[VALUE] = total === 0 ? 50 : 100 * (gain / total);
  }
}

/**
 * `RSI(length)`; length is an integer of 1 to 2^20, 14 unless given. Throws a `BarlineError` for
 * any other. It takes prices up to 2^500 in magnitude.
 */
export function rsi(length = 14, options?: MemoryOptions): RelativeStrengthIndex {
  return new RelativeStrengthIndex(length, options);
}
