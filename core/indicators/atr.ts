import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger } from "../codec/saved-state.ts";
import type { Bar } from "../market/bar.ts";
import { LONGEST_WINDOW } from "./exact-window-mean.ts";
import type { BarIndicator } from "./indicator.ts";
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
const CLOSE = 1;
const CLOSE_BEFORE = 2;
const SLOTS = 3;

/**
 * The average true range: the mean of the first `length` true ranges, from there on moved by 1 /
 * length of the distance to each (J. W. Wilder, "New Concepts in Technical Trading Systems", 1978).
 * The true range spans the bar and the close before it; that of the first bar, which has none
 * before it, is the bar's own. It never forgets its first bar entirely: `warmUp` says when what it
 * remembers weighs less than the tolerance.
 */
export class AverageTrueRange extends StreamState implements BarIndicator {
  readonly input = "bar";
  readonly #average: SeededAverage;
  /** Inputs seen, up to two: the first one has no close before it. */
  #seen = 0;

  /** @param length true ranges that seed the average, an integer of 1 to 2^20. */
  constructor(length: number, options: MemoryOptions = {}) {
    requireInteger("ATR", "length", length, 1, LONGEST_WINDOW);
    const tolerance = requireTolerance("ATR", options.tolerance);
    const warmUp = length + updatesToForget(1 / length, tolerance);
    const facts = { name: `ATR(${length})`, readyAfter: length, warmUp, lines: SINGLE_LINE };
    super(facts, new Float64Array(SLOTS));
    this.#average = new SeededAverage(length, 1 / length);
  }

  update(bar: Bar): number {
    const { high, low, close } = bar;
    if (!fits(high, low, close)) refuseInput(this.name, high + low + close);
    const state = this.state;
    const before = state[CLOSE]!;
    state[CLOSE_BEFORE] = before;
    state[CLOSE] = close;
    if (this.#seen === 0) this.#average.push(high - low);
    else this.#average.push(Math.max(high, before) - Math.min(low, before));
    if (this.#seen < 2) this.#seen += 1;
    state[VALUE] = this.#average.average;
    return state[VALUE]!;
  }

  replace(bar: Bar): number {
    if (this.#seen === 0) refuseReplace(this.name);
    const { high, low, close } = bar;
    if (!fits(high, low, close)) refuseInput(this.name, high + low + close);
    const state = this.state;
    const before = state[CLOSE_BEFORE]!;
    state[CLOSE] = close;
    if (this.#seen === 1) this.#average.swapNewest(high - low);
    else this.#average.swapNewest(Math.max(high, before) - Math.min(low, before));
    state[VALUE] = this.#average.average;
    return state[VALUE]!;
  }

  reset(): void {
    this.#average.clear();
    this.#seen = 0;
    this.clearState();
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    this.#average.save(to);
    to.float64(this.#seen);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    this.#average.load(from, this.name);
    this.#seen = loadInteger(from, 0, 2, this.name);
  }
}

function fits(high: number, low: number, close: number): boolean {
  return Math.abs(high) <= LARGEST && Math.abs(low) <= LARGEST && Math.abs(close) <= LARGEST;
}

/**
 * `ATR(length)`; length is an integer of 1 to 2^20, 14 unless given. Throws a `BarlineError` for
 * any other. It takes prices up to 2^500 in magnitude.
 */
export function atr(length = 14, options?: MemoryOptions): AverageTrueRange {
  return new AverageTrueRange(length, options);
}
