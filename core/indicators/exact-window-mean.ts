import { exactMean } from "./exact-mean.ts";
import { powerOfTwo, refuseInput } from "./numbers.ts";

// Why this file looks as it does. Every number lives in a slot of a Float64Array: a double in a
// field, or passed to a function that is not inlined, may cost an allocation. The slots are named by
// constants of this module: the compiler knows their values, which it does not of imported ones.

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
/** Bounds, at least four times the true ones, of what the two parts of a sum add to the error. */
const SUM_DOUBT = powerOfTwo(-72);
const REST_DOUBT = powerOfTwo(-48);

/** The longest window with equal weights. */
export const LONGEST_WINDOW = powerOfTwo(20);
/** The longest window with linear weights; the sum of its weights times 31 bits fills 53 bits. */
export const LONGEST_LINEAR_WINDOW = 2_048;

/**
 * How often each value of a window counts: once, or 1, 2, 3 ... times from the oldest to the newest.
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
 * 2^w the power of two that is the sum of the weights or more (4 at least) the grids are 1, 2^(w-54)
 * and 2^(2w-108), and values that are 0 or of magnitude 2^(2w-56) to 2^(53-w) - 1 take constant time
 * and no memory: in an equal window of 260 that is 3.7e-12 to 1.7e13. While another value is in the
 * window, and where sizes differ so much that the rounding is in doubt, the window is evaluated in
 * integers.
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

  /**
   * Takes in the input, lets the oldest value go (0 while the window fills) or the newest, and
   * computes the mean. It is one long function so that it is never inlined: `push` then stays small
   * enough to be inlined everywhere, and no number is boxed on its way.
   *
   * The sum, as two doubles, is divided in two steps: a first quotient of 24 bits and a correction.
   * The remainder between them is exact but for its last addition, so the error of the correction
   * is below `doubt`; where both ends of that doubt round to one double, that is the nearest one
   * (A. Ziv, "Fast evaluation of elementary mathematical functions", 1991).
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

    const sum = coarse + middle;
    const back = sum - coarse;
    const rest = coarse - (sum - back) + (middle - back) + fine;
    const inverse = bins[INVERSE]!;
    const rough = Math.fround(sum * inverse);
    const remainder = sum - bins[DIVISOR]! * rough + rest;
    const doubt = Math.abs(sum) * SUM_DOUBT + Math.abs(rest) * REST_DOUBT;
    const mean = rough + (remainder + doubt) * inverse;
    bins[MEAN] = mean;
    if (mean !== rough + (remainder - doubt) * inverse || this.#outside > 0) this.#evaluate();
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
 * Rounds ties, and sums with a large part in the fine bin; false where it cannot prove the rounding,
 * which takes parts of sizes more than 2^50 apart.
 */
function roundCarefully(bins: Float64Array): boolean {
  const coarse = bins[COARSE]!;
  const middle = bins[MIDDLE]!;
  const fine = bins[FINE]!;
  const upper = coarse + middle;
  const upperError = additionError(coarse, middle, upper);
  const lower = upperError + fine;
  if (additionError(upperError, fine, lower) !== 0) return false;
  // From here on the sum is exactly `sum + rest`, and the rest is half a unit of the sum at most.
  const sum = upper + lower;
  const rest = additionError(upper, lower, sum);

  const divisor = bins[DIVISOR]!;
  const rough = Math.fround(sum / divisor);
  const exactPart = sum - divisor * rough;
  const remainder = exactPart + rest;
  const correction = remainder / divisor;
  const doubt = rough * SUM_DOUBT;
  const mean = rough + correction;
  bins[MEAN] = mean;
  if (rough + (correction + doubt) === rough + (correction - doubt)) return true;
  // Next to a tie. The distance from `rough` to a tie has 31 bits at most: a correction that is one
  // multiplies back without rounding, and any other lies on the right side of the tie.
  return additionError(exactPart, rest, remainder) === 0 && correction * divisor === remainder;
}

/** What was rounded off when `sum` was computed as `a + b`, exactly (D. E. Knuth, 1969). */
function additionError(a: number, b: number, sum: number): number {
  const back = sum - a;
  return a - (sum - back) + (b - back);
}
