import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDecimal } from "../../../adapters/csv/number-text.ts";

// Goal: a decimal number is the nearest double, and nothing else is a number.

describe("parseDecimal", () => {
  // Goal: every double that is written comes back, bit for bit.
  it("reads what JavaScript writes", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseDecimal(String(value))).toBe(value === 0 ? 0 : value);
        expect(parseDecimal(` ${value}\t`)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  // Goal: the quick way through decides as the written grammar does.
  it("accepts the grammar of decimal numbers and nothing else", () => {
    const grammar = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
    const text = fc.string({ unit: fc.constantFrom(..."0123456789+-.eExoba_, "), maxLength: 7 });
    fc.assert(
      fc.property(text, (candidate) => {
        const isNumber = grammar.test(candidate) && Number.isFinite(Number(candidate));
        expect(Number.isNaN(parseDecimal(candidate))).toBe(!isNumber);
        if (isNumber) expect(parseDecimal(candidate)).toBe(Number(candidate));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(["", " ", "NaN", "nan", "Infinity", "-Infinity", "1e999", "0x1F", "0b1", "0o7", "1n"])(
    "takes %j for no number",
    (text) => expect(parseDecimal(text)).toBeNaN(),
  );
});
