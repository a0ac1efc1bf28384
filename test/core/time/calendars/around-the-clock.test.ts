// Goal: foreign exchange trades five days around the clock and crypto seven, without a hole or
// overlap.
import { expect, test } from "vitest";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import {
  DAY_MS,
  formatDay,
  formatInstant,
  parseDay,
  weekday,
} from "../../../../core/time/instant.ts";
import { wallHours } from "./session-table.ts";

const fx = calendarByName("FX");
const crypto = calendarByName("24/7");

test("every FX week is one stretch, Sunday to Friday 17:00 New York, in five trading days", () => {
  const wrong: string[] = [];
  let lastClose = Number.NaN;
  for (let day = fx.firstDay; day <= fx.lastDay; day += 1) {
    const session = fx.sessionOn(day);
    const trades = weekday(day) <= 5;
    if ((session !== undefined) !== trades) wrong.push(formatDay(day));
    if (session === undefined) continue;
    const { from, to } = session.segments[0]!;
    if (session.segments.length !== 1 || wallHours(fx, formatDay(day)) !== "17:00-17:00") {
      wrong.push(formatDay(day));
    }
    if (weekday(day) > 1 && from !== lastClose) wrong.push(formatDay(day));
    lastClose = to;
  }
  expect(wrong).toEqual([]);
});

test("the FX weekend loses and gains the hour that the clocks do", () => {
  const weekend = (friday: string) => {
    const closed = fx.sessionOn(parseDay(friday)!)!.segments[0]!.to;
    return [formatInstant(closed), (fx.segmentAtOrAfter(closed)!.from - closed) / 3_600_000];
  };
  expect(weekend("2024-03-01")).toEqual(["2024-03-01T22:00:00.000Z", 48]);
  expect(weekend("2024-03-08")).toEqual(["2024-03-08T22:00:00.000Z", 47]);
  expect(weekend("2024-11-01")).toEqual(["2024-11-01T21:00:00.000Z", 49]);
});

test("every crypto day is its UTC day", () => {
  const wrong: number[] = [];
  for (let day = crypto.firstDay; day <= crypto.lastDay; day += 1) {
    const segment = crypto.sessionOn(day)?.segments[0];
    if (segment?.from !== day * DAY_MS || segment.to !== (day + 1) * DAY_MS) wrong.push(day);
  }
  expect(wrong).toEqual([]);
  expect([crypto.firstDay, crypto.lastDay].map(formatDay)).toEqual(["2009-01-03", "2099-12-31"]);
});
