import type { TradingCalendar } from "../trading-calendar.ts";
import { NEW_YORK } from "../zone.ts";
import { calendarFromHours } from "./calendar-from-hours.ts";

/**
 * Foreign exchange around the clock: Sunday 17:00 to Friday 17:00 New York, and a new trading day
 * at each 17:00, the market's convention for the value date. No holidays: dealing thins out at
 * Christmas and New Year, but no exchange closes it; a dealer that does says so in its own
 * schedule. From 1990-01-01 to Friday 2037-12-25, as far as the daylight-saving rules are checked.
 */
export function forex(): TradingCalendar {
  return calendarFromHours({
    name: "FX",
    zone: NEW_YORK,
    firstDay: "1990-01-01",
    lastDay: "2037-12-25",
    hours: "17:00-17:00",
  });
}
