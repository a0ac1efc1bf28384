// Goal: a table of days means exactly the days it names, and a slip of the pen is an error.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDayTable } from "../../../../core/time/calendars/day-table.ts";
import { civilDate, formatDay } from "../../../../core/time/instant.ts";

test("days, ranges within a month and across months, and blank lines", () => {
  const table = `
    2001: 01-01 09-11..14

    2002: 09-29..10-02
    2003:
  `;
  expect(parseDayTable(table).map(formatDay)).toEqual([
    "2001-01-01",
    "2001-09-11",
    "2001-09-12",
    "2001-09-13",
    "2001-09-14",
    "2002-09-29",
    "2002-09-30",
    "2002-10-01",
    "2002-10-02",
  ]);
  expect(parseDayTable("")).toEqual([]);
});

test("any range that is written is read back", () => {
  const anyDay = fc.integer({ min: 0, max: 36_000 });
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 0, max: 40 }), (first, length) => {
      const { year } = civilDate(first);
      const last = civilDate(first + length).year === year ? first + length : first;
      const range = `${formatDay(first).slice(5)}..${formatDay(last).slice(5)}`;
      const days = parseDayTable(`${year}: ${range}`);
      expect(days).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
    }),
  );
});

test.each([
  ["2001 01-01", "2001"],
  ["01-01", "01-01"],
  ["2001: 1-1", "1-1"],
  ["2001: 02-29", "02-29"],
  ["2001: 13-01", "13-01"],
  ["2001: 01-05..04", "01-05..04"],
  ["2001: 01-05..01-32", "01-05..01-32"],
  ["2001: 01-05,01-06", "01-05,01-06"],
])("%s is refused, and the message shows the line and the fault in it", (line, item) => {
  expect(() => parseDayTable(`2000: 01-01\n  ${line}`)).toThrow(
    `line "${line}": "${item}" cannot be read as a day or a range of days; write a line as`,
  );
});
