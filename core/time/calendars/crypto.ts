import type { TradingCalendar } from "../trading-calendar.ts";
import { UTC } from "../zone.ts";
import { calendarFromHours } from "./calendar-from-hours.ts";

/**
 * Markets that never close, by UTC day, from 2009-01-03 (the first block of Bitcoin) to 2099-12-31.
 */
export function crypto(): TradingCalendar {
  return calendarFromHours({
    name: "24/7",
    zone: UTC,
    firstDay: "2009-01-03",
    lastDay: "2099-12-31",
    hours: "00:00-24:00",
    weekdays: [1, 2, 3, 4, 5, 6, 7],
  });
}
