import { dayNumber, weekday } from "../instant.ts";
import type { TradingCalendar } from "../trading-calendar.ts";
import { NEW_YORK } from "../zone.ts";
import { calendarFromHours } from "./calendar-from-hours.ts";
import { parseDayTable } from "./day-table.ts";
import {
  blackFriday,
  christmas,
  christmasEve,
  goodFriday,
  type HolidayRule,
  holidays,
  independenceDay,
  juneteenth,
  laborDay,
  martinLutherKingDay,
  memorialDay,
  newYearsDay,
  presidentsDay,
  thanksgiving,
} from "./us-holidays.ts";

// Sources: the holidays and trading hours page of the NYSE and its lists of historical closings, as
// collected by the Python packages exchange_calendars 4.13.2 (XNYS) and pandas_market_calendars
// 5.5.0 (NYSE). The tests compare every day with both and list each difference.

const FIRST_YEAR = 1990;
const LAST_YEAR = 2030;
const WEDNESDAY = 3;
const THURSDAY = 4;

const HOLIDAYS = [
  newYearsDay,
  martinLutherKingDay,
  presidentsDay,
  goodFriday,
  memorialDay,
  juneteenth,
  independenceDay,
  laborDay,
  thanksgiving,
  christmas,
];

/**
 * Days of mourning for Presidents Nixon, Reagan, Ford, George H. W. Bush and Carter; the attacks of
 * September 11; Hurricane Sandy.
 */
const CLOSURES = `
  1994: 04-27
  2001: 09-11..14
  2004: 06-11
  2007: 01-02
  2012: 10-29..30
  2018: 12-05
  2025: 01-09
`;

/** Single early closes: the Fridays after Christmas of 1997 and 2003, and the eve of 2000. */
const EARLY_CLOSES = `
  1997: 12-26
  1999: 12-31
  2003: 12-26
`;

/** The day after Thanksgiving became a half day in 1992. */
const thanksgivingHalfDay: HolidayRule = (year) => (year < 1992 ? undefined : blackFriday(year));

/**
 * The half day around July 4, kept since 1995: July 3 when that is a Monday, Tuesday or Thursday.
 * For a July 4 on Thursday it was Friday the 5th until 2012, and is Wednesday the 3rd since.
 */
const independenceHalfDay: HolidayRule = (year) => {
  if (year < 1995) return undefined;
  const eve = dayNumber(year, 7, 3);
  if (weekday(eve) === WEDNESDAY) return year < 2013 ? eve + 2 : eve;
  return weekday(eve) <= THURSDAY ? eve : undefined;
};

const HALF_DAYS = [christmasEve, thanksgivingHalfDay, independenceHalfDay];

/** What a trading day with these regular hours looks like: `09:30`, `16:00` to a span. */
type HoursOf = (open: string, close: string) => string;

function usEquities(name: string, hoursOf: HoursOf): TradingCalendar {
  return calendarFromHours({
    name,
    zone: NEW_YORK,
    firstDay: `${FIRST_YEAR}-01-01`,
    lastDay: `${LAST_YEAR}-12-31`,
    hours: hoursOf("09:30", "16:00"),
    holidays: [...holidays(HOLIDAYS, FIRST_YEAR, LAST_YEAR), ...parseDayTable(CLOSURES)],
    special: [
      // Half days ended at 14:00 through 1992, and end at 13:00 since.
      { hours: hoursOf("09:30", "14:00"), days: holidays(HALF_DAYS, FIRST_YEAR, 1992) },
      { hours: hoursOf("09:30", "13:00"), days: holidays(HALF_DAYS, 1993, LAST_YEAR) },
      { hours: hoursOf("09:30", "13:00"), days: parseDayTable(EARLY_CLOSES) },
      // Snow ended one day and left three hours of another; the memorial of September 11.
      { hours: hoursOf("09:30", "14:30"), days: parseDayTable("1994: 02-11") },
      { hours: hoursOf("11:00", "14:00"), days: parseDayTable("1996: 01-08") },
      { hours: hoursOf("12:00", "16:00"), days: parseDayTable("2002: 09-11") },
    ],
  });
}

/**
 * US equities in regular hours, 09:30 to 16:00 New York, from 1990-01-01 to 2030-12-31. Halts that
 * nobody announced (circuit breakers, moments of silence, failed machines) are not in it: their
 * bars are empty, not off the grid.
 */
export function xnys(): TradingCalendar {
  return usEquities("XNYS", (open, close) => `${open}-${close}`);
}

/**
 * US equities in extended hours: 04:00 New York to four hours after the regular close, so to 20:00,
 * and to 17:00 after a close at 13:00. Same bounds. These are the hours of today's electronic
 * venues; they reached 04:00 and 20:00 only in the 2000s, so for the years before they are a
 * convention.
 */
export function xnysExtended(): TradingCalendar {
  return usEquities("XNYS-EXTENDED", (_open, close) => {
    const [hour, minute] = close.split(":");
    return `04:00-${Number(hour) + 4}:${minute}`;
  });
}
