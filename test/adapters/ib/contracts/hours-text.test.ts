// Goal: hours in words become sessions, in each form that gateways have written them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHoursText } from "../../../../adapters/ib/contracts/hours-text.ts";
import { ibDay } from "../../../../adapters/ib/port/ib-time.ts";
import { calendarByName, calendarNames } from "../../../../core/time/calendars/catalog.ts";
import {
  DAY_MS,
  formatDay,
  formatInstant,
  instant,
  MINUTE_MS,
  type UnixMs,
  utcDay,
} from "../../../../core/time/instant.ts";
import type { Session, TradingCalendar } from "../../../../core/time/trading-calendar.ts";
import { CHICAGO, NEW_YORK, SHANGHAI, UTC, type Zone } from "../../../../core/time/zone.ts";

const short = (at: UnixMs): string => formatInstant(at).slice(5, 16).replace("T", " ");
const told = (sessions: readonly Session[]): string[] =>
  sessions.map(({ day, segments }) => {
    const hours = segments.map(({ from, to }) => `${short(from)}-${short(to)}`);
    return `${formatDay(day)}: ${hours.join(", ")}`;
  });

describe("parseHoursText", () => {
  it("reads the present form", () => {
    const text =
      "20240308:0930-20240308:1600;20240309:CLOSED;20240310:CLOSED;20240311:0930-20240311:1300";
    const hours = parseHoursText(text, NEW_YORK);
    expect(told(hours.sessions)).toEqual([
      "2024-03-08: 03-08 14:30-03-08 21:00",
      "2024-03-11: 03-11 13:30-03-11 17:00",
    ]);
    expect(hours.closed.map(formatDay)).toEqual(["2024-03-09", "2024-03-10"]);
    expect(hours.unreadable).toEqual([]);
  });

  it("gives a night to the day on which it ends", () => {
    const text = "20240303:1700-20240304:1600;20240304:1700-20240305:1600;20240309:CLOSED";
    expect(told(parseHoursText(text, CHICAGO).sessions)).toEqual([
      "2024-03-04: 03-03 23:00-03-04 22:00",
      "2024-03-05: 03-04 23:00-03-05 22:00",
    ]);
  });

  it("gives the night from Friday to Saturday to Monday", () => {
    const text =
      "20240308:0900-20240308:1500;20240308:2100-20240309:0230;20240311:0900-20240311:1500";
    expect(told(parseHoursText(text, SHANGHAI).sessions)).toEqual([
      "2024-03-08: 03-08 01:00-03-08 07:00",
      "2024-03-11: 03-08 13:00-03-08 18:30, 03-11 01:00-03-11 07:00",
    ]);
  });

  it("leaves it to Saturday where trading goes on through the weekend", () => {
    const text = "20240308:1700-20240309:1600;20240309:1700-20240310:1600";
    expect(told(parseHoursText(text, UTC).sessions).map((each) => each.slice(0, 10))).toEqual([
      "2024-03-09",
      "2024-03-10",
    ]);
  });

  it("reads breaks, by comma or by repeating the day, and joins what touches", () => {
    const lunch = "2024-03-05: 03-05 01:30-03-05 03:30, 03-05 05:00-03-05 07:00";
    for (const text of [
      "20240305:0930-1130,1300-1500",
      "20240305:0930-20240305:1130,20240305:1300-20240305:1500",
      "20240305:0930-20240305:1130;20240305:1300-20240305:1500",
    ]) {
      expect(told(parseHoursText(text, SHANGHAI).sessions)).toEqual([lunch]);
    }
    expect(
      told(parseHoursText("20090507:0700-1830,1830-2330;20090508:CLOSED", UTC).sessions),
    ).toEqual(["2009-05-07: 05-07 07:00-05-07 23:30"]);
  });

  it("begins an old-form night on the day before", () => {
    expect(told(parseHoursText("20130430:1700-1515,1530-1600", UTC).sessions)).toEqual([
      "2013-04-30: 04-29 17:00-04-30 15:15, 04-30 15:30-04-30 16:00",
    ]);
  });

  it("ends a day at midnight", () => {
    const text = "20240305:0000-20240306:0000;20240306:0000-20240306:2400";
    expect(told(parseHoursText(text, UTC).sessions)).toEqual([
      "2024-03-05: 03-05 00:00-03-06 00:00",
      "2024-03-06: 03-06 00:00-03-07 00:00",
    ]);
  });

  it("names what it cannot read, and reads the rest", () => {
    const odd = ["20240305", "20241305:0930-1600", "20240305:0960-1600", "20240305:2530-2600"];
    const hours = parseHoursText([...odd, "20240306:0930-1600", ""].join(";"), UTC);
    expect(hours.unreadable).toEqual(odd);
    expect(hours.sessions).toHaveLength(1);
  });

  it("knows nothing of an empty text", () => {
    expect(parseHoursText("", UTC)).toEqual({ sessions: [], closed: [], unreadable: [] });
  });

  // Goal: what a calendar says, written as a gateway writes it, is read back the same.
  it("reads back every calendar", () => {
    const start = utcDay(instant("2019-03-01T00:00:00Z"));
    fc.assert(
      fc.property(
        fc.constantFrom(...calendarNames),
        fc.integer({ min: 0, max: 1_500 }),
        (name, day) => {
          const calendar = calendarByName(name);
          const week = { first: start + day, last: start + day + 6 };
          const hours = parseHoursText(written(calendar, week.first, week.last), calendar.zone);
          const sessions = [];
          for (let each = week.first; each <= week.last; each += 1) {
            const session = calendar.sessionOn(each);
            if (session !== undefined) sessions.push(session);
          }
          expect(hours.sessions).toEqual(sessions);
          for (const closed of hours.closed) expect(calendar.sessionOn(closed)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** The hours of some days as contract details tell them. */
function written(calendar: TradingCalendar, first: number, last: number): string {
  const entries: string[] = [];
  for (let day = first; day <= last; day += 1) {
    const segments = calendar.sessionOn(day)?.segments;
    if (segments === undefined) entries.push(`${ibDay(day)}:CLOSED`);
    for (const { from, to } of segments ?? []) {
      entries.push(`${wall(from, calendar.zone)}-${wall(to, calendar.zone)}`);
    }
  }
  return entries.join(";");
}

function wall(at: UnixMs, zone: Zone): string {
  const local = at + zone.offsetMsAt(at);
  const minutes = Math.floor((local - utcDay(local) * DAY_MS) / MINUTE_MS);
  const clock = [Math.floor(minutes / 60), minutes % 60];
  return `${ibDay(utcDay(local))}:${clock.map((each) => String(each).padStart(2, "0")).join("")}`;
}
