import { fail } from "../failure.ts";
import { DAY_MS, type DayNumber, parseDay, weekday } from "../instant.ts";
import type { TimeRange } from "../range.ts";
import { type Session, TradingCalendar } from "../trading-calendar.ts";
import { wallTime, type Zone } from "../zone.ts";
import { parseHours, type WallSpan } from "./hours.ts";

/** Hours that were in force up to a day. */
export interface FormerHours {
  /** The last trading day of these hours, `YYYY-MM-DD`, inclusive. */
  readonly until: string;
  readonly hours: string;
}

/** Days that keep other hours than the rest: early closes, late opens, a Saturday of trading. */
export interface SpecialHours {
  readonly hours: string;
  readonly days: Iterable<DayNumber>;
}

/** An exchange as people write it down. Hours are written as `parseHours` reads them. */
export interface ExchangeHours {
  readonly name: string;
  /** Whose wall clock the hours are on. */
  readonly zone: Zone;
  /** First trading day the calendar knows, `YYYY-MM-DD`, inclusive. */
  readonly firstDay: string;
  /** Last trading day the calendar knows, `YYYY-MM-DD`, inclusive. */
  readonly lastDay: string;
  /** Hours of an ordinary trading day, such as `09:30-16:00`. */
  readonly hours: string;
  /** Hours that held before `hours`, oldest first. Default: none. */
  readonly formerHours?: readonly FormerHours[];
  /** Trading days of the week, 1 (Monday) to 7 (Sunday). Default: Monday to Friday. */
  readonly weekdays?: readonly number[];
  /** Days without trading, as from `parseDayTable`. Default: none. */
  readonly holidays?: Iterable<DayNumber>;
  /** Wins over `weekdays` and `holidays`; a later entry over an earlier one. Default: none. */
  readonly special?: readonly SpecialHours[];
}

const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];

/**
 * A calendar from weekly hours on a wall clock, holidays and special days: how the calendars here
 * are made, and how to make one for an exchange that is not here. Throws `invalid-calendar` on
 * anything unreadable, and when the hours of one day could reach into those of the next.
 */
export function calendarFromHours(exchange: ExchangeHours): TradingCalendar {
  const { name, zone } = exchange;
  const where = `calendar ${name}`;
  const firstDay = readDay(exchange.firstDay, where);
  const lastDay = readDay(exchange.lastDay, where);
  if (firstDay > lastDay) fail("invalid-calendar", "it ends before it begins", { where });

  const regular = parseHours(exchange.hours);
  const former = (exchange.formerHours ?? []).map(({ until, hours }) => ({
    until: readDay(until, where),
    spans: parseHours(hours),
  }));
  if (former.some(({ until }, index) => index > 0 && until <= former[index - 1]!.until)) {
    fail("invalid-calendar", "former hours are not in the order of their last day", { where });
  }
  const exceptions = new Map<DayNumber, readonly WallSpan[]>();
  for (const day of exchange.holidays ?? []) exceptions.set(day, []);
  const special = (exchange.special ?? []).map(({ hours, days }) => {
    const spans = parseHours(hours);
    for (const day of days) exceptions.set(day, spans);
    return spans;
  });
  requireDisjointDays([regular, ...former.map(({ spans }) => spans), ...special], where);

  const week = readWeek(exchange.weekdays ?? MONDAY_TO_FRIDAY, where);
  const spansOn = (day: DayNumber): readonly WallSpan[] =>
    exceptions.get(day) ??
    (week.has(weekday(day)) ? (former.find(({ until }) => day <= until)?.spans ?? regular) : []);
  const sessionOn = (day: DayNumber) => sessionOf(zone, day, spansOn(day));
  return new TradingCalendar({ name, zone, firstDay, lastDay, sessionOn });
}

/**
 * The spans of a day as UTC intervals. A span that the clocks skip when they go forward drops out.
 */
function sessionOf(zone: Zone, day: DayNumber, spans: readonly WallSpan[]): Session | undefined {
  const segments: TimeRange[] = [];
  for (const { fromMs, toMs } of spans) {
    const from = wallTime(zone, day, fromMs);
    const to = wallTime(zone, day, toMs);
    if (from < to) segments.push({ from, to });
  }
  return segments.length === 0 ? undefined : { day, segments };
}

function readDay(text: string, where: string): DayNumber {
  return (
    parseDay(text) ??
    fail("invalid-calendar", `"${text}" is not a day`, { where, cure: "write it as YYYY-MM-DD" })
  );
}

function readWeek(weekdays: readonly number[], where: string): ReadonlySet<number> {
  const wrong = weekdays.find((each) => !Number.isInteger(each) || each < 1 || each > 7);
  if (wrong !== undefined) {
    const cure = "weekdays go from 1 (Monday) to 7 (Sunday)";
    fail("invalid-calendar", `${wrong} is not a day of the week`, { where, cure });
  }
  return new Set(weekdays);
}

/**
 * Sessions are disjoint whichever hours meet when the latest close is a day after the earliest
 * open.
 */
function requireDisjointDays(all: readonly (readonly WallSpan[])[], where: string): void {
  const earliestMs = Math.min(...all.map((spans) => spans[0]!.fromMs));
  const latestMs = Math.max(...all.map((spans) => spans[spans.length - 1]!.toMs));
  if (latestMs - earliestMs > DAY_MS) {
    const cure = "let no hours end later than 24 hours after the earliest ones begin";
    fail("invalid-calendar", "the hours of one day reach into those of the next", { where, cure });
  }
}
