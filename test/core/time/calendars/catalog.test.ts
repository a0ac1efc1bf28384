// Goal: a calendar is found by its name, and a wrong name gets the list.
import { expect, test } from "vitest";
import { calendarByName, calendarNames } from "../../../../core/time/calendars/catalog.ts";
import { BarlineError } from "../../../../core/time/failure.ts";

test("every name gives the calendar of that name, always the same, in any case", () => {
  for (const name of calendarNames) {
    const calendar = calendarByName(name);
    expect(calendar.name).toBe(name);
    expect(calendarByName(name.toLowerCase())).toBe(calendar);
  }
  expect(new Set(calendarNames.map(calendarByName)).size).toBe(calendarNames.length);
});

test("an unknown name is refused with the names there are", () => {
  expect(() => calendarByName("NYSE")).toThrow(BarlineError);
  expect(() => calendarByName("NYSE")).toThrow(
    'no calendar "NYSE"; use one of XNYS, XNYS-EXTENDED, CMES, XSHG, XSHE, CFFEX, FX, 24/7',
  );
});
