import { describe, expect, it } from "vitest";
import { refuse } from "../../../../core/feed/seam/bar-admission.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type Series, series } from "../../../../core/market/series.ts";
import { bar, close, GRID, open, SERIES } from "./seam-fixture.ts";

const FUTURE_MS = 60_000;
const judge = (candidate: Bar, now = open(5), of: Series = SERIES): string | undefined =>
  refuse(candidate, of, SERIES, GRID, now, FUTURE_MS)?.fault;

// Goal: what comes in is sound, on the grid, of this series and not from the future; the rest is
// named.
describe("refuse", () => {
  it("lets a sound bar in", () => {
    expect(judge(bar(3))).toBeUndefined();
  });

  it("lets in an equal series that is another object", () => {
    expect(judge(bar(3), open(5), series(instrument("TEST"), GRID.size))).toBeUndefined();
  });

  it("refuses a bar of another series", () => {
    const midpoint = series(instrument("TEST"), GRID.size, "midpoint");
    expect(judge(bar(3), open(5), midpoint)).toBe("wrong-series");
  });

  it("refuses an impossible bar and says why", () => {
    expect(refuse(bar(3, { high: 1 }), SERIES, SERIES, GRID, open(5), 0)).toEqual({
      fault: "high-below-low",
      reason: "its high is below its low",
    });
    expect(judge(bar(3, { low: -1 }))).toBe("price-not-positive");
  });

  it("lets a price below zero in where the instrument can have one", () => {
    const spread = series(instrument("SPREAD", { allowsNegativePrice: true }), GRID.size);
    expect(refuse(bar(3, { low: -1 }), spread, spread, GRID, open(5), 0)).toBeUndefined();
  });

  it.each([
    ["opens between two slots", { openTime: open(3) + 1 }],
    ["opens at lunch", { openTime: close(3), closeTime: close(3) + 900_000 }],
    ["is shorter than its slot", { closeTime: close(3) - 1 }],
    ["spans two slots", { closeTime: close(4) }],
  ])("refuses a bar that %s", (_what, times) => {
    expect(judge(bar(3, times), open(8))).toBe("off-grid");
  });

  it("says in words what is wrong", () => {
    const reason = (candidate: Bar, of: Series = SERIES) =>
      refuse(candidate, of, SERIES, GRID, open(5), FUTURE_MS)?.reason;
    const midpoint = series(instrument("TEST"), GRID.size, "midpoint");
    expect(reason(bar(3), midpoint)).toBe(`it belongs to ${midpoint.key}; series never mix`);
    expect(reason(bar(3, { openTime: open(3) + 1 }))).toBe("no 15m bar of SMALL has its times");
    expect(reason(bar(9))).toBe("it opens more than 60000 ms after 2024-03-04T11:15:00.000Z");
  });

  it("lets a bar in that opens just so far ahead, and refuses the next millisecond", () => {
    expect(judge(bar(5), open(5) - FUTURE_MS)).toBeUndefined();
    expect(judge(bar(5), open(5) - FUTURE_MS - 1)).toBe("from-the-future");
  });
});
