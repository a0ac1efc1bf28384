import { powerOfTwo } from "./numbers.ts";

// Slots of `#numbers`: constants of this module, which the compiler can fold.
const INPUT = 0;
const COUNT = 1;
const COVERED_VALUE = 2;
const COVERED_EXPIRY = 3;
const SLOTS = 4;

/**
 * The largest of the last `length` values, in constant time on average. It keeps the values that
 * no later one reaches, falling from the front, where the maximum is, to the back (the "monotonic
 * queue" of sliding-window maxima). A new value covers those at the back that it reaches; what it
 * overwrites is put aside, so that it can be replaced as if it had never come.
 */
export class WindowMaximum {
  readonly #length: number;
  readonly #numbers = new Float64Array(SLOTS);
  /** A ring of a power of two, so that a place is found by masking. */
  readonly #values: Float64Array;
  /** The number of the input that each value of the ring leaves at. */
  readonly #expiries: Float64Array;
  readonly #mask: number;
  /** The first place in use, within the ring, and the one past the last, from there on. */
  #front = 0;
  #back = 0;
  /** Where the back was before the newest value. */
  #backBefore = 0;

  constructor(length: number) {
    let width = 0;
    while (powerOfTwo(width) < length) width += 1;
    this.#length = length;
    this.#values = new Float64Array(powerOfTwo(width));
    this.#expiries = new Float64Array(powerOfTwo(width));
    this.#mask = powerOfTwo(width) - 1;
  }

  /** Of the values there are, at least one. */
  get maximum(): number {
    return this.#values[this.#front]!;
  }

  push(value: number): void {
    this.#numbers[INPUT] = value;
    this.#advance();
  }

  /** Puts a value in the place of the newest, which must exist. */
  swapNewest(value: number): void {
    this.#numbers[INPUT] = value;
    this.#uncover();
    this.#cover();
  }

  clear(): void {
    this.#numbers.fill(0);
    this.#front = 0;
    this.#back = 0;
    this.#backBefore = 0;
  }

  #advance(): void {
    const count = this.#numbers[COUNT]! + 1;
    this.#numbers[COUNT] = count;
    // The front leaves the window at this input, or no value does.
    if (this.#front !== this.#back && this.#expiries[this.#front]! <= count) {
      this.#front += 1;
      if (this.#front > this.#mask) {
        this.#front = 0;
        this.#back -= this.#mask + 1;
      }
    }
    this.#backBefore = this.#back;
    this.#cover();
  }

  /** Takes the newest value away and puts back what it covered. */
  #uncover(): void {
    const newest = (this.#back - 1) & this.#mask;
    this.#values[newest] = this.#numbers[COVERED_VALUE]!;
    this.#expiries[newest] = this.#numbers[COVERED_EXPIRY]!;
    this.#back = this.#backBefore;
  }

  #cover(): void {
    const numbers = this.#numbers;
    const values = this.#values;
    const mask = this.#mask;
    const input = numbers[INPUT]!;
    let back = this.#back;
    while (back > this.#front && values[(back - 1) & mask]! <= input) back -= 1;
    const place = back & mask;
    numbers[COVERED_VALUE] = values[place]!;
    numbers[COVERED_EXPIRY] = this.#expiries[place]!;
    values[place] = input;
    this.#expiries[place] = numbers[COUNT]! + this.#length;
    this.#back = back + 1;
  }
}
