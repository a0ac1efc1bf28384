import type { Bar } from "../../core/market/bar.ts";
import { SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { Random } from "../random.ts";
import { volumeUnits } from "./volume-parts.ts";

/** About one second in seven has a trade, so that some 5-second bars have none. */
const SECONDS_A_TRADE = 7;

/** Trades of a stretch of time inside one bar. */
export interface PathPart {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number;
}

/** The prices that a path must touch, in order, without the open: those that nothing else is. */
function turnsOf(bar: Bar): number[] {
  const { open, high, low, close } = bar;
  return [high, low].filter((price) => price !== open && price !== close);
}

/** How many trades a bar is made of, in so many seconds of trading: nothing is drawn for it. */
export function tradesOf(bar: Bar, seconds: number): number {
  return Math.max(keyPrices(bar), secondsTraded(bar, seconds, volumeUnits(bar.volume).units));
}

/** How many of a bar's seconds have trades; no more than it has units of volume. */
function secondsTraded(bar: Bar, seconds: number, units: number): number {
  const wanted = Math.max(keyPrices(bar), Math.round(seconds / SECONDS_A_TRADE));
  return Math.max(1, Math.min(wanted, seconds, units));
}

/** Trades at the open, the extremes and the close; a flat bar needs but one. */
function keyPrices({ open, high, low, close }: Bar): number {
  const isTurn = (price: number): boolean => price !== open && price !== close;
  const turns = (isTurn(high) ? 1 : 0) + (isTurn(low) ? 1 : 0);
  return turns === 0 && open === close ? 1 : turns + 2;
}

/**
 * The trades of which a bar is made, drawn from a seed and the time of the bar. The first trades at
 * its open in its first second, the last at its close; high and low are touched and never passed.
 * However the bar is cut at whole seconds, the parts add up to it exactly, and every second with a
 * trade has volume, unless there is none to share.
 */
export class BarPath {
  readonly bar: Bar;
  readonly #scale: number;
  readonly #segments: readonly TimeRange[];
  /** Of each trade: the second of trading it happens in, counted from the opening. */
  readonly #second: Float64Array;
  readonly #price: Float64Array;
  /** Units of all trades before it; one longer than the others. */
  readonly #unitsBefore: Float64Array;
  /** Of all trades up to it. */
  readonly #highest: Float64Array;
  readonly #lowest: Float64Array;

  /**
   * @param segments when the exchange trades within the bar; ascending, at least one.
   * @param priceStep prices in between are so many steps above the low; positive.
   */
  constructor(bar: Bar, segments: readonly TimeRange[], priceStep: number, seed: number) {
    const random = new Random(seed, `trades/${bar.openTime}`);
    const { units, scale } = volumeUnits(bar.volume);
    const seconds = secondsIn(segments, bar.closeTime);
    const distinct = secondsTraded(bar, seconds, units);
    const trades = Math.max(keyPrices(bar), distinct);
    this.bar = bar;
    this.#segments = segments;
    this.#scale = scale;
    this.#second = drawSeconds(seconds, trades, distinct, random);
    this.#price = drawPrices(bar, trades, priceStep, random);
    this.#unitsBefore = drawUnits(this.#second, units, distinct, random);
    this.#highest = new Float64Array(trades);
    this.#lowest = new Float64Array(trades);
    let highest = bar.open;
    let lowest = bar.open;
    for (let index = 0; index < trades; index += 1) {
      highest = Math.max(highest, this.#price[index]!);
      lowest = Math.min(lowest, this.#price[index]!);
      this.#highest[index] = highest;
      this.#lowest[index] = lowest;
    }
  }

  /** The trades of the seconds that lie whole in `[from, to)`; undefined when there is none. */
  part(from: UnixMs, to: UnixMs): PathPart | undefined {
    const first = this.#tradesBefore(from);
    const end = this.#tradesBefore(to);
    if (first >= end) return undefined;
    const price = this.#price;
    let high = this.#highest[end - 1]!;
    let low = this.#lowest[end - 1]!;
    if (first > 0) {
      high = price[first]!;
      low = high;
      for (let index = first + 1; index < end; index += 1) {
        if (price[index]! > high) high = price[index]!;
        if (price[index]! < low) low = price[index]!;
      }
    }
    return {
      open: price[first]!,
      high,
      low,
      close: price[end - 1]!,
      volume: this.#volumeOf(this.#unitsBefore[end]! - this.#unitsBefore[first]!),
      trades: end - first,
    };
  }

  /** The price of the last trade that was over at an instant; before the first the open. */
  priceAt(at: UnixMs): number {
    return this.#price[Math.max(0, this.#tradesBefore(at) - 1)]!;
  }

  #volumeOf(units: number): number {
    // A volume that is no decimal number is one unit and cannot be divided.
    const all = this.#unitsBefore[this.#unitsBefore.length - 1];
    return units === all ? this.bar.volume : units / this.#scale;
  }

  /** How many trades happened in the seconds that are over at an instant. */
  #tradesBefore(at: UnixMs): number {
    if (at >= this.bar.closeTime) return this.#second.length;
    const seconds = secondsIn(this.#segments, at);
    let low = 0;
    let high = this.#second.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#second[middle]! < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whole seconds of trading before an instant. */
export function secondsIn(segments: readonly TimeRange[], before: UnixMs): number {
  let seconds = 0;
  for (const { from, to } of segments) {
    if (from >= before) break;
    seconds += Math.floor((Math.min(to, before) - from) / SECOND_MS);
  }
  return seconds;
}

/** Seconds in ascending order, one drawn from each of as many equal stretches; the first is 0. */
function drawSeconds(
  seconds: number,
  trades: number,
  distinct: number,
  random: Random,
): Float64Array {
  const chosen = new Float64Array(distinct);
  for (let index = 1; index < distinct; index += 1) {
    const from = Math.ceil((index * seconds) / distinct);
    const to = Math.ceil(((index + 1) * seconds) / distinct);
    chosen[index] = random.integer(from, to - 1);
  }
  const second = new Float64Array(trades);
  for (let index = 0; index < trades; index += 1) {
    second[index] = chosen[Math.floor((index * distinct) / trades)]!;
  }
  return second;
}

/** Prices that lead from the open over the extremes, in an order that is drawn, to the close. */
function drawPrices(bar: Bar, trades: number, step: number, random: Random): Float64Array {
  const { open, high, low, close } = bar;
  const price = new Float64Array(trades);
  const turns = turnsOf(bar);
  if (turns.length === 2 && random.chance(0.5)) turns.reverse();
  let at = 0;
  let from = open;
  price[0] = open;
  const legs = [...turns, close];
  for (const [leg, to] of legs.entries()) {
    const left = legs.length - 1 - leg;
    const next = left === 0 ? trades - 1 : random.integer(at + 1, trades - 1 - left);
    for (let index = at + 1; index < next; index += 1) {
      const straight = from + ((to - from) * (index - at)) / (next - at);
      price[index] = onStep(straight, low, high, step, random);
    }
    if (next > at) price[next] = to;
    at = next;
    from = to;
  }
  return price;
}

/** A price near another one, a whole number of steps above the low. */
function onStep(near: number, low: number, high: number, step: number, random: Random): number {
  const reach = Math.max(1, Math.floor((high - low) / step / 8));
  const steps = Math.round((near - low) / step) + random.integer(-reach, reach);
  return Math.min(high, Math.max(low, tidyPrice(low + steps * step)));
}

/** The double that a price of at most 9 decimal places is written as. */
export function tidyPrice(price: number): number {
  return Math.round(price * 1e9) / 1e9;
}

/**
 * Units before each trade, and of all. Every second has at least one, if there are as many; within
 * a second they are those of its first trade.
 */
function drawUnits(
  second: Float64Array,
  units: number,
  distinct: number,
  random: Random,
): Float64Array {
  const trades = second.length;
  const before = new Float64Array(trades + 1);
  const least = units >= distinct ? 1 : 0;
  let spare = units - least * distinct;
  let left = distinct;
  for (let index = 0; index < trades; index += 1) {
    let own = 0;
    if (index === 0 || second[index] !== second[index - 1]) {
      const share = left === 1 ? spare : Math.floor((spare / left) * 2 * random.unit());
      own = least + Math.min(share, spare);
      spare -= own - least;
      left -= 1;
    }
    before[index + 1] = before[index]! + own;
  }
  return before;
}
