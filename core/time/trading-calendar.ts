import { assert, fail } from "./failure.ts";
import { type DayNumber, formatDay, formatInstant, type UnixMs } from "./instant.ts";
import type { TimeRange } from "./range.ts";
import { localDay, type Zone } from "./zone.ts";

/** One trading day: the spans during which the exchange trades, ascending and disjoint. */
export interface Session {
  /**
   * The trading day that gives the session its name; an overnight session begins the day before.
   */
  readonly day: DayNumber;
  /** At least one; two or more around a lunch or maintenance break. */
  readonly segments: readonly TimeRange[];
}

/** A stretch of uninterrupted trading and the trading day it belongs to. */
export interface Segment extends TimeRange {
  readonly day: DayNumber;
}

/** What a trading calendar is made of. */
export interface TradingCalendarOptions {
  /** Market identifier code where there is one, such as `XNYS`. */
  readonly name: string;
  readonly zone: Zone;
  /** First trading day the calendar knows, inclusive. */
  readonly firstDay: DayNumber;
  /** Last trading day the calendar knows, inclusive. */
  readonly lastDay: DayNumber;
  /**
   * The session of a day within the bounds, or undefined when the exchange is closed. Pure.
   * Sessions of later days lie after those of earlier days; each begins at most three days before
   * its day and ends at most one day after it, by the exchange's wall clock.
   */
  readonly sessionOn: (day: DayNumber) => Session | undefined;
}

/** No session opens earlier than this before its trading day: a Monday's can open on Friday. */
const LEAD_DAYS = 3;

/** No session is still open later than this after its trading day. */
const LAG_DAYS = 1;

/**
 * The sessions of an exchange as UTC intervals: holidays, early closes, breaks and daylight saving
 * included. It knows nothing beyond `firstDay` to `lastDay`: there is no session there, and
 * `requireKnown` throws, so that nobody takes ignorance for a holiday.
 */
export class TradingCalendar {
  readonly name: string;
  readonly zone: Zone;
  readonly firstDay: DayNumber;
  readonly lastDay: DayNumber;
  readonly #compute: (day: DayNumber) => Session | undefined;
  readonly #sessions = new Map<DayNumber, Session | undefined>();
  #version = 0;

  constructor(options: TradingCalendarOptions) {
    assert(options.firstDay <= options.lastDay, "a calendar knows at least one day");
    this.name = options.name;
    this.zone = options.zone;
    this.firstDay = options.firstDay;
    this.lastDay = options.lastDay;
    this.#compute = options.sessionOn;
  }

  /** Counts how often its sessions changed: 0 for ever, but for a calendar that learns. */
  get version(): number {
    return this.#version;
  }

  /** The session of a trading day; undefined on a holiday, a weekend and outside the bounds. */
  sessionOn(day: DayNumber): Session | undefined {
    if (day < this.firstDay || day > this.lastDay) return undefined;
    const known = this.#sessions.get(day);
    if (known !== undefined || this.#sessions.has(day)) return known;
    const session = this.#compute(day);
    this.#sessions.set(day, session);
    return session;
  }

  /** The segment that contains `at`, else the first one after it; undefined past the last day. */
  segmentAtOrAfter(at: UnixMs): Segment | undefined {
    const first = Math.max(this.firstDay, localDay(this.zone, at) - LAG_DAYS);
    for (let day = first; day <= this.lastDay; day += 1) {
      const session = this.sessionOn(day);
      if (session === undefined) continue;
      for (const { from, to } of session.segments) if (to > at) return { from, to, day };
    }
    return undefined;
  }

  /** The segment that `segmentAtOrAfter` gives, and all those after it. */
  *segmentsFrom(at: UnixMs): Generator<Segment> {
    const first = Math.max(this.firstDay, localDay(this.zone, at) - LAG_DAYS);
    for (let day = first; day <= this.lastDay; day += 1) {
      const session = this.sessionOn(day);
      if (session === undefined) continue;
      for (const { from, to } of session.segments) if (to > at) yield { from, to, day };
    }
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

  /** Sessions are others than before: whoever keeps something of them is to look again. */
  protected sessionsChanged(): void {
    this.#version += 1;
    this.#sessions.clear();
  }

  /** Whether the exchange trades at an instant. */
  isOpen(at: UnixMs): boolean {
    const segment = this.segmentAtOrAfter(at);
    return segment !== undefined && segment.from <= at;
  }

  /**
   * Throws unless `at` falls on a known day, or into the first session before midnight of its day.
   */
  requireKnown(at: UnixMs): void {
    const day = localDay(this.zone, at);
    if (day <= this.lastDay && (day >= this.firstDay || this.isOpen(at))) return;
    const known = `${formatDay(this.firstDay)} to ${formatDay(this.lastDay)}`;
    fail("outside-calendar", `${formatInstant(at)} lies outside calendar ${this.name}`, {
      cure: `it knows ${known}; choose another calendar or range`,
    });
  }
}

/**
 * A calendar made of explicit sessions, ascending: what a gateway reports, or a test needs. It
 * knows the days from the first session to the last. Throws `invalid-calendar` when there is no
 * session, or when days or hours are not ascending, not disjoint, or far from the day they belong
 * to.
 */
export function calendarOfSessions(
  name: string,
  zone: Zone,
  sessions: readonly Session[],
): TradingCalendar {
  const byDay = new Map<DayNumber, Session>();
  let previous: Session | undefined;
  for (const session of sessions) {
    const fault = faultOf(session, previous, zone);
    if (fault !== undefined) {
      fail("invalid-calendar", fault, { where: `calendar ${name}, ${formatDay(session.day)}` });
    }
    byDay.set(session.day, session);
    previous = session;
  }
  const first = sessions[0];
  if (first === undefined || previous === undefined) {
    return fail("invalid-calendar", `calendar ${name} has no session`);
  }
  return new TradingCalendar({
    name,
    zone,
    firstDay: first.day,
    lastDay: previous.day,
    sessionOn: (day) => byDay.get(day),
  });
}

/**
 * What keeps a session from following the one before it in a calendar; undefined when nothing does.
 */
function faultOf(session: Session, previous: Session | undefined, zone: Zone): string | undefined {
  const { day, segments } = session;
  if (previous !== undefined && day <= previous.day) return "days are not ascending";
  let last = previous?.segments.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  for (const { from, to } of segments) {
    if (!(from >= last && to > from)) return "hours are empty or not ascending";
    last = to;
  }
  const first = segments[0];
  if (first === undefined) return "the session has no hours";
  const leadDays = day - localDay(zone, first.from);
  const lagDays = localDay(zone, last - 1) - day;
  return leadDays > LEAD_DAYS || lagDays > LAG_DAYS ? "hours are far from their day" : undefined;
}
