// Goal: our civil-date arithmetic agrees with the platform's Date everywhere, and text is read
// strictly.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  civilDate,
  DAY_MS,
  dayNumber,
  formatDay,
  formatInstant,
  instant,
  parseDay,
  parseInstant,
  utcDay,
  weekday,
  weekdayOnOrAfter,
} from "../../../core/time/instant.ts";

const YEAR_0_MS = Date.UTC(2000, 0, 1) - 730_485 * DAY_MS;
const YEAR_9999_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const anyInstant = fc.integer({ min: YEAR_0_MS, max: YEAR_9999_MS });
const anyDay = fc.integer({ min: -719_528, max: 2_932_896 });

describe("days", () => {
  test("a day number and its civil date are inverse, and both agree with Date", () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { year, month, day: dayOfMonth } = civilDate(day);
        const date = new Date(day * DAY_MS);
        expect([year, month, dayOfMonth]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ]);
        expect(dayNumber(year, month, dayOfMonth)).toBe(day);
        expect(weekday(day)).toBe(date.getUTCDay() || 7);
      }),
      { numRuns: 1_000 },
    );
  });

  test("every single day of four centuries agrees with Date", () => {
    const wrong: string[] = [];
    for (let day = dayNumber(1800, 1, 1); day < dayNumber(2200, 1, 1); day += 1) {
      const { year, month, day: dayOfMonth } = civilDate(day);
      if (dayNumber(year, month, dayOfMonth) !== day) wrong.push(formatDay(day));
      if (utcDay(Date.UTC(year, month - 1, dayOfMonth)) !== day) wrong.push(formatDay(day));
    }
    expect(wrong).toEqual([]);
  });

  test("the weekday on or after a day is that weekday, less than a week away", () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 7 }), (day, wanted) => {
        const found = weekdayOnOrAfter(day, wanted);
        expect(weekday(found)).toBe(wanted);
        expect(found - day).toBeGreaterThanOrEqual(0);
        expect(found - day).toBeLessThan(7);
      }),
    );
  });

  test("a day that is written is read back, and no other text is", () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
      }),
    );
    for (const text of [
      "2023-02-29",
      "2023-13-01",
      "2023-00-10",
      "2023-1-1",
      "20230101",
      "",
      "x",
    ]) {
      expect(parseDay(text)).toBeUndefined();
    }
    expect(parseDay("2024-02-29")).toBe(dayNumber(2024, 2, 29));
  });
});

describe("instants", () => {
  test("are written as Date writes them, read back, and lie in their UTC day", () => {
    fc.assert(
      fc.property(anyInstant, (at) => {
        const text = formatInstant(at);
        expect(text).toBe(new Date(at).toISOString());
        expect(parseInstant(text)).toBe(at);
        expect(formatDay(utcDay(at))).toBe(text.slice(0, 10));
      }),
      { numRuns: 1_000 },
    );
  });

  test("the offset is subtracted, whatever its sign and form", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
        fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 }),
        fc.boolean(),
        (at, offsetMinutes, colon) => {
          const wall = formatInstant(at + offsetMinutes * 60_000).slice(0, -1);
          const size = Math.abs(offsetMinutes);
          const two = (value: number) => String(value).padStart(2, "0");
          const sign = offsetMinutes < 0 ? "-" : "+";
          const offset = `${two(Math.floor(size / 60))}${colon ? ":" : ""}${two(size % 60)}`;
          expect(parseInstant(`${wall}${sign}${offset}`)).toBe(at);
        },
      ),
    );
  });

  test.each([
    ["2024-01-31T14:30Z", "2024-01-31T14:30:00.000Z"],
    ["2024-01-31 14:30:05Z", "2024-01-31T14:30:05.000Z"],
    ["2024-01-31T14:30:05.1Z", "2024-01-31T14:30:05.100Z"],
    ["2024-01-31T14:30:05.123999Z", "2024-01-31T14:30:05.123Z"],
    ["2024-01-31T00:00:00-00:00", "2024-01-31T00:00:00.000Z"],
    ["1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"],
  ])("%s is %s", (text, expected) => {
    expect(formatInstant(instant(text))).toBe(expected);
  });

  test.each([
    "2024-01-31T14:30:00",
    "2024-01-31",
    "2024-02-30T14:30:00Z",
    "2024-01-31T24:00:00Z",
    "2024-01-31T14:60:00Z",
    "2024-01-31T14:30:60Z",
    "2024-01-31T14:30:00+24:00",
    "2024-01-31T14:30:00+08:60",
    " 2024-01-31T14:30:00Z",
    "1706711400000",
  ])("%s is refused", (text) => {
    expect(parseInstant(text)).toBeUndefined();
    expect(() => instant(text)).toThrow(/is not an ISO 8601 instant with an offset; write it as/);
  });
});
