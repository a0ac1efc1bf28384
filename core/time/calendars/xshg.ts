import type { TradingCalendar } from "../trading-calendar.ts";
import { SHANGHAI } from "../zone.ts";
import { calendarFromHours } from "./calendar-from-hours.ts";
import { CHINA_HOLIDAYS } from "./china-holidays.ts";
import { parseDayTable } from "./day-table.ts";

function chinaEquities(name: string): TradingCalendar {
  return calendarFromHours({
    name,
    zone: SHANGHAI,
    firstDay: "2000-01-01",
    lastDay: "2026-12-31",
    hours: "09:30-11:30 13:00-15:00",
    holidays: parseDayTable(CHINA_HOLIDAYS),
  });
}

/**
 * Shanghai equities: 09:30 to 11:30 and 13:00 to 15:00 Shanghai, without the opening auction, from
 * 2000-01-01 to 2026-12-31, the last year whose holidays are announced.
 */
export function xshg(): TradingCalendar {
  return chinaEquities("XSHG");
}

/** Shenzhen equities: the hours, holidays and bounds of Shanghai. */
export function xshe(): TradingCalendar {
  return chinaEquities("XSHE");
}
