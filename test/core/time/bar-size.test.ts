// Goal: a bar size has one object and one label however it is written, and nothing else is
// accepted.
import fc from "fast-check";
import { expect, test } from "vitest";
import { barSize, barSizeOfMs } from "../../../core/time/bar-size.ts";

test("equal sizes are the same object, and the label is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400 }), (seconds) => {
      const size = barSizeOfMs(seconds * 1_000);
      expect(size.ms).toBe(seconds * 1_000);
      expect(barSize(size.label)).toBe(size);
      expect(barSize(`${seconds}s`)).toBe(size);
      expect(Object.isFrozen(size)).toBe(true);
    }),
  );
});

test.each([
  ["60s", "1m"],
  ["90s", "90s"],
  ["15m", "15m"],
  ["60m", "1h"],
  ["24h", "1d"],
  ["1440m", "1d"],
  ["86400s", "1d"],
])("%s is %s", (text, label) => {
  expect(barSize(text).label).toBe(label);
});

test.each([
  "",
  "0m",
  "m",
  "1",
  "1w",
  "1M",
  "2d",
  "25h",
  "86401s",
  "-1m",
  "1.5m",
  " 1m",
  "015m",
  "1mm",
])("%j is refused, and the message says how to write one", (text) => {
  expect(() => barSize(text)).toThrow(`"${text}" is not a bar size; write a whole number`);
  expect(() => barSize(text)).toThrow(expect.objectContaining({ code: "invalid-bar-size" }));
});

test.each([0, 999, 1_500, -1_000, 86_401_000, Number.NaN, Number.POSITIVE_INFINITY])(
  "%d ms is refused",
  (ms) => {
    expect(() => barSizeOfMs(ms)).toThrow(
      expect.objectContaining({
        name: "BarlineError",
        code: "invalid-bar-size",
        message: `a bar of ${ms} ms is not a whole number of seconds up to one day`,
      }),
    );
  },
);
