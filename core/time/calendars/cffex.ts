import type { TradingCalendar } from "../trading-calendar.ts";
import { SHANGHAI } from "../zone.ts";
import { calendarFromHours } from "./calendar-from-hours.ts";
import { CHINA_HOLIDAYS } from "./china-holidays.ts";
import { parseDayTable } from "./day-table.ts";

/**
 * Index futures of the China Financial Futures Exchange (IF and its like), from their first trading
 * day, 2010-04-16, to 2026-12-31: 09:30 to 11:30 and 13:00 to 15:00 Shanghai. Through 2015 they
 * opened at 09:15 and closed at 15:15.
 *
 * Source: the contract specification of CSI 300 index futures and the exchange's notice that moved
 * the hours on 2016-01-04; the holidays are those of the stock exchanges.
 */
export function cffex(): TradingCalendar {
  return calendarFromHours({
    name: "CFFEX",
    zone: SHANGHAI,
    firstDay: "2010-04-16",
    lastDay: "2026-12-31",
    hours: "09:30-11:30 13:00-15:00",
    formerHours: [{ until: "2015-12-31", hours: "09:15-11:30 13:00-15:15" }],
    holidays: parseDayTable(CHINA_HOLIDAYS),
  });
}
