// Goal: anyone can write down an exchange, and a mistake is found when it is made.
import { describe, expect, test } from "vitest";
import {
  calendarFromHours,
  type ExchangeHours,
} from "../../../../core/time/calendars/calendar-from-hours.ts";
import { parseDayTable } from "../../../../core/time/calendars/day-table.ts";
import { parseDay } from "../../../../core/time/instant.ts";
import { NEW_YORK, UTC } from "../../../../core/time/zone.ts";
import { sessionsOf, wallHours } from "./session-table.ts";

const week: ExchangeHours = {
  name: "TEST",
  zone: UTC,
  firstDay: "2024-07-01",
  lastDay: "2024-07-07",
  hours: "09:30-16:00",
};

const hoursByDay = (exchange: ExchangeHours) =>
  Object.fromEntries(sessionsOf(calendarFromHours(exchange)));

test("without more it trades Monday to Friday", () => {
  expect(hoursByDay(week)).toEqual({
    "2024-07-01": "09:30 16:00",
    "2024-07-02": "09:30 16:00",
    "2024-07-03": "09:30 16:00",
    "2024-07-04": "09:30 16:00",
    "2024-07-05": "09:30 16:00",
  });
});

test("former hours hold through their last day, holidays are closed, and special hours win", () => {
  const exchange: ExchangeHours = {
    ...week,
    formerHours: [
      { until: "2024-07-01", hours: "10:00-15:00" },
      { until: "2024-07-02", hours: "10:00-12:00 13:00-15:00" },
    ],
    holidays: parseDayTable("2024: 07-03..04"),
    special: [
      { hours: "09:30-13:00", days: parseDayTable("2024: 07-03 07-06") },
      { hours: "11:00-13:00", days: parseDayTable("2024: 07-06") },
    ],
  };
  expect(hoursByDay(exchange)).toEqual({
    "2024-07-01": "10:00 15:00",
    "2024-07-02": "10:00 12:00 13:00 15:00",
    "2024-07-03": "09:30 13:00",
    "2024-07-05": "09:30 16:00",
    "2024-07-06": "11:00 13:00",
  });
});

test("other days of the week can be the trading days", () => {
  expect(hoursByDay({ ...week, weekdays: [7, 1] })).toEqual({
    "2024-07-01": "09:30 16:00",
    "2024-07-07": "09:30 16:00",
  });
});

test("hours that the clocks skip drop out, and with them a session that has no others", () => {
  const night: ExchangeHours = {
    ...week,
    zone: NEW_YORK,
    firstDay: "2024-03-09",
    lastDay: "2024-03-11",
    weekdays: [6, 7, 1],
    hours: "02:00-03:00 04:00-05:00",
  };
  const calendar = calendarFromHours(night);
  expect(wallHours(calendar, "2024-03-09")).toBe("02:00-03:00 04:00-05:00");
  expect(wallHours(calendar, "2024-03-10")).toBe("04:00-05:00");
  const skipped = calendarFromHours({ ...night, hours: "02:00-03:00" });
  expect(skipped.sessionOn(parseDay("2024-03-10")!)).toBeUndefined();
});

describe("a mistake is refused by name", () => {
  test.each<[Partial<ExchangeHours>, string]>([
    [{ firstDay: "2024-7-1" }, 'calendar TEST: "2024-7-1" is not a day; write it as YYYY-MM-DD'],
    [{ lastDay: "" }, 'calendar TEST: "" is not a day'],
    [{ lastDay: "2024-06-30" }, "calendar TEST: it ends before it begins"],
    [{ hours: "9:30-16:00" }, '"9:30-16:00" are not trading hours'],
    [{ formerHours: [{ until: "x", hours: "09:30-16:00" }] }, '"x" is not a day'],
    [
      {
        formerHours: [
          { until: "2024-07-02", hours: "09:30-16:00" },
          { until: "2024-07-02", hours: "09:30-15:00" },
        ],
      },
      "calendar TEST: former hours are not in the order of their last day",
    ],
    [{ special: [{ hours: "x", days: [] }] }, '"x" are not trading hours'],
    [{ weekdays: [1, 8] }, "8 is not a day of the week; weekdays go from 1 (Monday) to 7 (Sunday)"],
    [{ weekdays: [0] }, "0 is not a day of the week"],
    [{ weekdays: [1.5] }, "1.5 is not a day of the week"],
    [{ hours: "17:00-16:00 16:00-18:00" }, "the hours of one day reach into those of the next"],
    [
      { special: [{ hours: "17:00-16:00", days: [] }], hours: "09:30-17:30" },
      "calendar TEST: the hours of one day reach into those of the next; let no hours end later",
    ],
  ])("%o", (change, message) => {
    expect(() => calendarFromHours({ ...week, ...change })).toThrow(message);
  });
});
