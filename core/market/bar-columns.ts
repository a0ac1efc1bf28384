import { assert } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Bar } from "./bar.ts";

/** So many bars fit into arrays that the engine keeps among its small objects. */
const FEW = 8;
const FIELDS = 7;

/**
 * Bars as columns, the form they travel in: seven arrays of equal length. Append-only; once columns
 * were handed to a sink, whoever filled them never touches them again.
 */
export class BarColumns {
  openTime: Float64Array;
  closeTime: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  #length = 0;

  /** @param capacity bars to make room for, 0 or more; it grows by itself. */
  constructor(capacity = FEW) {
    // Small arrays are cheapest alone; of larger ones, most of the cost is their memory's own.
    const memory = capacity > FEW ? new ArrayBuffer(FIELDS * 8 * capacity) : undefined;
    this.openTime = column(memory, 0, capacity);
    this.closeTime = column(memory, 1, capacity);
    this.open = column(memory, 2, capacity);
    this.high = column(memory, 3, capacity);
    this.low = column(memory, 4, capacity);
    this.close = column(memory, 5, capacity);
    this.volume = column(memory, 6, capacity);
  }

  static of(bars: Iterable<Bar>): BarColumns {
    const columns = new BarColumns(Array.isArray(bars) ? bars.length : FEW);
    for (const bar of bars) columns.push(bar);
    return columns;
  }

  /** So many bars of zeros, whose arrays are to be filled before anyone else sees them. */
  static ofLength(length: number): BarColumns {
    const columns = new BarColumns(length);
    columns.#length = length;
    return columns;
  }

  /** How many bars there are; the arrays can be longer. */
  get length(): number {
    return this.#length;
  }

  push(bar: Bar): void {
    this.append(bar.openTime, bar.closeTime, bar.open, bar.high, bar.low, bar.close, bar.volume);
  }

  append(
    openTime: UnixMs,
    closeTime: UnixMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const index = this.#length;
    if (index === this.openTime.length) this.#grow();
    this.openTime[index] = openTime;
    this.closeTime[index] = closeTime;
    this.open[index] = open;
    this.high[index] = high;
    this.low[index] = low;
    this.close[index] = close;
    this.volume[index] = volume;
    this.#length = index + 1;
  }

  /** The index of the first bar that opens at or after an instant; bars must ascend. */
  firstFrom(at: UnixMs): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.openTime[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The bar at an index as an immutable view: it reads the columns and copies nothing. */
  at(index: number): Bar {
    assert(index >= 0 && index < this.#length, "a bar is read within its columns");
    return new BarView(this, index);
  }

  /**
   * The bars `from` to `to`, exclusive. Many are not copied: they are the same numbers seen through
   * a narrower window. Appending to either leaves the other as it is.
   */
  slice(from: number, to: number): BarColumns {
    assert(from >= 0 && from <= to && to <= this.#length, "a slice lies within its columns");
    const isFew = to - from <= FEW;
    const slice = new BarColumns(isFew ? to - from : 0);
    if (isFew) {
      for (let index = from; index < to; index += 1) slice.push(new BarView(this, index));
      return slice;
    }
    slice.openTime = this.openTime.subarray(from, to);
    slice.closeTime = this.closeTime.subarray(from, to);
    slice.open = this.open.subarray(from, to);
    slice.high = this.high.subarray(from, to);
    slice.low = this.low.subarray(from, to);
    slice.close = this.close.subarray(from, to);
    slice.volume = this.volume.subarray(from, to);
    slice.#length = to - from;
    return slice;
  }

  *[Symbol.iterator](): Generator<Bar> {
    for (let index = 0; index < this.#length; index += 1) yield new BarView(this, index);
  }

  #grow(): void {
    const wider = new BarColumns(Math.max(FEW, this.openTime.length * 2));
    const widen = (from: Float64Array, to: Float64Array): Float64Array => {
      to.set(from);
      return to;
    };
    this.openTime = widen(this.openTime, wider.openTime);
    this.closeTime = widen(this.closeTime, wider.closeTime);
    this.open = widen(this.open, wider.open);
    this.high = widen(this.high, wider.high);
    this.low = widen(this.low, wider.low);
    this.close = widen(this.close, wider.close);
    this.volume = widen(this.volume, wider.volume);
  }
}

function column(memory: ArrayBuffer | undefined, place: number, capacity: number): Float64Array {
  return memory === undefined
    ? new Float64Array(capacity)
    : new Float64Array(memory, place * 8 * capacity, capacity);
}

/** One bar of some columns. Small, cheap to make, and as immutable as the columns are. */
export class BarView implements Bar {
  readonly #columns: BarColumns;
  readonly #index: number;

  constructor(columns: BarColumns, index: number) {
    this.#columns = columns;
    this.#index = index;
  }

  get openTime(): UnixMs {
    return this.#columns.openTime[this.#index]!;
  }
  get closeTime(): UnixMs {
    return this.#columns.closeTime[this.#index]!;
  }
  get open(): number {
    return this.#columns.open[this.#index]!;
  }
  get high(): number {
    return this.#columns.high[this.#index]!;
  }
  get low(): number {
    return this.#columns.low[this.#index]!;
  }
  get close(): number {
    return this.#columns.close[this.#index]!;
  }
  get volume(): number {
    return this.#columns.volume[this.#index]!;
  }

  /**
   * A plain object of the seven fields: what `JSON.stringify` shows. Spreading a view copies
   * nothing.
   */
  toJSON(): Bar {
    const { openTime, closeTime, open, high, low, close, volume } = this;
    return { openTime, closeTime, open, high, low, close, volume };
  }
}
