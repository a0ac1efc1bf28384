import type { IbSession } from "../../adapters/ib/port/ib-event.ts";
import { ibDay } from "../../adapters/ib/port/ib-time.ts";
import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import { localDay } from "../../core/time/zone.ts";
import { minuteText, wallText } from "./gateway-time.ts";

/** Days that contract details tell the hours of, the present one included. */
const DAYS_TOLD = 6;

/**
 * The hours of the next days on the exchange's wall clock, as contract details give them:
 * `20240305:0930-20240305:1600;20240309:CLOSED`. Days the calendar does not know are left out.
 */
export function hoursText(calendar: TradingCalendar, now: UnixMs): string {
  const { zone } = calendar;
  const today = localDay(zone, now);
  const words: string[] = [];
  for (let day = today; day < today + DAYS_TOLD; day += 1) {
    if (day < calendar.firstDay || day > calendar.lastDay) continue;
    const session = calendar.sessionOn(day);
    if (session === undefined) words.push(`${ibDay(day)}:CLOSED`);
    for (const { from, to } of session?.segments ?? []) {
      words.push(`${minuteText(from, zone)}-${minuteText(to, zone)}`);
    }
  }
  return words.join(";");
}

/** The sessions that begin in a range, as a schedule gives them; each stretch is one. */
export function sessionsIn(calendar: TradingCalendar, range: TimeRange): readonly IbSession[] {
  const { zone } = calendar;
  const sessions: IbSession[] = [];
  const last = Math.min(calendar.lastDay, localDay(zone, range.to) + DAYS_TOLD);
  const first = Math.max(calendar.firstDay, localDay(zone, range.from - DAY_MS));
  for (let day = first; day <= last; day += 1) {
    for (const { from, to } of calendar.sessionOn(day)?.segments ?? []) {
      if (from < range.from || from >= range.to) continue;
      sessions.push({ start: wallText(from, zone), end: wallText(to, zone), day: ibDay(day) });
    }
  }
  return sessions;
}
