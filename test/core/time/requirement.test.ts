import { expect, test } from "vitest";
import { requireAtLeast } from "../../../core/time/requirement.ts";

// Goal: an option that is no whole number, or too small a one, is refused by its name, and the
// error says what to give.

test.each([3, 4, Number.MAX_SAFE_INTEGER])("%d is at least 3", (value) => {
  expect(() => requireAtLeast("graceMs", value, 3)).not.toThrow();
});

test.each([2, -4, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%d is refused", (value) => {
  expect(() => requireAtLeast("graceMs", value, 3)).toThrow(
    expect.objectContaining({
      name: "BarlineError",
      code: "invalid-option",
      message: `graceMs is ${value}; give a whole number of at least 3`,
    }),
  );
});
