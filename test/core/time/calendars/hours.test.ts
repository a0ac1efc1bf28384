// Goal: trading hours are read as people write them, and anything doubtful is refused.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHours } from "../../../../core/time/calendars/hours.ts";
import { HOUR_MS, MINUTE_MS } from "../../../../core/time/instant.ts";

const hours = (...pairs: [number, number][]) =>
  pairs.map(([from, to]) => ({ fromMs: from * HOUR_MS, toMs: to * HOUR_MS }));

test.each([
  ["09:30-16:00", hours([9.5, 16])],
  ["09:30-11:30 13:00-15:00", hours([9.5, 11.5], [13, 15])],
  ["09:30-11:30 11:30-15:00", hours([9.5, 11.5], [11.5, 15])],
  ["17:00-16:00", hours([-7, 16])],
  ["17:00-15:15 15:30-16:00", hours([-7, 15.25], [15.5, 16])],
  ["17:00-17:00", hours([-7, 17])],
  ["00:00-24:00", hours([0, 24])],
  ["00:00-00:00", hours([-24, 0])],
])("%s", (text, expected) => {
  expect(parseHours(text)).toEqual(expected);
});

test.each([
  "",
  "9:30-16:00",
  "09:30",
  "09:30-16:00 ",
  "09:30-24:30",
  "24:00-24:00",
  "09:60-16:00",
  "09:30-11:30, 13:00-15:00",
  "09:30-11:30 11:00-15:00",
  "09:30-11:30 13:00-13:00",
  "09:30-11:30 17:00-16:00",
])("%j is refused", (text) => {
  expect(() => parseHours(text)).toThrow(`"${text}" are not trading hours; write ascending spans`);
});

test("any two times make a span of at most a day that ends at the second", () => {
  const anyMinute = fc.integer({ min: 0, max: 1_439 });
  fc.assert(
    fc.property(anyMinute, anyMinute, (from, to) => {
      const clock = (minute: number) =>
        [Math.floor(minute / 60), minute % 60]
          .map((each) => String(each).padStart(2, "0"))
          .join(":");
      const [span] = parseHours(`${clock(from)}-${clock(to)}`);
      const begin = (from - (from >= to ? 1_440 : 0)) * MINUTE_MS;
      expect(span).toEqual({ fromMs: begin, toMs: to * MINUTE_MS });
    }),
  );
});
