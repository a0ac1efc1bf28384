import { type DayNumber, dayNumber, weekday } from "../instant.ts";
import type { TradingCalendar } from "../trading-calendar.ts";
import { CHICAGO } from "../zone.ts";
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

// Sources: the holiday calendar and the trading hours page of CME Group; its notices of the changes
// of hours (trade dates 2012-11-19, 2015-09-21, 2021-06-28), of the leap second of 2015-06-30 and
// of the days of mourning (2018-12-02, 2024-12-30). Days are compared with exchange_calendars
// 4.13.2 (CMES) and pandas_market_calendars 5.5.0 (CME Globex Equity); the tests list each
// difference.

const FIRST_YEAR = 2012;
const LAST_YEAR = 2030;

/**
 * Good Fridays with the monthly report on employment trade until 08:15, all others not at all. The
 * report comes on the first Friday, so these are the Good Fridays from April 1 to 7.
 */
const EMPLOYMENT_FRIDAYS = `
  2015: 04-03
  2021: 04-02
  2023: 04-07
  2026: 04-03
`;

/**
 * Trading halts at noon since 2014 (Martin Luther King and Presidents Day: 2015), before at 10:30.
 */
const WINTER_HALTS: readonly HolidayRule[] = [martinLutherKingDay, presidentsDay];
const OTHER_HALTS: readonly HolidayRule[] = [
  memorialDay,
  juneteenth,
  independenceDay,
  laborDay,
  thanksgiving,
];

/** July 3 from Monday to Thursday: July 4 is then kept on its own day, and not on a Monday. */
function independenceEve(year: number): DayNumber | undefined {
  const eve = dayNumber(year, 7, 3);
  return weekday(eve) <= 4 ? eve : undefined;
}

/**
 * CME equity-index futures on Globex (ES, NQ and their like), trade dates 2012-11-19 to 2030-12-31.
 *
 * A trading day runs from 17:00 Chicago of the day before to 16:00. These hours hold since trade
 * date 2021-06-28; before that trading paused from 15:15 to 15:30, and before trade date 2015-09-21
 * it ended at 16:15. Before 2012-11-19 it ended for the week at 15:15 on Fridays; the calendar does
 * not go there. A holiday with a halt at noon is a trading day of its own here, as in the schedules
 * of brokers, although CME clears it with the next. Outages are not in it.
 */
export function cmes(): TradingCalendar {
  return calendarFromHours({
    name: "CMES",
    zone: CHICAGO,
    firstDay: "2012-11-19",
    lastDay: `${LAST_YEAR}-12-31`,
    hours: "17:00-16:00",
    formerHours: [
      { until: "2015-09-18", hours: "17:00-15:15 15:30-16:15" },
      { until: "2021-06-25", hours: "17:00-15:15 15:30-16:00" },
    ],
    holidays: holidays([newYearsDay, goodFriday, christmas], FIRST_YEAR, LAST_YEAR),
    special: [
      {
        hours: "17:00-10:30",
        days: [
          ...holidays(WINTER_HALTS, FIRST_YEAR, 2014),
          ...holidays(OTHER_HALTS, FIRST_YEAR, 2013),
        ],
      },
      {
        hours: "17:00-12:00",
        days: [
          ...holidays(WINTER_HALTS, 2015, LAST_YEAR),
          ...holidays(OTHER_HALTS, 2014, LAST_YEAR),
        ],
      },
      {
        hours: "17:00-12:15",
        days: holidays([independenceEve, blackFriday, christmasEve], FIRST_YEAR, LAST_YEAR),
      },
      { hours: "17:00-08:15", days: parseDayTable(EMPLOYMENT_FRIDAYS) },
      // Days of mourning for Presidents George H. W. Bush and Carter.
      { hours: "17:00-08:30", days: parseDayTable("2018: 12-05\n2025: 01-09") },
      // Globex opened late for the leap second at 18:59:60 of the evening before.
      { hours: "19:45-15:15 15:30-16:15", days: parseDayTable("2015: 07-01") },
    ],
  });
}
