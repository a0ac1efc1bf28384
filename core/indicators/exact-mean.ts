/**
 * The exact evaluation of a window, for values that the bins do not hold: very large, very small,
 * or too far apart. It works on integers of any size, costs microseconds and allocates; ordinary
 * prices and volumes never come here.
 */

const SIGNIFICAND_BITS = 52n;
const SIGNIFICAND_MASK = (1n << SIGNIFICAND_BITS) - 1n;
const EXPONENT_MASK = 0x7ffn;
const bytes = new DataView(new ArrayBuffer(8));

/** A finite double as an integer number of 2^-1074, the smallest positive double. */
function toUnits(value: number): bigint {
  bytes.setFloat64(0, value);
  const bits = bytes.getBigUint64(0);
  const exponent = (bits >> SIGNIFICAND_BITS) & EXPONENT_MASK;
  const fraction = bits & SIGNIFICAND_MASK;
  // A subnormal has the exponent of the smallest normal number and no hidden bit.
  const units =
    exponent === 0n ? fraction : (fraction | (1n << SIGNIFICAND_BITS)) << (exponent - 1n);
  return value < 0 ? -units : units;
}

/** The double nearest to `numerator / denominator` units of 2^-1074, ties to even. */
function nearest(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const excess = (magnitude / denominator).toString(2).length - 53;
  const shift = BigInt(Math.max(0, excess));
  const divisor = denominator << shift;
  let quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  if (twice > divisor || (twice === divisor && (quotient & 1n) === 1n)) quotient += 1n;
  // The hidden bit of the quotient adds 1 to the exponent field, and a carry does so once more.
  bytes.setBigUint64(0, (shift << SIGNIFICAND_BITS) + quotient);
  const value = bytes.getFloat64(0);
  // Subtracted, so that what rounds to 0 from below has no sign.
  return numerator < 0n ? 0 - value : value;
}

/**
 * The double nearest to the exact mean of a ring of values, whose oldest stands at `oldest` modulo
 * its length; with linear weights the oldest counts once, the next twice, and so on.
 */
export function exactMean(ring: Float64Array, oldest: number, isLinear: boolean): number {
  let sum = 0n;
  let weights = 0n;
  for (let age = 0; age < ring.length; age += 1) {
    const weight = isLinear ? BigInt(age + 1) : 1n;
    sum += weight * toUnits(ring[(oldest + age) % ring.length]!);
    weights += weight;
  }
  return nearest(sum, weights);
}
