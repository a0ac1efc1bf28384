/** Decimal places that are looked for in a volume; crypto exchanges quote eight. */
const MOST_PLACES = 9;

/** Below this many units of the last place a decimal number and its double name each other. */
const MOST_UNITS = 2 ** 51;

/**
 * The sum of some volumes, which does not depend on their order.
 *
 * Volumes are decimal numbers, so their sum is taken as one: exactly, then rounded once to the
 * nearest double. That is why aggregating in steps (1m to 5m to 15m) gives the same bits as at
 * once: a step loses nothing. It holds for whole volumes up to 2^53 in total, and for volumes of at
 * most 9 decimal places up to 2^51 units of the finest place (22 million with 8 places).
 *
 * Beyond that the sum is the double nearest to the exact sum of the doubles. Steps can then differ
 * from it in the last place, and no way of adding could prevent that: the steps themselves are
 * rounded.
 *
 * @param from index of the first volume. @param to index after the last one.
 */
export function sumVolumes(volume: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let index = from; index < to; index += 1) {
    const each = volume[index]!;
    if (Math.floor(each) !== each) return sumFractions(volume, from, to);
    total += each;
  }
  return total <= Number.MAX_SAFE_INTEGER ? total : nearestSum(volume, from, to);
}

/** Counts in units of the finest decimal place met so far. */
function sumFractions(volume: Float64Array, from: number, to: number): number {
  let scale = 1;
  let places = 0;
  let total = 0;
  for (let index = from; index < to; index += 1) {
    const each = volume[index]!;
    let units = Math.round(each * scale);
    while (units / scale !== each) {
      places += 1;
      if (places > MOST_PLACES) return nearestSum(volume, from, to);
      scale *= 10;
      total *= 10;
      units = Math.round(each * scale);
    }
    total += units;
  }
  return total <= MOST_UNITS ? total / scale : nearestSum(volume, from, to);
}

/**
 * The double nearest to the exact sum, ties to even. Source: J. R. Shewchuk, "Adaptive Precision
 * Floating-Point Arithmetic" (1997), grow-expansion; the last rounding as in CPython's math.fsum.
 */
function nearestSum(volume: Float64Array, from: number, to: number): number {
  const parts: number[] = [];
  for (let index = from; index < to; index += 1) {
    let high = volume[index]!;
    let kept = 0;
    for (const part of parts) {
      const [larger, smaller] = Math.abs(high) < Math.abs(part) ? [part, high] : [high, part];
      high = larger + smaller;
      const low = smaller - (high - larger);
      if (low !== 0) parts[kept++] = low;
    }
    parts.length = kept;
    parts.push(high);
  }
  return roundOnce(parts);
}

/** Adds parts that do not overlap, small to large, with a single rounding. */
function roundOnce(parts: readonly number[]): number {
  let index = parts.length - 1;
  let high = parts[index]!;
  let low = 0;
  while (index > 0 && low === 0) {
    index -= 1;
    const before = high;
    high = before + parts[index]!;
    low = parts[index]! - (high - before);
  }
  // Half a unit away exactly, and what is left points further away from the double taken.
  if (index > 0 && Math.sign(low) === Math.sign(parts[index - 1]!)) {
    const doubled = low * 2;
    const other = high + doubled;
    if (doubled === other - high) return other;
  }
  return high;
}
