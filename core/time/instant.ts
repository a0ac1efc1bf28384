import { fail } from "./failure.ts";

/** Milliseconds since 1970-01-01T00:00:00Z, a safe integer. Every instant in Barline is one. */
export type UnixMs = number;

/** A civil date as the number of days since 1970-01-01 (proleptic Gregorian), an integer. */
export type DayNumber = number;

/** A second, in milliseconds. */
export const SECOND_MS = 1_000;
/** A minute, in milliseconds. */
export const MINUTE_MS = 60_000;
/** An hour, in milliseconds. */
export const HOUR_MS = 3_600_000;
/** A day of 24 hours, in milliseconds. */
export const DAY_MS = 86_400_000;

/** A date of the Gregorian calendar. */
export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/**
 * The day number of a civil date.
 *
 * Source: Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
 */
export function dayNumber(year: number, month: number, day: number): DayNumber {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The civil date of a day number: the inverse of `dayNumber`. */
export function civilDate(day: DayNumber): CivilDate {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfMonth };
}

/** The day of the week, 1 (Monday) to 7 (Sunday), as ISO 8601 numbers them. */
export function weekday(day: DayNumber): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The first given day of the week (1 Monday to 7 Sunday) that is on or after a day. */
export function weekdayOnOrAfter(day: DayNumber, dayOfWeek: number): DayNumber {
  return day + ((dayOfWeek - weekday(day) + 7) % 7);
}

/** The UTC day that contains an instant. */
export function utcDay(at: UnixMs): DayNumber {
  return Math.floor(at / DAY_MS);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** `YYYY-MM-DD`. */
export function formatDay(day: DayNumber): string {
  const { year, month, day: dayOfMonth } = civilDate(day);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
}

/** ISO 8601 in UTC with milliseconds: `2023-12-04T01:30:00.000Z`. Years 0 to 9999. */
export function formatInstant(at: UnixMs): string {
  const day = utcDay(at);
  const ms = at - day * DAY_MS;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((ms % MINUTE_MS) / SECOND_MS);
  const time = `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(ms % SECOND_MS, 3)}`;
  return `${formatDay(day)}T${time}Z`;
}

const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT_PATTERN =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Reads `YYYY-MM-DD`; undefined for anything else, a date that does not exist included. */
export function parseDay(text: string): DayNumber | undefined {
  const match = DAY_PATTERN.exec(text);
  if (match === null) return undefined;
  const day = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
  return formatDay(day) === text ? day : undefined;
}

/**
 * Reads an ISO 8601 instant that states its offset (`Z`, `+08:00`, `+0800`); undefined for anything
 * else. Digits beyond the millisecond are cut. A time without an offset is refused on purpose: its
 * zone would be a guess.
 */
export function parseInstant(text: string): UnixMs | undefined {
  const match = INSTANT_PATTERN.exec(text);
  if (match === null) return undefined;
  const day = parseDay(match[1]!);
  const hours = Number(match[2]);
  const minutes = Number(match[3]);
  const seconds = Number(match[4] ?? "0");
  if (day === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const millis = Number((match[5] ?? "").padEnd(3, "0"));
  const zone = match[6]!;
  let offsetMs = 0;
  if (zone !== "Z") {
    const digits = zone.replace(":", "");
    const offsetHours = Number(digits.slice(1, 3));
    const offsetMinutes = Number(digits.slice(3, 5));
    if (offsetHours > 23 || offsetMinutes > 59) return undefined;
    offsetMs = (offsetHours * 60 + offsetMinutes) * MINUTE_MS * (zone.startsWith("-") ? -1 : 1);
  }
  return (
    day * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS + millis - offsetMs
  );
}

/** `parseInstant` for literals in code and tests: throws where it would return undefined. */
export function instant(text: string): UnixMs {
  return (
    parseInstant(text) ??
    fail("invalid-instant", `"${text}" is not an ISO 8601 instant with an offset`, {
      cure: 'write it as "2024-01-31T14:30:00Z" or with an offset such as "+08:00"',
    })
  );
}
