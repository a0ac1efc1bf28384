import { type DayNumber, utcDay } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { Session } from "../../core/time/trading-calendar.ts";
import type { ReportedCalendar } from "../ib/contracts/reported-calendar.ts";
import type { StoredCalendar } from "../store/bars/stored-calendar.ts";

/** Sessions begin at most three days before their day. */
const LEAD_DAYS = 4;

/**
 * A gateway's calendar as it is stored with bars: its sessions from before a range to behind it,
 * and on to the last day that it knows. Days before those that were reported are as they are
 * stored, and guessed where they are not: a gateway tells some years, and may have told of them
 * before.
 */
export function reportedSessions(
  calendar: ReportedCalendar,
  { from, to }: TimeRange,
  before: StoredCalendar | undefined,
): StoredCalendar {
  const { name, zone } = calendar;
  const stored = before?.name === name ? before.sessions : undefined;
  const remembered = new Map<DayNumber, Session>(stored?.map((each) => [each.day, each]));
  const rememberedFrom = stored?.[0]?.day ?? Number.POSITIVE_INFINITY;
  const sessions: Session[] = [];
  const last = Math.max(utcDay(to) + LEAD_DAYS, calendar.knownTo);
  for (let day = utcDay(from) - LEAD_DAYS; day <= last; day += 1) {
    const isRemembered = day < calendar.knownFrom && day >= rememberedFrom;
    const session = isRemembered ? remembered.get(day) : calendar.sessionOn(day);
    if (session !== undefined) sessions.push(session);
  }
  // The gateway cuts its bars at whole multiples of the clock.
  return { name, zone: zone.name, alignment: "clock", sessions };
}
