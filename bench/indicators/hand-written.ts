import type { Bar } from "../../core/market/bar.ts";
import { utcDay } from "../../core/time/instant.ts";

/**
 * The indicators as one writes them by hand for speed: ring buffers and running sums, with no
 * `replace`, no check of an input and no care for rounding. They are the yardstick, not the goal:
 * the values of the running sums depend on where the stream began.
 */

export class RingMean {
  readonly #ring: Float64Array;
  readonly #sum = new Float64Array(1);
  #slot = 0;
  #count = 0;

  constructor(length: number) {
    this.#ring = new Float64Array(length);
  }

  update(price: number): number {
    const ring = this.#ring;
    const slot = this.#slot;
    this.#sum[0]! += price - ring[slot]!;
    ring[slot] = price;
    this.#slot = slot + 1 === ring.length ? 0 : slot + 1;
    if (this.#count < ring.length) this.#count += 1;
    return this.#count === ring.length ? this.#sum[0]! / ring.length : Number.NaN;
  }
}

export class RingWeightedMean {
  readonly #ring: Float64Array;
  /** The weighted sum and the plain one. */
  readonly #sums = new Float64Array(2);
  readonly #weights: number;
  #slot = 0;
  #count = 0;

  constructor(length: number) {
    this.#ring = new Float64Array(length);
    this.#weights = (length * (length + 1)) / 2;
  }

  update(price: number): number {
    const ring = this.#ring;
    const sums = this.#sums;
    const slot = this.#slot;
    sums[0]! += ring.length * price - sums[1]!;
    sums[1]! += price - ring[slot]!;
    ring[slot] = price;
    this.#slot = slot + 1 === ring.length ? 0 : slot + 1;
    if (this.#count < ring.length) this.#count += 1;
    return this.#count === ring.length ? sums[0]! / this.#weights : Number.NaN;
  }
}

export class TwoPassDeviation {
  readonly #ring: Float64Array;
  readonly #mean: RingMean;
  readonly #width: number;
  readonly upper = new Float64Array(1);

  constructor(length: number, width: number) {
    this.#ring = new Float64Array(length);
    this.#mean = new RingMean(length);
    this.#width = width;
  }

  #slot = 0;

  update(price: number): number {
    const ring = this.#ring;
    ring[this.#slot] = price;
    this.#slot = this.#slot + 1 === ring.length ? 0 : this.#slot + 1;
    const mean = this.#mean.update(price);
    let squares = 0;
    for (let place = 0; place < ring.length; place += 1) {
      const difference = ring[place]! - mean;
      squares += difference * difference;
    }
    const deviation = Math.sqrt(squares / ring.length);
    this.upper[0] = mean + this.#width * deviation;
    return deviation;
  }
}

/** An exponential average that starts at its first input. */
export class PlainAverage {
  readonly #state = new Float64Array(1);
  readonly #weight: number;
  #isEmpty = true;

  constructor(weight: number) {
    this.#weight = weight;
  }

  update(price: number): number {
    if (this.#isEmpty) {
      this.#isEmpty = false;
      this.#state[0] = price;
    } else this.#state[0]! += this.#weight * (price - this.#state[0]!);
    return this.#state[0]!;
  }
}

export class PlainStrength {
  readonly #gain: PlainAverage;
  readonly #loss: PlainAverage;
  readonly #last = new Float64Array(1);

  constructor(length: number) {
    this.#gain = new PlainAverage(1 / length);
    this.#loss = new PlainAverage(1 / length);
  }

  update(price: number): number {
    const change = price - this.#last[0]!;
    this.#last[0] = price;
    const gain = this.#gain.update(Math.max(change, 0));
    const loss = this.#loss.update(Math.max(-change, 0));
    return 100 - 100 / (1 + gain / loss);
  }
}

export class PlainTrueRange {
  readonly #average: PlainAverage;
  readonly #close = new Float64Array([Number.NaN]);

  constructor(length: number) {
    this.#average = new PlainAverage(1 / length);
  }

  update(bar: Bar): number {
    const close = this.#close[0]!;
    this.#close[0] = bar.close;
    const range = Math.max(bar.high, close) - Math.min(bar.low, close);
    return this.#average.update(Number.isNaN(range) ? bar.high - bar.low : range);
  }
}

export class PlainConvergence {
  readonly #fast = new PlainAverage(2 / 13);
  readonly #slow = new PlainAverage(2 / 27);
  readonly #signal = new PlainAverage(2 / 10);

  update(price: number): number {
    const difference = this.#fast.update(price) - this.#slow.update(price);
    return difference - this.#signal.update(difference);
  }
}

export class ScanningChannel {
  readonly #highs: Float64Array;
  readonly #lows: Float64Array;
  readonly middle = new Float64Array(1);
  #slot = 0;

  constructor(length: number) {
    this.#highs = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    this.#lows = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  }

  update(bar: Bar): number {
    const highs = this.#highs;
    const lows = this.#lows;
    highs[this.#slot] = bar.high;
    lows[this.#slot] = bar.low;
    this.#slot = this.#slot + 1 === highs.length ? 0 : this.#slot + 1;
    let upper = highs[0]!;
    let lower = lows[0]!;
    for (let place = 1; place < highs.length; place += 1) {
      upper = Math.max(upper, highs[place]!);
      lower = Math.min(lower, lows[place]!);
    }
    this.middle[0] = (upper + lower) / 2;
    return upper;
  }
}

export class PlainSessionPrice {
  /** Money, volume and the day they belong to. */
  readonly #state = new Float64Array(3);

  update(bar: Bar): number {
    const state = this.#state;
    const day = utcDay(bar.openTime);
    if (day !== state[2]) {
      state[0] = 0;
      state[1] = 0;
      state[2] = day;
    }
    state[0]! += ((bar.high + bar.low + bar.close) / 3) * bar.volume;
    state[1]! += bar.volume;
    return state[0]! / state[1]!;
  }
}

export class RingChange {
  readonly #ring: Float64Array;
  #slot = 0;

  constructor(length: number) {
    this.#ring = new Float64Array(length);
  }

  update(price: number): number {
    const slot = this.#slot;
    const reference = this.#ring[slot]!;
    this.#ring[slot] = price;
    this.#slot = slot + 1 === this.#ring.length ? 0 : slot + 1;
    return 100 * (price / reference - 1);
  }
}
