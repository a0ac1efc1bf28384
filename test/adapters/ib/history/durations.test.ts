// Goal: every duration is one that the gateway takes, and reaches as far back as it must.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationsFor, durationText } from "../../../../adapters/ib/history/durations.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { DAY_MS } from "../../../../core/time/instant.ts";

const SIZES = ["1s", "5s", "10s", "30s", "1m", "2m", "3m", "15m", "30m", "1h", "3h", "8h", "1d"];
const texts = (size: string, clockMs: number, days: number, table: "current" | "strict") =>
  durationsFor(barSize(size).ms, { clockMs, days }, table).map(durationText);

describe("durationsFor", () => {
  it("knows the documented limits of today", () => {
    expect(texts("1s", 2_000_000, 1, "current")).toEqual(["2000 S"]);
    expect(texts("1s", 2_001_000, 1, "current")).toEqual([]);
    expect(texts("1m", DAY_MS, 2, "current")).toEqual(["86400 S", "2 D", "1 Y"]);
    expect(texts("1m", DAY_MS + 1, 2, "current")).toEqual(["2 D", "1 Y"]);
    expect(texts("1d", 365 * DAY_MS, 365, "current")).toEqual(["365 D", "1 Y"]);
    expect(texts("1d", 366 * DAY_MS, 366, "current")).toEqual(["2 Y"]);
    expect(texts("1d", 1, 68 * 365 + 1, "current")).toEqual([]);
  });

  it("asks for whole bars, and for a minute at least", () => {
    expect(texts("5s", 7_000, 1, "current")[0]).toBe("60 S");
    expect(texts("15m", 901_000, 1, "current")[0]).toBe("1800 S");
    expect(texts("1s", 1_500, 1, "current")[0]).toBe("2 S");
  });

  it("knows the older table", () => {
    expect(texts("1s", 1_800_000, 1, "strict")).toEqual(["1800 S"]);
    expect(texts("30s", 1_800_001, 1, "strict")).toEqual(["3600 S", "14400 S", "28800 S"]);
    expect(texts("1m", DAY_MS, 1, "strict")).toEqual(["1 D"]);
    expect(texts("1m", 2 * DAY_MS, 2, "strict")).toEqual([]);
    expect(texts("3m", 2 * DAY_MS, 2, "strict")).toEqual(["2 D", "1 W"]);
    expect(texts("1h", 9 * 3_600_000, 1, "strict")).toEqual(["1 D", "2 D", "1 W", "1 M"]);
    expect(texts("1d", 9 * DAY_MS, 9, "strict")).toEqual(["1 M", "1 Y"]);
  });

  // Goal: whichever way seconds and days are counted, nothing that is wanted is cut off.
  it("always reaches", () => {
    const unitMs = { S: 1_000, D: DAY_MS, W: 7 * DAY_MS, M: 28 * DAY_MS, Y: 365 * DAY_MS };
    fc.assert(
      fc.property(
        fc.constantFrom(...SIZES),
        fc.constantFrom("current" as const, "strict" as const),
        fc.integer({ min: 1, max: 400 * DAY_MS }),
        (size, table, clockMs) => {
          const days = Math.floor(clockMs / DAY_MS) + 1;
          for (const each of durationsFor(barSize(size).ms, { clockMs, days }, table)) {
            expect(Number.isInteger(each.count)).toBe(true);
            expect(each.count * unitMs[each.unit]).toBeGreaterThanOrEqual(clockMs);
          }
        },
      ),
    );
  });
});
