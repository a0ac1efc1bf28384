import { fail } from "./failure.ts";
import {
  civilDate,
  DAY_MS,
  type DayNumber,
  dayNumber,
  HOUR_MS,
  type UnixMs,
  weekdayOnOrAfter,
} from "./instant.ts";

/** The rules that turn an instant into the time on a wall clock, and back. */
export interface Zone {
  /** IANA name, such as `America/New_York`. */
  readonly name: string;
  /** Wall time minus UTC, in milliseconds, at an instant. */
  offsetMsAt(at: UnixMs): number;
}

/** The civil day on the zone's wall clock at an instant. */
export function localDay(zone: Zone, at: UnixMs): DayNumber {
  return Math.floor((at + zone.offsetMsAt(at)) / DAY_MS);
}

/**
 * The instant at which the zone's wall clock shows `msOfDay` milliseconds after midnight of `day`.
 * `msOfDay` may lie outside the day (-7 h is 17:00 of the day before). A wall time that occurs
 * twice means its first occurrence; one that a forward change skips moves on by the length of the
 * change.
 */
export function wallTime(zone: Zone, day: DayNumber, msOfDay: number): UnixMs {
  const wall = day * DAY_MS + msOfDay;
  const earlier = wall - zone.offsetMsAt(wall - DAY_MS);
  if (earlier + zone.offsetMsAt(earlier) === wall) return earlier;
  const later = wall - zone.offsetMsAt(wall + DAY_MS);
  if (later + zone.offsetMsAt(later) === wall) return later;
  return earlier;
}

/** A zone that never changes its offset. */
export function fixedZone(name: string, offsetMs: number): Zone {
  return { name, offsetMsAt: () => offsetMs };
}

/** The first given weekday (1 Monday to 7 Sunday) of a month that is on or after a day. */
interface WeekdayOnOrAfter {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

/** In these years the clock shows one hour more from `start` to `end`. */
interface DaylightRule {
  readonly fromYear: number;
  readonly toYear: number;
  readonly start: WeekdayOnOrAfter;
  readonly end: WeekdayOnOrAfter;
}

function dayOf(year: number, rule: WeekdayOnOrAfter): DayNumber {
  return weekdayOnOrAfter(dayNumber(year, rule.month, rule.day), rule.weekday);
}

/** A zone with daylight saving by rule: it changes at 02:00 on the wall clock, both ways. */
class DaylightZone implements Zone {
  readonly name: string;
  readonly #standardMs: number;
  readonly #rules: readonly DaylightRule[];
  #from: UnixMs = 0;
  #to: UnixMs = 0;
  #offsetMs = 0;

  constructor(name: string, standardMs: number, rules: readonly DaylightRule[]) {
    this.name = name;
    this.#standardMs = standardMs;
    this.#rules = rules;
  }

  offsetMsAt(at: UnixMs): number {
    // Written so that a span of NaN, which an infinite instant leaves behind, is left again.
    if (!(at >= this.#from && at < this.#to)) this.#seek(at);
    return this.#offsetMs;
  }

  /** Finds the span of constant offset around `at` and keeps it: instants come in order, mostly. */
  #seek(at: UnixMs): void {
    const standard = this.#standardMs;
    const { year } = civilDate(Math.floor((at + standard) / DAY_MS));
    const yearFrom = dayNumber(year, 1, 1) * DAY_MS - standard;
    const yearTo = dayNumber(year + 1, 1, 1) * DAY_MS - standard;
    const rule = this.#rules.find((each) => year >= each.fromYear && year <= each.toYear);
    if (rule === undefined) {
      this.#set(yearFrom, yearTo, standard);
      return;
    }
    const start = dayOf(year, rule.start) * DAY_MS + 2 * HOUR_MS - standard;
    const end = dayOf(year, rule.end) * DAY_MS + HOUR_MS - standard;
    if (at < start) this.#set(yearFrom, start, standard);
    else if (at < end) this.#set(start, end, standard + HOUR_MS);
    else this.#set(end, yearTo, standard);
  }

  #set(from: UnixMs, to: UnixMs, offsetMs: number): void {
    this.#from = from;
    this.#to = to;
    this.#offsetMs = offsetMs;
  }
}

const SUNDAY = 7;
const sunday = (month: number, day: number): WeekdayOnOrAfter => ({ month, day, weekday: SUNDAY });

/** Uniform Time Act as amended in 1986 and by the Energy Policy Act of 2005; exact from 1976 on. */
const US_RULES: readonly DaylightRule[] = [
  { fromYear: 2007, toYear: 9999, start: sunday(3, 8), end: sunday(11, 1) },
  { fromYear: 1987, toYear: 2006, start: sunday(4, 1), end: sunday(10, 25) },
  { fromYear: 1976, toYear: 1986, start: sunday(4, 24), end: sunday(10, 25) },
];

/** China kept daylight saving until 1991; IANA tz database, Rule PRC; exact from 1950 on. */
const CHINA_RULES: readonly DaylightRule[] = [
  { fromYear: 1987, toYear: 1991, start: sunday(4, 11), end: sunday(9, 11) },
  { fromYear: 1986, toYear: 1986, start: sunday(5, 4), end: sunday(9, 11) },
];

/** Coordinated universal time: never an offset. */
export const UTC: Zone = fixedZone("UTC", 0);
/** The zone of the US stock exchanges. */
export const NEW_YORK: Zone = new DaylightZone("America/New_York", -5 * HOUR_MS, US_RULES);
/** The zone of CME Globex. */
export const CHICAGO: Zone = new DaylightZone("America/Chicago", -6 * HOUR_MS, US_RULES);
/** The zone of the exchanges of mainland China. */
export const SHANGHAI: Zone = new DaylightZone("Asia/Shanghai", 8 * HOUR_MS, CHINA_RULES);

const PINNED: readonly Zone[] = [UTC, NEW_YORK, CHICAGO, SHANGHAI];

/**
 * A zone whose rules are part of Barline and so the same on every machine: UTC, America/New_York,
 * America/Chicago, Asia/Shanghai. Any other name throws; adapters/system knows the rest.
 */
export function pinnedZone(name: string): Zone {
  return (
    PINNED.find((zone) => zone.name === name) ??
    fail("unknown-zone", `"${name}" is not a time zone that Barline carries rules for`, {
      cure: `use one of ${PINNED.map((zone) => zone.name).join(", ")}`,
    })
  );
}
