import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger, loadNumbers } from "../codec/saved-state.ts";
import { powerOfTwo } from "./numbers.ts";

// Slots of `numbers`: constants of this module, which the compiler can fold.
const HIGHEST = 0;
const LOWEST = 1;
const HIGH = 2;
const LOW = 3;
const COUNT = 4;
/** What the newest values overwrote, put aside so that they can be taken back. */
const COVERED_HIGH = 5;
const COVERED_HIGH_EXPIRY = 6;
const COVERED_LOW = 7;
const COVERED_LOW_EXPIRY = 8;
const SLOTS = 9;

/**
 * The highest of the last `length` highs and the lowest of as many lows, in constant time on
 * average. Each side keeps the values that no later one reaches, in a ring, from the extreme at the
 * front to the newest at the back (the "monotonic queue" of sliding-window maxima). A new value
 * covers those at the back that it reaches.
 */
export class WindowExtremes {
  /**
   * The highest and the lowest stand in the first slots, so that they can be read where they are.
   */
  readonly numbers = new Float64Array(SLOTS);
  readonly #length: number;
  /** Rings of a power of two, so that a place is found by masking. */
  readonly #mask: number;
  readonly #highs: Float64Array;
  readonly #lows: Float64Array;
  /** The number of the input that each value of a ring leaves at. */
  readonly #highExpiries: Float64Array;
  readonly #lowExpiries: Float64Array;
  /** The first place in use, within the ring, and the one past the last, from there on. */
  #highFront = 0;
  #highBack = 0;
  #lowFront = 0;
  #lowBack = 0;
  /** Where the backs were before the newest values. */
  #highBackBefore = 0;
  #lowBackBefore = 0;

  constructor(length: number) {
    let width = 0;
    while (powerOfTwo(width) < length) width += 1;
    const room = powerOfTwo(width);
    this.#length = length;
    this.#mask = room - 1;
    this.#highs = new Float64Array(room);
    this.#lows = new Float64Array(room);
    this.#highExpiries = new Float64Array(room);
    this.#lowExpiries = new Float64Array(room);
  }

  /** Of the highs there are, at least one. */
  get highest(): number {
    return this.numbers[HIGHEST]!;
  }

  /** Of the lows there are, at least one. */
  get lowest(): number {
    return this.numbers[LOWEST]!;
  }

  push(high: number, low: number): void {
    this.numbers[HIGH] = high;
    this.numbers[LOW] = low;
    this.#exchange(false);
  }

  /** Puts a high and a low in the place of the newest, which must exist. */
  swapNewest(high: number, low: number): void {
    this.numbers[HIGH] = high;
    this.numbers[LOW] = low;
    this.#exchange(true);
  }

  clear(): void {
    this.numbers.fill(0);
    this.#highFront = 0;
    this.#highBack = 0;
    this.#lowFront = 0;
    this.#lowBack = 0;
  }

  /** Writes the rings, with what lies covered in them, and their places. */
  save(to: ByteWriter): void {
    to.float64s(this.numbers);
    to.float64s(this.#highs).float64s(this.#highExpiries);
    to.float64s(this.#lows).float64s(this.#lowExpiries);
    to.float64(this.#highFront).float64(this.#highBack).float64(this.#highBackBefore);
    to.float64(this.#lowFront).float64(this.#lowBack).float64(this.#lowBackBefore);
  }

  /**
   * Reads what `save` of a window of this length wrote; throws `damaged-bytes` for anything else.
   *
   * @param owner the name that errors give.
   */
  load(from: ByteReader, owner: string): void {
    loadNumbers(from, this.numbers, owner);
    loadNumbers(from, this.#highs, owner);
    loadNumbers(from, this.#highExpiries, owner);
    loadNumbers(from, this.#lows, owner);
    loadNumbers(from, this.#lowExpiries, owner);
    const mask = this.#mask;
    // A back lies up to one turn of the ring behind its front.
    const last = 2 * mask + 1;
    this.#highFront = loadInteger(from, 0, mask, owner);
    this.#highBack = loadInteger(from, this.#highFront, last, owner);
    this.#highBackBefore = loadInteger(from, this.#highFront, last, owner);
    this.#lowFront = loadInteger(from, 0, mask, owner);
    this.#lowBack = loadInteger(from, this.#lowFront, last, owner);
    this.#lowBackBefore = loadInteger(from, this.#lowFront, last, owner);
  }

  /**
   * Takes the newest values away and puts back what they covered, or drops the fronts whose time
   * has come; then takes in the inputs. One long function for both sides, for the reason given in
   * `ExactWindowMean`: so no number is boxed on the way in or out.
   */
  #exchange(isReplacement: boolean): void {
    const numbers = this.numbers;
    const mask = this.#mask;
    const highs = this.#highs;
    const highExpiries = this.#highExpiries;
    const lows = this.#lows;
    const lowExpiries = this.#lowExpiries;
    let highBack = this.#highBack;
    let lowBack = this.#lowBack;
    if (isReplacement) {
      const newestHigh = (highBack - 1) & mask;
      highs[newestHigh] = numbers[COVERED_HIGH]!;
      highExpiries[newestHigh] = numbers[COVERED_HIGH_EXPIRY]!;
      highBack = this.#highBackBefore;
      const newestLow = (lowBack - 1) & mask;
      lows[newestLow] = numbers[COVERED_LOW]!;
      lowExpiries[newestLow] = numbers[COVERED_LOW_EXPIRY]!;
      lowBack = this.#lowBackBefore;
    } else {
      const count = numbers[COUNT]! + 1;
      numbers[COUNT] = count;
      // Each input makes one value leave the window, so a front goes now or stays.
      if (this.#highFront !== highBack && highExpiries[this.#highFront]! <= count) {
        if (this.#highFront === mask) highBack -= mask + 1;
        this.#highFront = (this.#highFront + 1) & mask;
      }
      if (this.#lowFront !== lowBack && lowExpiries[this.#lowFront]! <= count) {
        if (this.#lowFront === mask) lowBack -= mask + 1;
        this.#lowFront = (this.#lowFront + 1) & mask;
      }
      this.#highBackBefore = highBack;
      this.#lowBackBefore = lowBack;
    }
    const expiry = numbers[COUNT]! + this.#length;

    const high = numbers[HIGH]!;
    const highFront = this.#highFront;
    while (highBack > highFront && highs[(highBack - 1) & mask]! <= high) highBack -= 1;
    const highPlace = highBack & mask;
    numbers[COVERED_HIGH] = highs[highPlace]!;
    numbers[COVERED_HIGH_EXPIRY] = highExpiries[highPlace]!;
    highs[highPlace] = high;
    highExpiries[highPlace] = expiry;
    this.#highBack = highBack + 1;
    numbers[HIGHEST] = highs[highFront]!;

    const low = numbers[LOW]!;
    const lowFront = this.#lowFront;
    while (lowBack > lowFront && lows[(lowBack - 1) & mask]! >= low) lowBack -= 1;
    const lowPlace = lowBack & mask;
    numbers[COVERED_LOW] = lows[lowPlace]!;
    numbers[COVERED_LOW_EXPIRY] = lowExpiries[lowPlace]!;
    lows[lowPlace] = low;
    lowExpiries[lowPlace] = expiry;
    this.#lowBack = lowBack + 1;
    numbers[LOWEST] = lows[lowFront]!;
  }
}
