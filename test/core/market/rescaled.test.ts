import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bar } from "../../../core/market/bar.ts";
import { rescaled } from "../../../core/market/rescaled.ts";

// Goal: a split or another adjustment is told from a correction, whatever the prices were rounded
// to, and nothing else is taken for one.

function bar(open: number, high: number, low: number, close: number): Bar {
  return { openTime: 0, closeTime: 1, open, high, low, close, volume: 5 };
}

const BEFORE = bar(100, 104, 98, 102);

describe("rescaled", () => {
  it.each([
    ["a split in two", bar(50, 52, 49, 51), 0.5],
    ["a split in three, rounded to cents", bar(33.33, 34.67, 32.67, 34), 1 / 3],
    ["a reverse split", bar(1_000, 1_040, 980, 1_020), 10],
    ["an adjustment for a dividend", bar(97, 100.88, 95.06, 98.94), 0.97],
  ])("finds %s", (_what, after, factor) => {
    expect(rescaled(BEFORE, after)).toBeCloseTo(factor, 9);
  });

  it.each([
    ["the same bar", BEFORE],
    ["another close", bar(100, 104, 98, 99)],
    ["prices that all changed, but not alike", bar(50, 55, 49, 51)],
    ["a high alone", bar(50, 60, 49, 51)],
    ["a low alone", bar(50, 52, 40, 51)],
    ["a little less of all", bar(99, 102.96, 97.02, 100.98)],
  ])("takes %s for none", (_what, after) => {
    expect(rescaled(BEFORE, after)).toBeUndefined();
  });

  it("makes nothing of prices that are zero, negative or none", () => {
    const zero = bar(0, 0, 0, 0);
    expect(rescaled(zero, BEFORE)).toBeUndefined();
    expect(rescaled(BEFORE, zero)).toBeUndefined();
    expect(rescaled(zero, zero)).toBeUndefined();
    expect(rescaled(BEFORE, { ...BEFORE, close: -51 })).toBeUndefined();
    expect(rescaled({ ...BEFORE, open: 0 }, bar(50, 52, 49, 51))).toBeUndefined();
  });

  it("finds any factor but those around 1", () => {
    const price = fc.double({ min: 1, max: 1e5, noNaN: true });
    const factors = fc.oneof(
      fc.double({ min: 0.01, max: 0.979, noNaN: true }),
      fc.double({ min: 1.021, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(price, price, factors, (a, b, factor) => {
        const before = { ...BEFORE, open: a, high: a + b, low: a / 2, close: b };
        const after = {
          ...before,
          open: a * factor,
          high: (a + b) * factor,
          low: (a / 2) * factor,
          close: b * factor,
        };
        expect(rescaled(before, after)).toBeCloseTo(factor, 6);
        expect(rescaled(before, { ...after, open: after.open * 1.01 })).toBeUndefined();
      }),
    );
  });
});
