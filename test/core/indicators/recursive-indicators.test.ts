import { atr } from "../../../core/indicators/atr.ts";
import { ema } from "../../../core/indicators/ema.ts";
import { macd } from "../../../core/indicators/macd.ts";
import { rsi } from "../../../core/indicators/rsi.ts";
import type { Bar } from "../../../core/market/bar.ts";
import {
  describeBarIndicator,
  describePriceIndicator,
} from "../../contracts/indicator-contract.ts";
import { convergenceOf, exponentialOf, smoothed, strengthOf, trueRangesOf } from "./textbook.ts";

// Goal: every indicator with memory keeps the contract, and from its warm-up on differs by less
// than the tolerance, as a part of the price range, from one that saw more of the past.

/** What rounding adds to a difference of values of this size. */
function rounding(size: number): number {
  return 64 * size * 2 ** -53;
}

/** The largest and smallest price only move apart, so they are followed, not searched each time. */
function rangeOf<Input>(bounds: (input: Input) => readonly [number, number]) {
  return (inputs: readonly Input[]): { range: number; size: number } => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const input of inputs) {
      const [lower, upper] = bounds(input);
      if (lower < low) low = lower;
      if (upper > high) high = upper;
    }
    return { range: high - low, size: Math.max(Math.abs(low), Math.abs(high)) };
  };
}

const priceRange = rangeOf<number>((price) => [price, price]);
const barRange = rangeOf<Bar>((bar) => [bar.low, bar.high]);

for (const [length, tolerance] of [
  [1, 1e-9],
  [2, 1e-9],
  [20, 1e-9],
  [20, 1e-3],
] as const) {
  describePriceIndicator(`EMA(${length}) to ${tolerance}`, {
    create: () => ema(length, { tolerance }),
    reference: (prices) => [exponentialOf(prices, length).at(-1)!],
    referenceTolerance: 1e-12,
    isBounded: true,
    cutStep: 3,
    start: {
      allowance: (prices) => {
        const { range, size } = priceRange(prices);
        return tolerance * range + rounding(size);
      },
    },
  });
}

for (const [length, tolerance] of [
  [2, 1e-9],
  [14, 1e-9],
  [14, 1e-4],
] as const) {
  describePriceIndicator(`RSI(${length}) to ${tolerance}`, {
    create: () => rsi(length, { tolerance }),
    reference: (prices) => [strengthOf(prices, length)],
    referenceTolerance: 1e-9,
    isBounded: true,
    cutStep: 9,
    start: {
      // Both averages are off by that part of the range at most; what a ratio makes of it depends
      // on how large the averages are.
      allowance: (prices) => {
        const { range, size } = priceRange(prices);
        const moves = prices.slice(1).map((price, index) => Math.abs(price - prices[index]!));
        const movement = smoothed(moves, length, 1 / length).at(-1)!;
        return (100 * (tolerance * range + rounding(size))) / (movement - tolerance * range);
      },
    },
  });
}

for (const [length, tolerance] of [
  [1, 1e-9],
  [14, 1e-9],
  [14, 1e-3],
] as const) {
  describeBarIndicator(`ATR(${length}) to ${tolerance}`, {
    create: () => atr(length, { tolerance }),
    reference: (bars) => [smoothed(trueRangesOf(bars), length, 1 / length).at(-1)!],
    referenceTolerance: 1e-12,
    isBounded: true,
    cutStep: 9,
    start: {
      allowance: (bars) => {
        const { range, size } = barRange(bars);
        return tolerance * range + rounding(size);
      },
    },
  });
}

for (const [options, tolerance] of [
  [{}, 1e-9],
  [{ fast: 3, slow: 10, signal: 5 }, 1e-9],
  [{ fast: 1, slow: 2, signal: 1 }, 1e-9],
  [{}, 1e-3],
] as const) {
  const { fast = 12, slow = 26, signal = 9 } = options as Record<string, number | undefined>;
  describePriceIndicator(`MACD(${fast},${slow},${signal}) to ${tolerance}`, {
    create: () => macd({ ...options, tolerance }),
    reference: (prices) => convergenceOf(prices, fast, slow, signal),
    referenceTolerance: 1e-9,
    isBounded: true,
    cutStep: 9,
    start: {
      allowance: (prices) => {
        const { range, size } = priceRange(prices);
        return tolerance * range + rounding(size);
      },
    },
  });
}
