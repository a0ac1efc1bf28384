import { assert, fail } from "./failure.ts";
import { type DayNumber, formatDay, formatInstant, type UnixMs } from "./instant.ts";
import type { TimeRange } from "./range.ts";
import { localDay, type Zone } from "./zone.ts";

/** One trading day: the spans during which the exchange trades, ascending and disjoint. */
export interface Session {
  /** The trading day that gives the session its name; an overnight session begins the day before. */
  readonly day: DayNumber;
  /** At least one; two or more around a lunch or maintenance break. */
  readonly segments: readonly TimeRange[];
}

/** A stretch of uninterrupted trading and the trading day it belongs to. */
export interface Segment extends TimeRange {
  readonly day: DayNumber;
}

export interface TradingCalendarOptions {
  /** Market identifier code where there is one, such as `XNYS`. */
  readonly name: string;
  readonly zone: Zone;
  /** First trading day the calendar knows, inclusive. */
  readonly firstDay: DayNumber;
  /** Last trading day the calendar knows, inclusive. */
  readonly lastDay: DayNumber;
  /**
   * The session of a day within the bounds, or undefined when the exchange is closed. Pure. Sessions
   * of later days lie after those of earlier days, and begin at most three days before their day.
   */
  readonly sessionOn: (day: DayNumber) => Session | undefined;
}

/** No exchange of the calendars here opens a session earlier than this before its trading day. */
const LEAD_DAYS = 3;

/**
 * The sessions of an exchange as UTC intervals: holidays, early closes, breaks and daylight saving
 * included. Asking beyond `firstDay` to `lastDay` throws rather than guess.
 */
export class TradingCalendar {
  readonly name: string;
  readonly zone: Zone;
  readonly firstDay: DayNumber;
  readonly lastDay: DayNumber;
  readonly #compute: (day: DayNumber) => Session | undefined;
  readonly #sessions = new Map<DayNumber, Session | undefined>();

  constructor(options: TradingCalendarOptions) {
    assert(options.firstDay <= options.lastDay, "a calendar knows at least one day");
    this.name = options.name;
    this.zone = options.zone;
    this.firstDay = options.firstDay;
    this.lastDay = options.lastDay;
    this.#compute = options.sessionOn;
  }

  /** The session of a trading day; undefined on a holiday, a weekend and outside the bounds. */
  sessionOn(day: DayNumber): Session | undefined {
    if (day < this.firstDay || day > this.lastDay) return undefined;
    if (this.#sessions.has(day)) return this.#sessions.get(day);
    const session = this.#compute(day);
    this.#sessions.set(day, session);
    return session;
  }

  /** The segment that contains `at`, else the first one after it; undefined past the last day. */
  segmentAtOrAfter(at: UnixMs): Segment | undefined {
    const first = Math.max(this.firstDay, localDay(this.zone, at) - 1);
    for (let day = first; day <= this.lastDay; day += 1) {
      const session = this.sessionOn(day);
      if (session === undefined) continue;
      for (const { from, to } of session.segments) if (to > at) return { from, to, day };
    }
    return undefined;
  }

  /** The last segment that begins before `at`; undefined before the first. */
  segmentBefore(at: UnixMs): Segment | undefined {
    const last = Math.min(this.lastDay, localDay(this.zone, at) + LEAD_DAYS);
    for (let day = last; day >= this.firstDay; day -= 1) {
      const segments = this.sessionOn(day)?.segments ?? [];
      for (let index = segments.length - 1; index >= 0; index -= 1) {
        const { from, to } = segments[index]!;
        if (from < at) return { from, to, day };
      }
    }
    return undefined;
  }

  /** Whether the exchange trades at an instant. */
  isOpen(at: UnixMs): boolean {
    const segment = this.segmentAtOrAfter(at);
    return segment !== undefined && segment.from <= at;
  }

  /** Throws unless the calendar knows the trading day that `at` falls on. */
  requireKnown(at: UnixMs): void {
    const day = localDay(this.zone, at);
    if (day >= this.firstDay - LEAD_DAYS && day <= this.lastDay) return;
    fail("outside-calendar", `${formatInstant(at)} lies outside calendar ${this.name}`, {
      cure: `it knows ${formatDay(this.firstDay)} to ${formatDay(this.lastDay)}; choose another calendar or range`,
    });
  }
}

/** A calendar made of explicit sessions, ascending: what a gateway reports, or a test needs. */
export function calendarOfSessions(
  name: string,
  zone: Zone,
  sessions: readonly Session[],
): TradingCalendar {
  const byDay = new Map<DayNumber, Session>();
  let last = Number.NEGATIVE_INFINITY;
  for (const session of sessions) {
    if (byDay.has(session.day)) {
      fail("invalid-calendar", `calendar ${name} has two sessions on ${formatDay(session.day)}`);
    }
    if (session.segments.length === 0) {
      fail("invalid-calendar", `calendar ${name} has no hours on ${formatDay(session.day)}`);
    }
    for (const { from, to } of session.segments) {
      if (!(from >= last && to > from)) {
        fail(
          "invalid-calendar",
          `calendar ${name}: hours on ${formatDay(session.day)} are not in order`,
          {
            where: `${from} to ${to}`,
          },
        );
      }
      last = to;
    }
    byDay.set(session.day, session);
  }
  const days = [...byDay.keys()];
  if (days.length === 0) fail("invalid-calendar", `calendar ${name} has no session`);
  return new TradingCalendar({
    name,
    zone,
    firstDay: days[0]!,
    lastDay: days[days.length - 1]!,
    sessionOn: (day) => byDay.get(day),
  });
}
