import { fail } from "../../../core/time/failure.ts";
import type { DayNumber } from "../../../core/time/instant.ts";
import { type Session, TradingCalendar } from "../../../core/time/trading-calendar.ts";
import type { Zone } from "../../../core/time/zone.ts";
import { withBreaks } from "./break-patterns.ts";
import type { CalendarReport } from "./hours-text.ts";
import { disjoint, WallClock } from "./session-spans.ts";
import { WeeklyPattern } from "./weekly-pattern.ts";

/** Where a report comes from: hours in words tell every break, a schedule need not. */
export type ReportOrigin = "schedule" | "hours-text";

interface Told {
  readonly session: Session | undefined;
  readonly origin: ReportOrigin;
}

/** How far from the days reported it makes guesses: 20 years of 365.25 days. */
const GUESSED_DAYS = 7_305;

/** Sessions begin at most three days before their day and end at most one after it. */
const REACH_DAYS = 4;

/**
 * The calendar that a gateway reports, and learns more of while it is in use. Days that were not
 * reported are guessed from the same weekday, so that a long run never comes to an end of it.
 */
export class ReportedCalendar extends TradingCalendar {
  readonly #told = new Map<DayNumber, Told>();
  readonly #clock: WallClock;
  #known = new Map<DayNumber, Session | undefined>();
  #pattern: WeeklyPattern;
  #guessed = new Map<DayNumber, Session | undefined>();

  /** Throws `invalid-calendar` when the report has no session at all. */
  constructor(name: string, zone: Zone, first: CalendarReport, origin: ReportOrigin) {
    const days = [...first.sessions.map(({ day }) => day), ...first.closed];
    if (first.sessions.length === 0) {
      fail("invalid-calendar", `the gateway reports no session of ${name}`, {
        cure: "check the contract: it may have expired, or not trade yet",
      });
    }
    super({
      name,
      zone,
      firstDay: days.reduce((least, day) => Math.min(least, day)) - GUESSED_DAYS,
      lastDay: days.reduce((most, day) => Math.max(most, day)) + GUESSED_DAYS,
      sessionOn: () => undefined,
    });
    this.#clock = new WallClock(zone);
    this.#pattern = new WeeklyPattern(this.#known, this.#clock);
    this.learn(first, origin);
  }

  /** The first day that was reported rather than guessed. */
  get knownFrom(): DayNumber {
    return this.#known.keys().next().value!;
  }

  /** The last day that was reported rather than guessed. */
  get knownTo(): DayNumber {
    return [...this.#known.keys()].at(-1)!;
  }

  /** Takes in what else is reported; of a day told before, the later word counts. */
  learn(report: CalendarReport, origin: ReportOrigin): void {
    let isNews = false;
    for (const day of report.closed) if (this.#take(day, undefined, origin)) isNews = true;
    for (const session of report.sessions) {
      if (this.#take(session.day, session, origin)) isNews = true;
    }
    // Mostly it is told again what it was told before.
    if (isNews) this.#workOut();
  }

  /** Whether that is another word than the last one on the day. */
  #take(day: DayNumber, session: Session | undefined, origin: ReportOrigin): boolean {
    const told = this.#told.get(day);
    if (told?.origin === origin && isSame(told.session, session)) return false;
    this.#told.set(day, { session, origin });
    return true;
  }

  /** The session of a trading day, reported or guessed; undefined when the exchange is closed. */
  override sessionOn(day: DayNumber): Session | undefined {
    const found = this.#known.get(day) ?? this.#guessed.get(day);
    if (found !== undefined || this.#known.has(day) || this.#guessed.has(day)) return found;
    if (day < this.firstDay || day > this.lastDay) return undefined;
    const guess = this.#guess(day);
    this.#guessed.set(day, guess);
    return guess;
  }

  /** Brings what was told into one order: breaks filled in, and no two sessions at once. */
  #workOut(): void {
    const told = [...this.#told].sort(([a], [b]) => a - b);
    const sessions: Session[] = [];
    const hoursText = new Set<Session>();
    for (const [, { session, origin }] of told) {
      if (session === undefined) continue;
      sessions.push(session);
      if (origin === "hours-text") hoursText.add(session);
    }
    const byDay = new Map<DayNumber, Session>();
    for (const session of disjoint(withBreaks(sessions, hoursText, this.#clock))) {
      byDay.set(session.day, session);
    }
    const known = new Map(told.map(([day]) => [day, byDay.get(day)]));
    // Guesses follow from what is known: where that is the same, all is.
    if (same(known, this.#known)) return;
    this.#known = known;
    this.sessionsChanged();
    this.#pattern = new WeeklyPattern(this.#known, this.#clock);
    this.#guessed = new Map();
  }

  /** A guess reaches neither into what was reported nor into the hours to expect the day before. */
  #guess(day: DayNumber): Session | undefined {
    const session = this.#pattern.sessionOn(day);
    if (session === undefined) return undefined;
    const before = this.#nearest(day, -1)?.segments.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
    const after = this.#nearest(day, 1)?.segments[0]?.from ?? Number.POSITIVE_INFINITY;
    const segments = session.segments
      .map(({ from, to }) => ({ from: Math.max(from, before), to: Math.min(to, after) }))
      .filter(({ from, to }) => from < to);
    return segments.length === 0 ? undefined : { day, segments };
  }

  /** The reported session within reach on one side of a day, or, before it, the one to expect. */
  #nearest(day: DayNumber, step: 1 | -1): Session | undefined {
    for (let distance = 1; distance <= REACH_DAYS; distance += 1) {
      const near = day + step * distance;
      const isKnown = this.#known.has(near);
      const session = isKnown || step > 0 ? this.#known.get(near) : this.#pattern.sessionOn(near);
      if (session !== undefined) return session;
    }
    return undefined;
  }
}

/** Whether two reports, their days in order, say the same of the same days. */
function same(
  a: ReadonlyMap<DayNumber, Session | undefined>,
  b: ReadonlyMap<DayNumber, Session | undefined>,
): boolean {
  if (a.size !== b.size) return false;
  for (const [day, session] of a) {
    if (!b.has(day) || !isSame(session, b.get(day))) return false;
  }
  return true;
}

function isSame(a: Session | undefined, b: Session | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  const { segments } = b;
  return (
    a.segments.length === segments.length &&
    a.segments.every(({ from, to }, at) => from === segments[at]!.from && to === segments[at]!.to)
  );
}
