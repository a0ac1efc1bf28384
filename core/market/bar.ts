import { fail } from "../time/failure.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";

/**
 * What was traded in the half-open interval `[openTime, closeTime)`. Immutable once it was handed
 * out: a correction is another bar.
 */
export interface Bar {
  /** Start of the interval, inclusive. Identifies the bar within its series. */
  readonly openTime: UnixMs;
  /** End of the interval, exclusive. Nothing may act on the bar before it. */
  readonly closeTime: UnixMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Units traded, 0 or more. */
  readonly volume: number;
}

/** Why a bar cannot be true. */
export type BarFault =
  | "time-not-integer"
  | "close-not-after-open"
  | "price-not-finite"
  | "price-not-positive"
  | "high-below-low"
  | "open-outside-range"
  | "close-outside-range"
  | "volume-not-finite"
  | "volume-negative";

/** The first fault of a bar, or undefined for a sound one. */
export function barFault(bar: Bar, allowsNegativePrice = false): BarFault | undefined {
  const { openTime, closeTime, open, high, low, close, volume } = bar;
  if (!Number.isSafeInteger(openTime) || !Number.isSafeInteger(closeTime))
    return "time-not-integer";
  if (closeTime <= openTime) return "close-not-after-open";
  // A sum is finite only where every part is; parts that overflow it are no prices either.
  if (!Number.isFinite(open + high + low + close)) return "price-not-finite";
  if (!allowsNegativePrice && low <= 0) return "price-not-positive";
  if (high < low) return "high-below-low";
  if (open < low || open > high) return "open-outside-range";
  if (close < low || close > high) return "close-outside-range";
  if (!Number.isFinite(volume)) return "volume-not-finite";
  if (volume < 0) return "volume-negative";
  return undefined;
}

const FAULT_TEXT: Readonly<Record<BarFault, string>> = {
  "time-not-integer": "its times are not whole milliseconds",
  "close-not-after-open": "it closes no later than it opens",
  "price-not-finite": "a price is not a finite number",
  "price-not-positive": "a price is zero or negative",
  "high-below-low": "its high is below its low",
  "open-outside-range": "its open lies outside low to high",
  "close-outside-range": "its close lies outside low to high",
  "volume-not-finite": "its volume is not a finite number",
  "volume-negative": "its volume is negative",
};

/** A fault as the end of a sentence about the bar. */
export function describeBarFault(fault: BarFault): string {
  return FAULT_TEXT[fault];
}

/** Builds a frozen bar; throws a `BarlineError` that names the fault of an impossible one. */
export function createBar(bar: Bar, allowsNegativePrice = false): Bar {
  const fault = barFault(bar, allowsNegativePrice);
  if (fault !== undefined) {
    const when = Number.isSafeInteger(bar.openTime) ? formatInstant(bar.openTime) : bar.openTime;
    fail(fault, `the bar of ${when} is impossible: ${FAULT_TEXT[fault]}`);
  }
  const { openTime, closeTime, open, high, low, close, volume } = bar;
  return Object.freeze({ openTime, closeTime, open, high, low, close, volume });
}

/** Whether two bars say the same of the same interval, bit for bit. */
export function sameBar(a: Bar, b: Bar): boolean {
  return (
    a.openTime === b.openTime &&
    a.closeTime === b.closeTime &&
    Object.is(a.open, b.open) &&
    Object.is(a.high, b.high) &&
    Object.is(a.low, b.low) &&
    Object.is(a.close, b.close) &&
    Object.is(a.volume, b.volume)
  );
}
