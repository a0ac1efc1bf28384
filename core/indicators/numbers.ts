import { fail } from "../time/failure.ts";

/** 2 to an integer power of -1074 to 1023, by exact multiplication. */
export function powerOfTwo(exponent: number): number {
  const factor = exponent < 0 ? 0.5 : 2;
  let power = 1;
  for (let left = Math.abs(exponent); left > 0; left -= 1) power *= factor;
  return power;
}

/** The nearest finite number: what overflowed becomes the largest double of its sign. */
export function saturate(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/**
 * The largest magnitude that an indicator with memory (EMA, MACD, RSI, ATR, VWAP) takes: 2^500,
 * about 3.3e150. Nothing computed from such inputs overflows, so one absurd bar cannot poison all
 * values after it.
 */
export const LARGEST_INPUT = powerOfTwo(500);

/** Throws for an input that is no finite number, or too large for an indicator with memory. */
export function refuseInput(indicator: string, input: number): never {
  fail("indicator-input", `${indicator} cannot take ${input} as an input`, {
    cure: "it needs finite numbers of a sane size; check the bars at their source",
  });
}

/** Throws for `replace` before the first `update`. */
export function refuseReplace(indicator: string): never {
  fail("nothing-to-replace", `${indicator} was asked to replace an input before it had one`, {
    cure: "call update first",
  });
}

/** Throws unless a parameter is an integer of `least` to `most`, both inclusive. */
export function requireInteger(
  indicator: string,
  parameter: string,
  value: number,
  least: number,
  most: number,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  fail("indicator-parameter", `the ${parameter} of ${indicator} is ${value}`, {
    cure: `give an integer of ${least} to ${most}`,
  });
}

/** Throws unless a parameter is a number of `least` to `most`, both inclusive. */
export function requireNumber(
  indicator: string,
  parameter: string,
  value: number,
  least: number,
  most: number,
): void {
  if (value >= least && value <= most) return;
  fail("indicator-parameter", `the ${parameter} of ${indicator} is ${value}`, {
    cure: `give a number of ${least} to ${most}`,
  });
}

/** The tolerance of an indicator with memory: 1e-9 unless given; throws outside 2^-52 to 0.5. */
export function requireTolerance(indicator: string, tolerance = 1e-9): number {
  requireNumber(indicator, "tolerance", tolerance, powerOfTwo(-52), 0.5);
  return tolerance;
}
