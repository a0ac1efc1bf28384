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
import { averageStep, type MemoryOptions } from "./seeded-average.ts";
import { StreamState } from "./stream-state.ts";

const LINES: readonly string[] = Object.freeze(["macd", "signal", "histogram"]);
// The compiler folds constants of this module, but not imported ones.
const LARGEST = LARGEST_INPUT;
const MACD = 0;
const SIGNAL = 1;
const HISTOGRAM = 2;
const PRICE = 3;
/** The three averages (sums until they are seeded), and each as it was before the newest price. */
const FAST = 4;
const SLOW = 5;
const AVERAGE = 6;
const FAST_BEFORE = 7;
const SLOW_BEFORE = 8;
const AVERAGE_BEFORE = 9;
const SLOTS = 10;

/** Lengths of the three averages of a MACD. */
export interface MacdOptions extends MemoryOptions {
  /** Length of the fast average, an integer of 1 or more, 12 unless given. */
  readonly fast?: number;
  /**
   * Length of the slow average, an integer above that of the fast one, up to 2^20; 26 unless given.
   */
  readonly slow?: number;
  /** Length of the average of the difference, an integer of 1 to 2^20, 9 unless given. */
  readonly signal?: number;
}

/**
 * Moving average convergence and divergence (G. Appel, 1979): the EMA of `fast` less the EMA of
 * `slow`, the EMA of `signal` over that difference, and what lies between the two. Each average is
 * seeded with the mean of its own first inputs. All three lines are NaN until the signal is ready.
 * `warmUp` is where the error of every line that comes from the unseen past falls below the
 * tolerance, as a part of the range of the prices.
 */
export class MovingAverageConvergence extends StreamState implements PriceIndicator {
  readonly input = "price";
  readonly #fast: number;
  readonly #slow: number;
  readonly #signal: number;
  /** Inputs seen, up to the first after the signal is seeded. */
  #seen = 0;

  constructor(options: MacdOptions = {}) {
    const { fast = 12, slow = 26, signal = 9 } = options;
    requireInteger("MACD", "signal length", signal, 1, LONGEST_WINDOW);
    requireInteger("MACD", "slow length", slow, 2, LONGEST_WINDOW);
    requireInteger("MACD", "fast length", fast, 1, slow - 1);
    const tolerance = requireTolerance("MACD", options.tolerance);
    const warmUp = warmUpOf(fast, slow, signal, tolerance);
    const readyAfter = slow + signal - 1;
    const name = `MACD(${fast},${slow},${signal})`;
    super({ name, readyAfter, warmUp, lines: LINES }, new Float64Array(SLOTS));
    this.#fast = fast;
    this.#slow = slow;
    this.#signal = signal;
  }

  update(price: number): number {
    if (!(Math.abs(price) <= LARGEST)) refuseInput(this.name, price);
    this.state[PRICE] = price;
    this.#advance();
    return this.state[MACD]!;
  }

  replace(price: number): number {
    if (this.#seen === 0) refuseReplace(this.name);
    if (!(Math.abs(price) <= LARGEST)) refuseInput(this.name, price);
    this.state[PRICE] = price;
    this.#recompute();
    return this.state[MACD]!;
  }

  reset(): void {
    this.#seen = 0;
    this.clearState();
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    to.float64(this.#seen);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    this.#seen = loadInteger(from, 0, this.readyAfter + 1, this.name);
  }

  #advance(): void {
    const state = this.state;
    state[FAST_BEFORE] = state[FAST]!;
    state[SLOW_BEFORE] = state[SLOW]!;
    state[AVERAGE_BEFORE] = state[AVERAGE]!;
    if (this.#seen <= this.readyAfter) this.#seen += 1;
    this.#recompute();
  }

  /** Computes the averages with the newest price from those before it. */
  #recompute(): void {
    const state = this.state;
    const price = state[PRICE]!;
    const seen = this.#seen;
    const fastLength = this.#fast;
    const slowLength = this.#slow;
    const signalLength = this.#signal;
    const fast = averageStep(state[FAST_BEFORE]!, price, seen, fastLength, 2 / (fastLength + 1));
    const slow = averageStep(state[SLOW_BEFORE]!, price, seen, slowLength, 2 / (slowLength + 1));
    state[FAST] = fast;
    state[SLOW] = slow;
    const differences = seen - slowLength + 1;
    if (differences < 1) return;
    const difference = fast - slow;
    const weight = 2 / (signalLength + 1);
    const before = state[AVERAGE_BEFORE]!;
    const average = averageStep(before, difference, differences, signalLength, weight);
    state[AVERAGE] = average;
    if (differences < signalLength) return;
    state[MACD] = difference;
    state[SIGNAL] = average;
    state[HISTOGRAM] = difference - average;
  }
}

/**
 * Follows bounds of the errors, as parts of the price range. An average is off by the whole range
 * when it is seeded, then less by its factor each time; the difference by the sum of both; the
 * signal by twice the range when it is seeded, then by its own average of the difference's errors.
 */
function warmUpOf(fast: number, slow: number, signal: number, tolerance: number): number {
  const fastWeight = 2 / (fast + 1);
  const slowWeight = 2 / (slow + 1);
  const signalWeight = 2 / (signal + 1);
  let [fastError, slowError, signalError] = [1, 1, 2];
  let inputs = fast;
  while (fastError + slowError + signalError >= tolerance) {
    inputs += 1;
    fastError *= 1 - fastWeight;
    if (inputs > slow) slowError *= 1 - slowWeight;
    if (inputs >= slow + signal) {
      signalError += signalWeight * (fastError + slowError - signalError);
    }
  }
  return inputs;
}

/**
 * `MACD(fast,slow,signal)` with the lines `macd`, `signal` and `histogram`; 12, 26 and 9 unless
 * given. Throws a `BarlineError` for lengths that are no integers in range. It takes prices up to
 * 2^500 in magnitude.
 */
export function macd(options?: MacdOptions): MovingAverageConvergence {
  return new MovingAverageConvergence(options);
}
