// Slots of `numbers`: constants of this module, which the compiler can fold.
const AVERAGE = 0;
const BEFORE = 1;
const SUM = 2;
const NEWEST = 3;
const INPUT = 4;
const WEIGHT = 5;
const SLOTS = 6;

/** How long the past counts that an indicator with memory cannot see. */
export interface MemoryOptions {
  /**
   * The weight of everything before the warm-up, as a part of 1: 2^-52 to 0.5, 1e-9 unless given. In
   * price terms: values from streams that began at different bars differ by at most this part of
   * the range of the prices, beside the rounding.
   */
  readonly tolerance?: number;
}

/**
 * A recursive average: the mean of the first `length` inputs, from there on moved by `weight` times
 * the distance to each input. Constant inputs give exactly that constant.
 */
export class SeededAverage {
  /** The average stands in the first slot, so that it can be read where it is. */
  readonly numbers = new Float64Array(SLOTS);
  readonly #length: number;
  /** Inputs up to the first after the seed, which is where the count ends. */
  #seen = 0;

  constructor(length: number, weight: number) {
    this.#length = length;
    this.numbers[AVERAGE] = Number.NaN;
    this.numbers[WEIGHT] = weight;
  }

  /** NaN until there were `length` inputs. */
  get average(): number {
    return this.numbers[AVERAGE]!;
  }

  get isEmpty(): boolean {
    return this.#seen === 0;
  }

  push(input: number): void {
    this.numbers[INPUT] = input;
    this.#advance();
  }

  /** Puts an input in the place of the newest, which must exist. */
  swapNewest(input: number): void {
    this.numbers[INPUT] = input;
    this.#recompute();
  }

  clear(): void {
    this.numbers[AVERAGE] = Number.NaN;
    this.numbers.fill(0, BEFORE, WEIGHT);
    this.#seen = 0;
  }

  #advance(): void {
    const numbers = this.numbers;
    const before = numbers[AVERAGE]!;
    numbers[BEFORE] = before;
    if (this.#seen > this.#length) {
      numbers[AVERAGE] = before + numbers[WEIGHT]! * (numbers[INPUT]! - before);
    } else {
      numbers[SUM] = numbers[SUM]! + numbers[NEWEST]!;
      this.#seen += 1;
      this.#recompute();
    }
  }

  #recompute(): void {
    const numbers = this.numbers;
    const input = numbers[INPUT]!;
    if (this.#seen > this.#length) {
      const before = numbers[BEFORE]!;
      numbers[AVERAGE] = before + numbers[WEIGHT]! * (input - before);
    } else {
      numbers[NEWEST] = input;
      if (this.#seen === this.#length) numbers[AVERAGE] = (numbers[SUM]! + input) / this.#length;
    }
  }
}

/** The smallest number of updates after which the weight of what was before is below `tolerance`. */
export function updatesToForget(weight: number, tolerance: number): number {
  let updates = 0;
  for (let left = 1; left >= tolerance; left *= 1 - weight) updates += 1;
  return updates;
}
