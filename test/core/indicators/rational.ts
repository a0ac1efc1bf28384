import { expect } from "vitest";

/** An exact number: `numerator / denominator`, the denominator above 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A finite double as an exact number, found by doubling it until it is an integer. */
export function rational(value: number): Rational {
  let scaled = value;
  let doublings = 0n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    doublings += 1n;
  }
  return { numerator: BigInt(scaled), denominator: 1n << doublings };
}

export function add(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function multiply(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
  };
}

export function divide(a: Rational, b: Rational): Rational {
  const inverse = { numerator: b.denominator, denominator: b.numerator };
  const result = multiply(a, inverse);
  return b.numerator < 0n
    ? { numerator: -result.numerator, denominator: -result.denominator }
    : result;
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

/** Below 0, 0 or above 0 as `a` is less than, equal to or more than `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const bytes = new DataView(new ArrayBuffer(8));

/** The next double away from 0, of a value that is not the largest. */
function outward(value: number): number {
  bytes.setFloat64(0, value);
  bytes.setBigUint64(0, bytes.getBigUint64(0) + 1n);
  return bytes.getFloat64(0);
}

function isOdd(value: number): boolean {
  bytes.setFloat64(0, value);
  return (bytes.getBigUint64(0) & 1n) === 1n;
}

/** The next double toward 0 (0 has none and gives itself). */
function inward(value: number): number {
  if (value === 0) return 0;
  bytes.setFloat64(0, value);
  bytes.setBigUint64(0, bytes.getBigUint64(0) - 1n);
  return bytes.getFloat64(0);
}

/**
 * Fails unless `value` is the double nearest to `exact`, ties to even: it is compared with the
 * middles between it and both neighbors, so nothing here rounds.
 */
export function expectNearest(value: number, exact: Rational): void {
  expect(Object.is(value, -0)).toBe(false);
  if (value === 0) {
    // The middle between 0 and the smallest double on either side belongs to 0, which is even.
    const half = { numerator: 1n, denominator: 1n << 1075n };
    const size = exact.numerator < 0n ? subtract(rational(0), exact) : exact;
    expect(compare(size, half)).toBeLessThanOrEqual(0);
    return;
  }
  const size = rational(Math.abs(value));
  const target = value < 0 ? subtract(rational(0), exact) : exact;
  const half = { numerator: 1n, denominator: 2n };
  const below = multiply(add(rational(Math.abs(inward(value))), size), half);
  const fromBelow = compare(target, below);
  expect(fromBelow > 0 || (fromBelow === 0 && !isOdd(value))).toBe(true);
  if (Math.abs(value) === Number.MAX_VALUE) return;
  const above = multiply(add(rational(Math.abs(outward(value))), size), half);
  const fromAbove = compare(target, above);
  expect(fromAbove < 0 || (fromAbove === 0 && !isOdd(value))).toBe(true);
}
