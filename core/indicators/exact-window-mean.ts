import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger, loadNumbers } from "../codec/saved-state.ts";
import { exactMean } from "./exact-mean.ts";
import { powerOfTwo, refuseInput } from "./numbers.ts";

// Why this file looks as it does. Every number lives in a slot of a Float64Array: a double in a
// field, or passed to a function that is not inlined, may cost an allocation. The slots are named
// by constants of this module: the compiler knows their values, which it does not of imported ones.

const MEAN = 0;
/** The parts of the sum that is divided, one slot ("bin") a grid. */
const COARSE = 1;
const MIDDLE = 2;
const FINE = 3;
/** With linear weights also the sum without weights. */
const PLAIN_COARSE = 4;
const PLAIN_MIDDLE = 5;
const PLAIN_FINE = 6;
const INPUT = 7;
/** The sum of the weights, and its inverse. */
const DIVISOR = 8;
const INVERSE = 9;
/** The smallest magnitude, other than 0, and the largest that the bins hold exactly. */
const LEAST = 10;
const MOST = 11;
/** Adding and subtracting this rounds to the middle grid. */
const MIDDLE_SPLIT = 12;
const SLOTS = 13;
/** Adding and subtracting this rounds to the coarse grid, whose unit is 1. */
const COARSE_SPLIT = 1.5 * powerOfTwo(52);
/** How large a remainder after a first quotient of 24 bits is at most, as a part of the sum. */
const LARGEST_REMAINDER = powerOfTwo(-23);
/** A bound, at least four times the true one, of the error of a correction. */
const DOUBT = powerOfTwo(-72);

/** The longest window with equal weights. */
export const LONGEST_WINDOW = powerOfTwo(20);
/** The longest window with linear weights: their sum, 2^21 and a little, is the largest divisor. */
export const LONGEST_LINEAR_WINDOW = 2_048;

/**
 * How often each value of a window counts: once, or 1, 2, 3 ... times from the oldest to the
 * newest.
 */
export type Weighting = "equal" | "linear";

/**
 * The mean of the last `length` values: the double nearest to the exact mean, ties to even, for all
 * finite values (0 is never negative). It depends on the values in the window alone, whatever the
 * way there.
 *
 * Every value is split into multiples of three fixed grids, and each part has an accumulator of its
 * own that stays below 2^53 units of its grid: adding and subtracting are exact. (Pre-rounded
 * summation: J. Demmel and H. D. Nguyen, "Fast reproducible floating-point summation", 2013.) With
 * 2^w the power of two that is the sum of the weights or more (4 at least) the grids are 1,
 * 2^(w-54) and 2^(2w-108), and values that are 0 or of magnitude 2^(2w-56) to 2^(53-w) - 1 take
 * constant time and no memory: in an equal window of 260 that is 3.7e-12 to 1.7e13. While another
 * value is in the window, and where sizes differ so much that the rounding is in doubt, the window
 * is evaluated in integers.
 */
export class ExactWindowMean {
  readonly length: number;
  readonly #owner: string;
  readonly #isLinear: boolean;
  readonly #values: Float64Array;
  /** The mean stands in the first slot, so that it can be read where it is. */
  readonly bins = new Float64Array(SLOTS);
  #newest = -1;
  /** How many values the window still lacks. */
  #missing: number;
  /** How many values of the window the bins do not hold; they hold 0 in their place. */
  #outside = 0;

  /**
   * @param length values in the window, 1 to `LONGEST_WINDOW` or `LONGEST_LINEAR_WINDOW`.
   * @param owner the name that errors give.
   */
  constructor(length: number, owner: string, weighting: Weighting = "equal") {
    const weights = weighting === "equal" ? length : (length * (length + 1)) / 2;
    let width = 2;
    while (powerOfTwo(width) < weights) width += 1;
    this.length = length;
    this.#owner = owner;
    this.#isLinear = weighting === "linear";
    this.#values = new Float64Array(length);
    this.#missing = length;
    this.bins[MEAN] = Number.NaN;
    this.bins[DIVISOR] = weights;
    this.bins[INVERSE] = 1 / weights;
    this.bins[LEAST] = powerOfTwo(2 * width - 56);
    this.bins[MOST] = powerOfTwo(53 - width) - 1;
    this.bins[MIDDLE_SPLIT] = COARSE_SPLIT * powerOfTwo(width - 54);
  }

  get isEmpty(): boolean {
    return this.#missing === this.length;
  }

  /** NaN until the window is full. */
  get mean(): number {
    return this.bins[MEAN]!;
  }

  /** Takes in a value and lets the oldest go. Throws, unchanged, for one that is not finite. */
  push(value: number): void {
    this.bins[INPUT] = value;
    this.#exchange(false);
  }

  /** Puts a value in the place of the newest, which must exist. Throws as `push` does. */
  swapNewest(value: number): void {
    this.bins[INPUT] = value;
    this.#exchange(true);
  }

  clear(): void {
    this.#values.fill(0);
    this.bins.fill(0, COARSE, INPUT);
    this.bins[MEAN] = Number.NaN;
    this.#newest = -1;
    this.#missing = this.length;
    this.#outside = 0;
  }

  /** Writes the values, and what is known of them. */
  save(to: ByteWriter): void {
    to.float64s(this.#values).float64s(this.bins, MEAN, DIVISOR);
    to.float64(this.#newest).float64(this.#missing).float64(this.#outside);
  }

  /** Reads what `save` of a window of this length wrote; else throws `damaged-bytes`. */
  load(from: ByteReader): void {
    const { length } = this;
    loadNumbers(from, this.#values, this.#owner);
    loadNumbers(from, this.bins, this.#owner, DIVISOR);
    this.#newest = loadInteger(from, -1, length - 1, this.#owner);
    this.#missing = loadInteger(from, 0, length, this.#owner);
    this.#outside = loadInteger(from, 0, length, this.#owner);
  }

  /**
   * Takes in the input, lets the oldest value go (0 while the window fills) or the newest, and
   * computes the mean. It is one long function so that it is never inlined: `push` then stays small
   * enough to be inlined everywhere, and no number is boxed on its way.
   *
   * The sum is divided in two steps: a first quotient of 24 bits, and the remainder divided. Where
   * the remainder is exact and small (of other sums, see `roundCarefully`), the second division is
   * the only rounding before the last one, and harmless. A tie, half way between two doubles, lies
   * at a distance from the first quotient that is below 2^32 units; times the divisor it is a
   * double. A remainder that is another double is off by more than half a unit of the distance when
   * divided, so it rounds to the tie only where it is the tie, and else stays on its side.
   */
  #exchange(isReplacement: boolean): void {
    const bins = this.bins;
    const values = this.#values;
    const input = bins[INPUT]!;
    const magnitude = Math.abs(input);
    let added = input;
    if (!(magnitude <= bins[MOST]! && (magnitude >= bins[LEAST]! || magnitude === 0))) {
      if (!Number.isFinite(input)) refuseInput(this.#owner, input);
      this.#outside += 1;
      added = 0;
    }
    let slot = this.#newest;
    if (!isReplacement) {
      slot = slot + 1 === this.length ? 0 : slot + 1;
      this.#newest = slot;
      if (this.#missing > 0) this.#missing -= 1;
    }
    let removed = values[slot]!;
    values[slot] = input;
    if (this.#outside > 0) removed = this.#release(removed);

    const split = bins[MIDDLE_SPLIT]!;
    const addedCoarse = added + COARSE_SPLIT - COARSE_SPLIT;
    const removedCoarse = removed + COARSE_SPLIT - COARSE_SPLIT;
    const addedRest = added - addedCoarse;
    const removedRest = removed - removedCoarse;
    const addedMiddle = addedRest + split - split;
    const removedMiddle = removedRest + split - split;
    const addedFine = addedRest - addedMiddle;
    const removedFine = removedRest - removedMiddle;
    let coarse = bins[COARSE]!;
    let middle = bins[MIDDLE]!;
    let fine = bins[FINE]!;
    if (this.#isLinear) {
      // A new value makes all others a step older, which takes each of them off the sum once and so
      // lets the oldest go. A replacement counts as often as the newest value does.
      const plainCoarse = bins[PLAIN_COARSE]!;
      const plainMiddle = bins[PLAIN_MIDDLE]!;
      const plainFine = bins[PLAIN_FINE]!;
      const most = this.length;
      coarse += most * addedCoarse - (isReplacement ? most * removedCoarse : plainCoarse);
      middle += most * addedMiddle - (isReplacement ? most * removedMiddle : plainMiddle);
      fine += most * addedFine - (isReplacement ? most * removedFine : plainFine);
      bins[PLAIN_COARSE] = plainCoarse + (addedCoarse - removedCoarse);
      bins[PLAIN_MIDDLE] = plainMiddle + (addedMiddle - removedMiddle);
      bins[PLAIN_FINE] = plainFine + (addedFine - removedFine);
    } else {
      coarse += addedCoarse - removedCoarse;
      middle += addedMiddle - removedMiddle;
      fine += addedFine - removedFine;
    }
    bins[COARSE] = coarse;
    bins[MIDDLE] = middle;
    bins[FINE] = fine;
    if (this.#missing > 0) return;

    const upper = coarse + middle;
    const back = upper - coarse;
    const upperError = coarse - (upper - back) + (middle - back);
    const rest = upperError + fine;
    const rough = Math.fround(upper * bins[INVERSE]!);
    const divisor = bins[DIVISOR]!;
    const exactPart = upper - divisor * rough;
    const remainder = exactPart + rest;
    bins[MEAN] = rough + remainder / divisor;
    // An addition is exact when each part is what the other leaves of the sum.
    const isExact =
      remainder - exactPart === rest &&
      remainder - rest === exactPart &&
      (fine === 0 ||
        (rest - upperError === fine &&
          rest - fine === upperError &&
          Math.abs(remainder) <= Math.abs(upper) * LARGEST_REMAINDER));
    if (!isExact || this.#outside > 0) this.#evaluate();
  }

  /** What the bins hold of a value that leaves the window: itself, or 0 for one outside. */
  #release(value: number): number {
    const magnitude = Math.abs(value);
    const fits = magnitude <= this.bins[MOST]! && magnitude >= this.bins[LEAST]!;
    if (fits || magnitude === 0) return value;
    this.#outside -= 1;
    return 0;
  }

  /** The mean where the fast way left it open. */
  #evaluate(): void {
    if (this.#outside === 0 && roundCarefully(this.bins)) return;
    this.bins[MEAN] = exactMean(this.#values, this.#newest + 1, this.#isLinear);
  }
}

/**
 * Rounds the quotient where a first attempt did not prove exact; false where it cannot prove the
 * rounding either, which takes parts of sizes more than 2^50 apart. It brings the sum into two
 * parts that do not overlap; where the remainder is still not exact, it rounds both ends of the
 * doubt about the correction (A. Ziv, "Fast evaluation of elementary mathematical functions",
 * 1991).
 */
function roundCarefully(bins: Float64Array): boolean {
  const coarse = bins[COARSE]!;
  const middle = bins[MIDDLE]!;
  const fine = bins[FINE]!;
  const upper = coarse + middle;
  const upperError = additionError(coarse, middle, upper);
  const lower = upperError + fine;
  if (additionError(upperError, fine, lower) !== 0) return false;
  const sum = upper + lower;
  const rest = additionError(upper, lower, sum);

  const divisor = bins[DIVISOR]!;
  const rough = Math.fround(sum / divisor);
  const exactPart = sum - divisor * rough;
  const remainder = exactPart + rest;
  const correction = remainder / divisor;
  const doubt = rough * DOUBT;
  bins[MEAN] = rough + correction;
  if (additionError(exactPart, rest, remainder) === 0) return true;
  return rough + (correction + doubt) === rough + (correction - doubt);
}

/** What was rounded off when `sum` was computed as `a + b`, exactly (D. E. Knuth, 1969). */
function additionError(a: number, b: number, sum: number): number {
  const back = sum - a;
  return a - (sum - back) + (b - back);
}
