// Goal: every day of the Chinese exchanges is that of an independent source.
import { expect, test } from "vitest";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { CHINA_HOLIDAYS } from "../../../../core/time/calendars/china-holidays.ts";
import { parseDayTable } from "../../../../core/time/calendars/day-table.ts";
import { differences, sessionsOf, sessionTable, wallHours } from "./session-table.ts";

const table = sessionTable("xshg.txt");
const cffex = calendarByName("CFFEX");

test.each(["XSHG", "XSHE"])("%s is exchange_calendars' XSHG", (name) => {
  expect(differences(sessionsOf(calendarByName(name)), table)).toEqual([]);
});

test("CFFEX has the days of XSHG, and its hours since 2016", () => {
  const recent = new Map([...table].filter(([date]) => date >= "2016-01-01"));
  expect(differences(sessionsOf(cffex, "2016-01-01"), recent)).toEqual([]);
  const earlier = [...table.keys()].filter((date) => date >= "2010-04-16" && date < "2016-01-01");
  const expected = new Map(earlier.map((date) => [date, "01:15 03:30 05:00 07:15"]));
  expect(differences(sessionsOf(cffex, "2010-04-16", "2015-12-31"), expected)).toEqual([]);
});

test.each([
  ["2015-12-31", "09:15-11:30 13:00-15:15"],
  ["2016-01-01", "closed"],
  ["2016-01-04", "09:30-11:30 13:00-15:00"],
  // A Sunday made a working day: the offices work, the exchange does not.
  ["2024-02-18", "closed"],
])("on %s CFFEX trades %s", (date, hours) => {
  expect(wallHours(cffex, date)).toBe(hours);
});

test("no holiday is written twice or out of order", () => {
  const days = parseDayTable(CHINA_HOLIDAYS);
  expect(days).toEqual([...new Set(days)].sort((a, b) => a - b));
});
