import { DAY_MS, SECOND_MS } from "../../../core/time/instant.ts";

/** The units in which a gateway measures how far back a request reaches. */
type DurationUnit = "S" | "D" | "W" | "M" | "Y";

/** How far back a request reaches from its end. */
export interface Duration {
  readonly unit: DurationUnit;
  /** 1 or more. */
  readonly count: number;
}

/**
 * Which lengths are legal: those that the gateway documents today, or the few of its older table,
 * which every version takes.
 */
export type DurationTable = "current" | "strict";

/**
 * How far back is wanted, in both of the ways in which gateways are known to count: a second can be
 * one of the clock or one of trading, a day one of the clock or one on which the exchange trades.
 */
export interface Reach {
  /** Milliseconds of the clock. */
  readonly clockMs: number;
  /** Days of the calendar that it touches. */
  readonly days: number;
}

/** A row of the older table: a length, and the smallest and the largest bar it may be made of. */
interface StrictRow extends Duration {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE = 60 * SECOND_MS;
const HOUR = 60 * MINUTE;

const row = (count: number, unit: DurationUnit, fromMs: number, toMs: number): StrictRow => {
  return { count, unit, fromMs, toMs };
};

/** "Step sizes" of interactivebrokers.github.io/tws-api/historical_limitations.html. */
const STRICT: readonly StrictRow[] = [
  row(60, "S", SECOND_MS, MINUTE),
  row(120, "S", SECOND_MS, 2 * MINUTE),
  row(1_800, "S", SECOND_MS, 30 * MINUTE),
  row(3_600, "S", 5 * SECOND_MS, HOUR),
  row(14_400, "S", 10 * SECOND_MS, 3 * HOUR),
  row(28_800, "S", 30 * SECOND_MS, 8 * HOUR),
  row(1, "D", MINUTE, DAY_MS),
  row(2, "D", 2 * MINUTE, DAY_MS),
  row(1, "W", 3 * MINUTE, DAY_MS),
  row(1, "M", 30 * MINUTE, DAY_MS),
  row(1, "Y", DAY_MS, DAY_MS),
];

/** Longest lengths a unit may have; seconds of 1-second bars are limited further. */
const MOST_SECONDS = 86_400;
const MOST_SECONDS_OF_SECONDS = 2_000;
const MOST_DAYS = 365;
const MOST_YEARS = 68;

/** A unit in days, at the least. */
const DAYS: Readonly<Record<Exclude<DurationUnit, "S">, number>> = { D: 1, W: 7, M: 28, Y: 365 };

/** As a request says it: `1800 S`. */
export function durationText({ count, unit }: Duration): string {
  return `${count} ${unit}`;
}

/**
 * The legal durations for bars of a size that reach at least so far back, shortest first; none when
 * no single request does.
 */
export function durationsFor(sizeMs: number, reach: Reach, table: DurationTable): Duration[] {
  return table === "current" ? currentDurations(sizeMs, reach) : strictDurations(sizeMs, reach);
}

function currentDurations(sizeMs: number, { clockMs, days }: Reach): Duration[] {
  const found: Duration[] = [];
  const isOfSeconds = sizeMs === SECOND_MS;
  // Whole bars, and a minute at least: shorter ones are in no table.
  const stepMs = Math.max(sizeMs, isOfSeconds ? SECOND_MS : MINUTE);
  const seconds = (Math.ceil(clockMs / stepMs) * stepMs) / SECOND_MS;
  const mostSeconds = isOfSeconds ? MOST_SECONDS_OF_SECONDS : MOST_SECONDS;
  if (sizeMs < DAY_MS && seconds <= mostSeconds) found.push({ count: seconds, unit: "S" });
  if (isOfSeconds) return found;
  if (days <= MOST_DAYS) found.push({ count: days, unit: "D" });
  const years = Math.ceil(days / MOST_DAYS);
  if (years <= MOST_YEARS) found.push({ count: years, unit: "Y" });
  return found;
}

function strictDurations(sizeMs: number, reach: Reach): Duration[] {
  return STRICT.filter((each) => isFor(each, sizeMs) && reaches(each, reach)).map(
    ({ count, unit }) => ({ count, unit }),
  );
}

function isFor({ fromMs, toMs }: StrictRow, sizeMs: number): boolean {
  return sizeMs >= fromMs && sizeMs <= toMs;
}

function reaches({ count, unit }: Duration, { clockMs, days }: Reach): boolean {
  return unit === "S" ? count * SECOND_MS >= clockMs : count * DAYS[unit] >= days;
}
