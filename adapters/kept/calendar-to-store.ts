import type { GridAlignment } from "../../core/time/bar-grid.ts";
import { calendarNames } from "../../core/time/calendars/catalog.ts";
import type { Session, TradingCalendar } from "../../core/time/trading-calendar.ts";
import type { StoredCalendar } from "../store/bars/stored-calendar.ts";

/** Whether a calendar is one of those that Barline carries, which need only be named. */
export function isOfCatalog({ name }: TradingCalendar): boolean {
  return calendarNames.some((each) => each === name);
}

/** A calendar as a store holds it: by its name where that says all, else session by session. */
export function calendarToStore(
  calendar: TradingCalendar,
  alignment: GridAlignment,
): StoredCalendar {
  if (isOfCatalog(calendar)) {
    return { name: calendar.name, zone: calendar.zone.name, alignment };
  }
  const { name, zone, firstDay, lastDay } = calendar;
  const sessions: Session[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    const session = calendar.sessionOn(day);
    if (session !== undefined) sessions.push(session);
  }
  return { name, zone: zone.name, alignment, sessions };
}
