// Plain exact arithmetic for the auditor, made of whole numbers and of nothing that the engine has.

/** One as a whole number of the smallest unit; every double of a market's size is a whole of it. */
const UNIT_BITS = 160n;

/** A finite double as a whole number of units. */
export function exact(value: number): bigint {
  let scaled = value;
  let bits = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    bits += 1;
  }
  return (BigInt(scaled) << UNIT_BITS) >> BigInt(bits);
}

/** The double nearest to a quotient of units and a whole number, ties to even. */
export function nearestMean(sum: bigint, count: number): number {
  const sign = sum < 0n ? -1 : 1;
  const magnitude = sum < 0n ? -sum : sum;
  const divisor = BigInt(count);
  if (magnitude === 0n) return 0;
  // Find the power of two for which the quotient has 53 bits: nearly at once, and then exactly.
  let shift = bitsOf(magnitude) - bitsOf(divisor) - 53n;
  let numerator = shift < 0n ? magnitude << -shift : magnitude;
  let denominator = shift > 0n ? divisor << shift : divisor;
  while (numerator / denominator >= 1n << 53n) {
    denominator <<= 1n;
    shift += 1n;
  }
  while (numerator / denominator < 1n << 52n) {
    numerator <<= 1n;
    shift -= 1n;
  }
  let quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient += 1n;
  return sign * scaled(Number(quotient), Number(shift - UNIT_BITS));
}

/** A number times a power of two; each step is exact. */
function scaled(value: number, power: number): number {
  let result = value;
  for (let left = power; left > 0; left -= 1) result *= 2;
  for (let left = power; left < 0; left += 1) result /= 2;
  return result;
}

/** About how many bits a whole number above 0 has: up to three too many. */
function bitsOf(value: bigint): bigint {
  return 4n * BigInt(value.toString(16).length);
}

/** An amount in decimals as a whole number of 10^-12. */
export function decimal(text: string): bigint {
  const [whole = "0", part = ""] = text.replace("-", "").split(".");
  const amount = BigInt(whole) * 1_000_000_000_000n + BigInt(part.padEnd(12, "0").slice(0, 12));
  return text.startsWith("-") ? -amount : amount;
}
