import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readinessOf, type SeriesFacts } from "../../../core/trading/readiness.ts";

const facts = (contiguousBars: number, requiredBars: number, staleReason = ""): SeriesFacts => ({
  key: `K${requiredBars}`,
  contiguousBars,
  requiredBars,
  staleReason,
});

// Goal: READY means that every series has its bars in a row and is up to date; else it says which
// not.
describe("readinessOf", () => {
  it("counts down on the series that is furthest from ready", () => {
    expect(readinessOf([facts(40, 40), facts(3, 20), facts(250, 260)])).toEqual({
      complete: false,
      ready: false,
      reason: "3 of 20 bars of K20",
      bars: 3,
      required: 20,
    });
  });

  it("is complete but not ready while a series is not up to date", () => {
    const late = facts(41, 40, "stale: overdue");
    expect(readinessOf([facts(260, 260), late, facts(9, 9, "other")])).toMatchObject({
      complete: true,
      ready: false,
      reason: "stale: overdue",
    });
  });

  it("says what is missing before it says what is late", () => {
    expect(readinessOf([facts(1, 2, "stale")]).reason).toBe("1 of 2 bars of K2");
  });

  it("is ready with exactly as many bars as are required", () => {
    expect(readinessOf([facts(260, 260)])).toEqual({
      complete: true,
      ready: true,
      reason: "260 bars, up to date",
      bars: 260,
      required: 260,
    });
  });

  it("is the conjunction of all series", () => {
    const series = fc.tuple(fc.nat(5), fc.nat(5), fc.constantFrom("", "", "late"));
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 5 }), (drawn) => {
        const { complete, ready } = readinessOf(drawn.map((each) => facts(...each)));
        expect(complete).toBe(drawn.every(([bars, required]) => bars >= required));
        expect(ready).toBe(complete && drawn.every(([, , reason]) => reason === ""));
      }),
    );
  });
});
