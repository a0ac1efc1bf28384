import type { Bar } from "../../../core/market/bar.ts";

/**
 * The formulas as books print them, from all inputs at once and without any care for rounding. They
 * share no code with what they check.
 */

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function weightedMeanOf(values: readonly number[]): number {
  const total = values.reduce((sum, value, age) => sum + value * (age + 1), 0);
  return total / ((values.length * (values.length + 1)) / 2);
}

export function deviationOf(values: readonly number[], divisor: number): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / divisor);
}

export function bandsOf(values: readonly number[], width: number): number[] {
  const mean = meanOf(values);
  const distance = width * deviationOf(values, values.length);
  return [mean, mean + distance, mean - distance];
}

export function changeOf(values: readonly number[], length: number): number {
  const reference = values.at(-1 - length)!;
  return (values.at(-1)! / reference - 1) * 100;
}

export function channelOf(bars: readonly Bar[]): number[] {
  const upper = Math.max(...bars.map((bar) => bar.high));
  const lower = Math.min(...bars.map((bar) => bar.low));
  return [upper, lower, (upper + lower) / 2];
}

/**
 * The averages from the first full window on: its mean, then (1 - weight) of the last, and so on.
 */
export function smoothed(values: readonly number[], length: number, weight: number): number[] {
  const averages = [meanOf(values.slice(0, length))];
  for (const value of values.slice(length)) {
    averages.push(averages.at(-1)! * (1 - weight) + value * weight);
  }
  return averages;
}

export function exponentialOf(values: readonly number[], length: number): number[] {
  return smoothed(values, length, 2 / (length + 1));
}

export function strengthOf(values: readonly number[], length: number): number {
  const changes = values.slice(1).map((value, index) => value - values[index]!);
  const gains = changes.map((change) => Math.max(change, 0));
  const losses = changes.map((change) => Math.max(-change, 0));
  const gain = smoothed(gains, length, 1 / length).at(-1)!;
  const loss = smoothed(losses, length, 1 / length).at(-1)!;
  return 100 - 100 / (1 + gain / loss);
}

export function trueRangesOf(bars: readonly Bar[]): number[] {
  return bars.map(({ high, low }, index) => {
    const close = bars[index - 1]?.close;
    if (close === undefined) return high - low;
    return Math.max(high - low, Math.abs(high - close), Math.abs(low - close));
  });
}

export function convergenceOf(
  values: readonly number[],
  fast: number,
  slow: number,
  signal: number,
): number[] {
  const slowAverages = exponentialOf(values, slow);
  const fastAverages = exponentialOf(values, fast).slice(slow - fast);
  const differences = slowAverages.map((average, index) => fastAverages[index]! - average);
  const difference = differences.at(-1)!;
  const average = exponentialOf(differences, signal).at(-1)!;
  return [difference, average, difference - average];
}

/** Over the bars at the end that share the last one's session. */
export function sessionPriceOf(bars: readonly Bar[], sessionOf: (bar: Bar) => number): number {
  const session = sessionOf(bars.at(-1)!);
  const mine = bars.slice(bars.findLastIndex((bar) => sessionOf(bar) !== session) + 1);
  const volume = mine.reduce((sum, bar) => sum + bar.volume, 0);
  const money = mine.reduce(
    (sum, bar) => sum + ((bar.high + bar.low + bar.close) / 3) * bar.volume,
    0,
  );
  return money / volume;
}
