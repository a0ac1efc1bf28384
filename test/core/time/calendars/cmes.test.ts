// Goal: every day of CME equity-index futures is that of two independent sources, both coarser than
// the exchange, or listed here with the reason why not.
import { describe, expect, test } from "vitest";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { parseDayTable } from "../../../../core/time/calendars/day-table.ts";
import { formatDay, parseDay } from "../../../../core/time/instant.ts";
import { sessionsOf, sessionTable, wallHours } from "./session-table.ts";

const cmes = calendarByName("CMES");
const DAILY_HALT = "15:15 15:30";

/** The wall-clock hours of every session as `open close`, once the daily halt is put aside. */
function ours(): Map<string, string> {
  return new Map(
    [...sessionsOf(cmes).keys()].map((date) => {
      const times = wallHours(cmes, date).replaceAll("-", " ");
      return [date, times.replace(`${DAILY_HALT} `, "")];
    }),
  );
}

/** A table as wall-clock `open close`, by way of its UTC times and the offset of the day. */
function theirs(file: string): Map<string, string> {
  const sessions = new Map<string, string>();
  for (const [date, times] of sessionTable(file)) {
    const offsetHours = cmes.zone.offsetMsAt(parseDay(date)! * 86_400_000 + 43_200_000) / 3_600_000;
    const wall = times.split(" ").map((time) => {
      const [hour = "", minute = ""] = time.replace("<", "").split(":");
      return `${String((Number(hour) + offsetHours + 24) % 24).padStart(2, "0")}:${minute}`;
    });
    sessions.set(date, wall.join(" "));
  }
  return sessions;
}

/** What we have on days where a source has something else, and why. */
type Exceptions = readonly (readonly [reason: string, hours: string, days: string])[];

function compare(file: string, regularClose: (date: string) => string, exceptions: Exceptions) {
  const expected = new Map(
    [...theirs(file)].map(([date, hours]) => [
      date,
      hours === regularClose(date) ? "regular" : hours,
    ]),
  );
  const listed = new Map<string, string>();
  for (const [, hours, days] of exceptions) {
    for (const day of parseDayTable(days)) {
      // An exception that is none would hide a later one.
      expect(expected.get(formatDay(day)) ?? "closed").not.toBe(hours);
      expect(listed.has(formatDay(day))).toBe(false);
      listed.set(formatDay(day), hours);
    }
  }
  const wrong: string[] = [];
  const found = ours();
  for (let day = cmes.firstDay; day <= cmes.lastDay; day += 1) {
    const date = formatDay(day);
    const hours = found.get(date) ?? "closed";
    const regular = date < "2015-09-21" ? "17:00 16:15" : "17:00 16:00";
    const wanted = listed.get(date) ?? expected.get(date) ?? "closed";
    if (hours !== (wanted === "regular" ? regular : wanted)) wrong.push(`${date}: ${hours}`);
  }
  expect(wrong).toEqual([]);
}

const MOURNING = [
  "CME: an abbreviated session to 08:30",
  "17:00 08:30",
  "2018: 12-05\n2025: 01-09",
] as const;
const LEAP_SECOND = [
  "Globex opened at 19:45 after the leap second",
  "19:45 16:15",
  "2015: 07-01",
] as const;

describe("day by day", () => {
  test("it is pandas_market_calendars' CME Globex Equity but for the listed days", () => {
    compare("cme-globex-equity.txt", () => "17:00 16:00", [
      MOURNING,
      LEAP_SECOND,
      [
        "Good Fridays without the employment report, which it opens to 08:15 all the same",
        "closed",
        "2024: 03-29\n2025: 04-18\n2027: 03-26\n2028: 04-14\n2029: 03-30\n2030: 04-19",
      ],
    ]);
  });

  test("it is exchange_calendars' CMES, made for all of CME, but for the listed days", () => {
    // It joins the maintenance break to the session: 17:00 to 17:00.
    compare("cmes.txt", () => "17:00 17:00", [
      MOURNING,
      LEAP_SECOND,
      [
        "equity products halted at 10:30, not noon, on holidays up to Presidents Day 2014",
        "17:00 10:30",
        `2012: 11-22
         2013: 01-21 02-18 05-27 07-04 09-02 11-28
         2014: 01-20 02-17`,
      ],
      [
        "equity products close at 12:15, not noon, after Thanksgiving and on Christmas Eve",
        "17:00 12:15",
        `2012: 11-23 12-24
         2013: 11-29 12-24
         2014: 11-28 12-24
         2015: 11-27 12-24
         2016: 11-25
         2017: 11-24
         2018: 11-23 12-24
         2019: 11-29 12-24
         2020: 11-27 12-24
         2021: 11-26
         2022: 11-25
         2023: 11-24
         2024: 11-29 12-24
         2025: 11-28 12-24
         2026: 11-27 12-24
         2027: 11-26
         2028: 11-24
         2029: 11-23 12-24
         2030: 11-29 12-24`,
      ],
      [
        "July 3 before a July 4 from Tuesday to Friday, which it does not know",
        "17:00 12:15",
        `2013: 07-03
         2014: 07-03
         2017: 07-03
         2018: 07-03
         2019: 07-03
         2023: 07-03
         2024: 07-03
         2025: 07-03
         2028: 07-03
         2029: 07-03
         2030: 07-03`,
      ],
      [
        "Juneteenth, which it does not know",
        "17:00 12:00",
        `2022: 06-20
         2023: 06-19
         2024: 06-19
         2025: 06-19
         2026: 06-19
         2027: 06-18
         2028: 06-19
         2029: 06-19
         2030: 06-19`,
      ],
      [
        "Good Fridays with the employment report, which it closes",
        "17:00 08:15",
        "2015: 04-03\n2021: 04-02\n2023: 04-07\n2026: 04-03",
      ],
    ]);
  });
});

test.each([
  ["2012-11-19", "17:00-15:15 15:30-16:15"],
  ["2015-09-18", "17:00-15:15 15:30-16:15"],
  ["2015-09-21", "17:00-15:15 15:30-16:00"],
  ["2021-06-25", "17:00-15:15 15:30-16:00"],
  ["2021-06-28", "17:00-16:00"],
  ["2013-07-04", "17:00-10:30"],
  ["2015-07-01", "19:45-15:15 15:30-16:15"],
  ["2016-12-26", "closed"],
  ["2018-12-05", "17:00-08:30"],
  ["2021-12-24", "closed"],
  ["2024-03-29", "closed"],
  ["2024-07-03", "17:00-12:15"],
  ["2024-07-04", "17:00-12:00"],
  ["2024-11-28", "17:00-12:00"],
  ["2024-11-29", "17:00-12:15"],
])("trade date %s is %s in Chicago", (date, hours) => {
  expect(wallHours(cmes, date)).toBe(hours);
});

test("a Monday opens on Sunday, and the day after a closed one on the evening of that", () => {
  const open = (date: string) => new Date(cmes.sessionOn(parseDay(date)!)!.segments[0]!.from);
  expect(open("2024-07-08").toISOString()).toBe("2024-07-07T22:00:00.000Z");
  expect(open("2024-12-26").toISOString()).toBe("2024-12-25T23:00:00.000Z");
});

test("the daily halt is part of every full session up to 2021-06-25 and of none after", () => {
  const wrong = [...sessionsOf(cmes).keys()].filter((date) => {
    const hours = wallHours(cmes, date);
    const isFull = hours.endsWith("16:00") || hours.endsWith("16:15");
    return hours.includes("15:15-") || hours.includes("-15:15") !== (isFull && date < "2021-06-28");
  });
  expect(wrong).toEqual([]);
});
