import { type DayNumber, HOUR_MS, MINUTE_MS, weekday } from "../../../core/time/instant.ts";
import type { Session } from "../../../core/time/trading-calendar.ts";
import { localDay, wallTime, type Zone } from "../../../core/time/zone.ts";
import { dayOf } from "../port/ib-time.ts";
import { type SessionSpan, sessionsOf } from "./session-spans.ts";

/** What is reported of some days: those with a session, and those that are closed for sure. */
export interface CalendarReport {
  readonly sessions: readonly Session[];
  readonly closed: readonly DayNumber[];
}

/** Hours that were read, and the entries that could not be. */
export interface HoursText extends CalendarReport {
  readonly unreadable: readonly string[];
}

const CLOSED = /^(\d{8}):CLOSED$/;
const SPAN = /^(?:(\d{8}):)?(\d\d)(\d\d)-(?:(\d{8}):)?(\d\d)(\d\d)$/;
const SATURDAY = 6;

interface ReadSpan extends SessionSpan {
  readonly firstDay: DayNumber;
}

/**
 * Reads `tradingHours` or `liquidHours`, in the present form
 * (`20240305:0930-20240305:1600;20240306:CLOSED`) and in the older one
 * (`20090507:0700-1830,1830-2330`), in which a span that ends no later than it begins starts on the
 * day before.
 *
 * A session belongs to the day on which it ends. One from Friday into Saturday opens Monday's
 * trading, unless the market trades on from Saturday as well. Days between the first and the last
 * that are mentioned, and have no session, are closed.
 */
export function parseHoursText(text: string, zone: Zone): HoursText {
  const spans: ReadSpan[] = [];
  const closed = new Set<DayNumber>();
  const unreadable: string[] = [];
  for (const entry of text.split(";").map((each) => each.trim())) {
    if (entry === "") continue;
    const holiday = dayOf(CLOSED.exec(entry)?.[1] ?? "");
    if (holiday !== undefined) {
      closed.add(holiday);
      continue;
    }
    const read = readEntry(entry, zone);
    if (read === undefined) unreadable.push(entry);
    else spans.push(...read);
  }
  const onSaturday = spans.some(({ firstDay }) => weekday(firstDay) === SATURDAY);
  const sessions = sessionsOf(
    spans.map((span) => ({ ...span, day: onSaturday ? span.day : afterWeekend(span) })),
    zone,
  );
  return { sessions, closed: closedDays(sessions, closed), unreadable };
}

/** The days without a session from the first day that is spoken of to the last. */
export function closedDays(
  sessions: readonly Session[],
  alsoSpokenOf: Iterable<DayNumber> = [],
): DayNumber[] {
  const open = new Set(sessions.map(({ day }) => day));
  const all = [...open, ...alsoSpokenOf].sort((a, b) => a - b);
  const closed: DayNumber[] = [];
  for (let day = all[0] ?? 0; day <= (all.at(-1) ?? -1); day += 1) {
    if (!open.has(day)) closed.push(day);
  }
  return closed;
}

function readEntry(entry: string, zone: Zone): ReadSpan[] | undefined {
  const spans: ReadSpan[] = [];
  let key: string | undefined;
  for (const part of entry.split(",")) {
    const match = SPAN.exec(part.trim());
    key = match?.[1] ?? key;
    const span = match === null || key === undefined ? undefined : readSpan(match, key, zone);
    if (span === undefined) return undefined;
    spans.push(span);
  }
  return spans.filter(({ from, to }) => from < to);
}

function readSpan(match: RegExpExecArray, key: string, zone: Zone): ReadSpan | undefined {
  const keyDay = dayOf(key);
  const lastDay = match[4] === undefined ? keyDay : dayOf(match[4]);
  const startMs = msOfDay(match[2]!, match[3]!);
  const endMs = msOfDay(match[5]!, match[6]!);
  if (keyDay === undefined || lastDay === undefined) return undefined;
  if (startMs === undefined || endMs === undefined) return undefined;
  const isOld = match[4] === undefined;
  const firstDay = isOld && endMs <= startMs ? keyDay - 1 : keyDay;
  const from = wallTime(zone, firstDay, startMs);
  const to = wallTime(zone, lastDay, endMs);
  if (to < from) return undefined;
  return { from, to, firstDay, day: isOld ? keyDay : localDay(zone, to - 1) };
}

/** The trading day of a span, given that nobody trades from a Saturday on. */
function afterWeekend({ day, firstDay }: ReadSpan): DayNumber {
  return weekday(day) === SATURDAY && firstDay < day ? day + 2 : day;
}

function msOfDay(hours: string, minutes: string): number | undefined {
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return undefined;
  return hour * HOUR_MS + minute * MINUTE_MS;
}
