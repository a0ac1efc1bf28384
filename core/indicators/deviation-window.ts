import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger, loadNumbers } from "../codec/saved-state.ts";
import { ExactWindowMean } from "./exact-window-mean.ts";
import { powerOfTwo, saturate } from "./numbers.ts";

/** What the squared deviations are divided by: their number, or one less. */
export type DeviationKind = "population" | "sample";

// Slots of `numbers`: constants of this module, which the compiler can fold.
const DEVIATION = 0;
const INPUT = 1;
const SLOTS = 2;
/** Sums of squares between these have lost nothing to underflow or overflow. */
const LEAST_SQUARES = powerOfTwo(-800);
const MOST_SQUARES = powerOfTwo(1_000);

/**
 * The standard deviation of the last `length` values about their correctly rounded mean, in one
 * fixed-order pass over the window: it depends on the values in the window alone. Its relative
 * error is below (length + 16) times 2^-53; equal values give exactly 0. The deviations' own sum
 * corrects for the rounding of the mean (T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for
 * computing the sample variance", 1983). All finite values are taken; what exceeds the largest
 * double is that.
 */
export class DeviationWindow {
  readonly window: ExactWindowMean;
  /** The deviation stands in the first slot, so that it can be read where it is. */
  readonly numbers = new Float64Array(SLOTS);
  readonly #owner: string;
  readonly #length: number;
  readonly #divisor: number;
  /** Every value twice, `length` apart, so that the window always lies in one piece. */
  readonly #values: Float64Array;
  #newest = -1;

  /** @param owner the name that errors give. */
  constructor(length: number, owner: string, kind: DeviationKind) {
    this.window = new ExactWindowMean(length, owner);
    this.#owner = owner;
    this.#length = length;
    this.#divisor = kind === "population" ? length : length - 1;
    this.#values = new Float64Array(2 * length);
    this.numbers[DEVIATION] = Number.NaN;
  }

  /** NaN until the window is full. */
  get deviation(): number {
    return this.numbers[DEVIATION]!;
  }

  /** Takes in a value and lets the oldest go. Throws, unchanged, for one that is not finite. */
  push(value: number): void {
    this.numbers[INPUT] = value;
    this.window.push(value);
    this.#newest = this.#newest + 1 === this.#length ? 0 : this.#newest + 1;
    this.#evaluate();
  }

  /** Puts a value in the place of the newest, which must exist. Throws as `push` does. */
  swapNewest(value: number): void {
    this.numbers[INPUT] = value;
    this.window.swapNewest(value);
    this.#evaluate();
  }

  clear(): void {
    this.window.clear();
    this.numbers[DEVIATION] = Number.NaN;
    this.#newest = -1;
  }

  /** Writes the values, and what is known of them. */
  save(to: ByteWriter): void {
    this.window.save(to);
    to.float64s(this.numbers).float64s(this.#values, 0, this.#length).float64(this.#newest);
  }

  /** Reads what `save` of a window of this length wrote; else throws `damaged-bytes`. */
  load(from: ByteReader): void {
    this.window.load(from);
    loadNumbers(from, this.numbers, this.#owner);
    loadNumbers(from, this.#values, this.#owner, this.#length);
    this.#values.copyWithin(this.#length, 0, this.#length);
    this.#newest = loadInteger(from, -1, this.#length - 1, this.#owner);
  }

  /** Four sums side by side, because a single one would wait for each addition to finish. */
  #evaluate(): void {
    const values = this.#values;
    const length = this.#length;
    const input = this.numbers[INPUT]!;
    values[this.#newest] = input;
    values[this.#newest + length] = input;
    const mean = this.window.mean;
    if (Number.isNaN(mean)) return;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let square0 = 0;
    let square1 = 0;
    let square2 = 0;
    let square3 = 0;
    let place = this.#newest + 1;
    const end = place + length;
    for (; place + 3 < end; place += 4) {
      const first = values[place]! - mean;
      const second = values[place + 1]! - mean;
      const third = values[place + 2]! - mean;
      const fourth = values[place + 3]! - mean;
      sum0 += first;
      sum1 += second;
      sum2 += third;
      sum3 += fourth;
      square0 += first * first;
      square1 += second * second;
      square2 += third * third;
      square3 += fourth * fourth;
    }
    for (; place < end; place += 1) {
      const difference = values[place]! - mean;
      sum0 += difference;
      square0 += difference * difference;
    }
    const sum = sum0 + sum1 + (sum2 + sum3);
    const squares = square0 + square1 + (square2 + square3);
    if (squares >= LEAST_SQUARES && squares <= MOST_SQUARES) {
      this.numbers[DEVIATION] = Math.sqrt((squares - (sum * sum) / length) / this.#divisor);
    } else {
      this.#evaluateScaled(squares < LEAST_SQUARES);
    }
  }

  /**
   * The same pass where the squares would not fit: large values are brought down by a power of two
   * before they are subtracted, small differences up afterwards.
   */
  #evaluateScaled(areTiny: boolean): void {
    const before = areTiny ? 1 : powerOfTwo(-600);
    const after = areTiny ? powerOfTwo(800) : 1;
    const mean = this.window.mean * before;
    let sum = 0;
    let squares = 0;
    for (let age = 1; age <= this.#length; age += 1) {
      const difference = (this.#values[this.#newest + age]! * before - mean) * after;
      sum += difference;
      squares += difference * difference;
    }
    const variance = (squares - (sum * sum) / this.#length) / this.#divisor;
    this.numbers[DEVIATION] = saturate(Math.sqrt(variance) / (before * after));
  }
}
