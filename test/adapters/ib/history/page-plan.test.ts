// Goal: the plan that people are shown is made of legal pages, as few as can be.
import { describe, expect, it } from "vitest";
import { historyOptions } from "../../../../adapters/ib/history/history-options.ts";
import { describePages, type PlanOptions } from "../../../../adapters/ib/history/page-plan.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { instant } from "../../../../core/time/instant.ts";

const NOW = instant("2024-03-05T15:20:00Z");
const plan = (calendar: string, size: string, bars: number, options: PlanOptions = {}) => {
  const grid = new BarGrid(calendarByName(calendar), barSize(size));
  return describePages(grid, NOW, bars, options).map(({ end, duration, slots }) => [
    end,
    duration,
    slots,
  ]);
};

describe("describePages", () => {
  it("needs one page for the usual warm-ups", () => {
    expect(plan("XNYS", "15m", 260)).toEqual([["", "19 D", 260]]);
    expect(plan("XNYS", "1h", 2_000)).toEqual([["", "2 Y", 2_000]]);
    expect(plan("XNYS", "1d", 2_000)).toEqual([["", "8 Y", 2_000]]);
    expect(plan("CFFEX", "1m", 240)).toEqual([["", "2 D", 240]]);
    expect(plan("24/7", "1m", 1_000)).toEqual([["", "63180 S", 1_000]]);
  });

  it("cuts what is too much for one answer", () => {
    const pages = plan("XNYS", "1m", 5_000);
    expect(pages.map(([, , slots]) => slots)).toEqual([2_000, 1_600, 1_400]);
    expect(pages[0]![0]).toBe("");
    expect(pages.slice(1).every(([end]) => end !== "")).toBe(true);
    expect(plan("24/7", "1s", 4_000).map(([, duration]) => duration)).toEqual([
      "1660 S",
      "2000 S",
      "422 S",
    ]);
  });

  it("keeps to the older table where it must", () => {
    expect(plan("XNYS", "15m", 260, { table: "strict" }).map(([, duration]) => duration)).toEqual([
      "1 W",
      "1 W",
      "1 W",
    ]);
  });

  it("plans one page for adjusted prices, and nothing for nothing", () => {
    expect(plan("XNYS", "15m", 2_500, { priceType: "adjusted" })).toHaveLength(1);
    expect(plan("XNYS", "15m", 0)).toEqual([]);
  });
});

describe("historyOptions", () => {
  it("refuses what makes no sense", () => {
    expect(() => historyOptions({ pageBars: 4_001 })).toThrow("at most 4000");
    expect(() => historyOptions({ pageBars: 0 })).toThrow("pageBars is 0");
    expect(() => historyOptions({ attempts: 0 })).toThrow("attempts is 0");
    expect(historyOptions({ settleMs: 0 }).settleMs).toBe(0);
  });
});
