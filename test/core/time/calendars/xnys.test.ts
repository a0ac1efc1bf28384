// Goal: every day of US equities from 1990 to 2030 is that of two independent sources, or listed
// here with the reason why not.
import { describe, expect, test } from "vitest";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { formatDay, HOUR_MS } from "../../../../core/time/instant.ts";
import { differences, sessionsOf, sessionTable, wallHours } from "./session-table.ts";

const xnys = calendarByName("XNYS");
const extended = calendarByName("XNYS-EXTENDED");

describe("day by day", () => {
  test("it is exchange_calendars' XNYS but for three days of odd hours", () => {
    expect(differences(sessionsOf(xnys), sessionTable("xnys.txt"))).toEqual([
      // Snow: the NYSE closed at 14:30 (pandas_market_calendars).
      "1994-02-11: 14:30 19:30, not 14:30 21:00",
      // Blizzard: NYSE, AMEX and Nasdaq opened from 11:00 to 14:00 (AP, 1996-01-08).
      "1996-01-08: 16:00 19:00, not 14:30 21:00",
      // Memorial: all three opened two and a half hours late, at noon (Variety, ABC News, that
      // day).
      "2002-09-11: 16:00 20:00, not 13:30 20:00",
    ]);
  });

  test("it is pandas_market_calendars' NYSE but for unannounced halts and the eve of 2000", () => {
    expect(differences(sessionsOf(xnys), sessionTable("nyse.txt"))).toEqual([
      // Minutes of silence and failures of machines at the open, and so on below: halts, not hours.
      "1990-12-27: 14:30 21:00, not 14:31 21:00",
      "1991-01-17: 14:30 21:00, not 14:31 21:00",
      "1991-02-25: 14:30 21:00, not 14:31 21:00",
      // The computer of the NYSE failed; Nasdaq opened on time.
      "1995-12-18: 14:30 21:00, not 15:30 21:00",
      // Circuit breaker.
      "1997-10-27: 14:30 21:00, not 14:30 20:30",
      // "Disputed" there; but the NYSE's board decided to close at 13:00 (its release of
      // 1999-06-04).
      "1999-12-31: 14:30 18:00, not 14:30 21:00",
      "2001-09-17: 13:30 20:00, not 13:33 20:00",
      "2001-10-08: 13:30 20:00, not 13:31 20:00",
      "2003-03-20: 14:30 21:00, not 14:32 21:00",
      "2004-06-07: 13:30 20:00, not 13:32 20:00",
      "2005-06-01: 13:30 20:00, not 13:30 19:56",
      "2006-12-27: 14:30 21:00, not 14:32 21:00",
    ]);
  });
});

test.each([
  ["1991-12-24", "09:30-14:00"],
  ["1991-11-29", "09:30-16:00"],
  ["1992-11-27", "09:30-14:00"],
  ["1993-11-26", "09:30-13:00"],
  ["1994-04-27", "closed"],
  ["1997-01-20", "09:30-16:00"],
  ["1998-01-19", "closed"],
  ["2001-09-10", "09:30-16:00"],
  ["2001-09-14", "closed"],
  ["2002-07-05", "09:30-13:00"],
  ["2004-12-31", "09:30-16:00"],
  ["2012-10-30", "closed"],
  ["2013-07-03", "09:30-13:00"],
  ["2013-07-05", "09:30-16:00"],
  ["2018-12-05", "closed"],
  ["2021-06-18", "09:30-16:00"],
  ["2022-06-20", "closed"],
  ["2025-01-09", "closed"],
])("on %s it trades %s", (date, hours) => {
  expect(wallHours(xnys, date)).toBe(hours);
});

test("extended hours have the same days, from 04:00 to four hours after the close", () => {
  expect([extended.firstDay, extended.lastDay]).toEqual([xnys.firstDay, xnys.lastDay]);
  const wrong: string[] = [];
  for (let day = xnys.firstDay; day <= xnys.lastDay; day += 1) {
    const [regular] = xnys.sessionOn(day)?.segments ?? [];
    const [all] = extended.sessionOn(day)?.segments ?? [];
    if (all?.to !== (regular && regular.to + 4 * HOUR_MS)) wrong.push(formatDay(day));
    if (all && !wallHours(extended, formatDay(day)).startsWith("04:00-"))
      wrong.push(formatDay(day));
  }
  expect(wrong).toEqual([]);
  expect(wallHours(extended, "2024-07-02")).toBe("04:00-20:00");
  expect(wallHours(extended, "2024-07-03")).toBe("04:00-17:00");
});
