import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger, loadNumbers } from "../codec/saved-state.ts";

// Slots of `numbers`: constants of this module, which the compiler can fold.
const AVERAGE = 0;
const RUNNING = 1;
const BEFORE = 2;
const SLOTS = 3;

/** How long the past counts that an indicator with memory cannot see. */
export interface MemoryOptions {
  /**
   * The weight of everything before the warm-up, as a part of 1: 2^-52 to 0.5, 1e-9 unless given.
   * In price terms: values from streams that began at different bars differ by at most this part of
   * the range of the prices, beside the rounding.
   */
  readonly tolerance?: number;
}

/**
 * One step of a recursive average: the sum of the first inputs, at the `length`-th their mean, from
 * there on moved by `weight` times the distance to the input. Constant inputs leave it where it is.
 *
 * @param before what the step before returned, 0 for the first.
 * @param seen how many inputs there are with this one; any number above `length` will do for more.
 */
export function averageStep(
  before: number,
  input: number,
  seen: number,
  length: number,
  weight: number,
): number {
  if (seen > length) return before + weight * (input - before);
  return seen === length ? (before + input) / length : before + input;
}

/** A recursive average that can take its newest input back. */
export class SeededAverage {
  /** The average stands in the first slot, so that it can be read where it is. */
  readonly numbers = new Float64Array(SLOTS);
  readonly #length: number;
  readonly #weight: number;
  /** Inputs up to the first after the seed, which is where the count ends. */
  #seen = 0;

  constructor(length: number, weight: number) {
    this.#length = length;
    this.#weight = weight;
    this.numbers[AVERAGE] = Number.NaN;
  }

  /** NaN until there were `length` inputs. */
  get average(): number {
    return this.numbers[AVERAGE]!;
  }

  get isEmpty(): boolean {
    return this.#seen === 0;
  }

  push(input: number): void {
    const numbers = this.numbers;
    const before = numbers[RUNNING]!;
    numbers[BEFORE] = before;
    if (this.#seen > this.#length) {
      // The step that nearly every input takes, written out because it is the hot one.
      const running = before + this.#weight * (input - before);
      numbers[RUNNING] = running;
      numbers[AVERAGE] = running;
    } else {
      this.#seen += 1;
      this.swapNewest(input);
    }
  }

  /** Puts an input in the place of the newest, which must exist. */
  swapNewest(input: number): void {
    const numbers = this.numbers;
    const before = numbers[BEFORE]!;
    const running = averageStep(before, input, this.#seen, this.#length, this.#weight);
    numbers[RUNNING] = running;
    if (this.#seen >= this.#length) numbers[AVERAGE] = running;
  }

  clear(): void {
    this.numbers.fill(0);
    this.numbers[AVERAGE] = Number.NaN;
    this.#seen = 0;
  }

  save(to: ByteWriter): void {
    to.float64s(this.numbers).float64(this.#seen);
  }

  /**
   * Reads what `save` of an average of this length wrote; throws `damaged-bytes` for anything else.
   *
   * @param owner the name that errors give.
   */
  load(from: ByteReader, owner: string): void {
    loadNumbers(from, this.numbers, owner);
    this.#seen = loadInteger(from, 0, this.#length + 1, owner);
  }
}

/**
 * The smallest number of updates after which the weight of what was before is below `tolerance`.
 */
export function updatesToForget(weight: number, tolerance: number): number {
  let updates = 0;
  for (let left = 1; left >= tolerance; left *= 1 - weight) updates += 1;
  return updates;
}
