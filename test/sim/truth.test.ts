import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant } from "../../core/time/instant.ts";
import { generateBars, Truth } from "../../sim/index.ts";
import { barAt, changed, market } from "../support/market.ts";

const MARKET = { size: "15m", from: "2024-03-04T00:00:00Z", bars: 40, emptyShare: 0.2 } as const;
const truth = market(MARKET);
const last = truth.bars.length - 1;

// Goal: one market, told the same way to everyone, whenever they ask.
describe("Truth", () => {
  it("needs at least one bar", () => {
    expect(() => new Truth(truth.series, truth.grid, new BarColumns(), 1)).toThrow(
      "a simulated market needs at least one bar",
    );
  });

  it("finds the first bar that opens at or after an instant", () => {
    const opens = [...truth.bars].map(({ openTime }) => openTime);
    const around = fc.integer({ min: opens[0]! - 10, max: opens.at(-1)! + 10 });
    const near = fc.tuple(fc.constantFrom(...opens), fc.integer({ min: -1, max: 1 }));
    fc.assert(
      fc.property(
        fc.oneof(
          around,
          near.map(([open, offset]) => open + offset),
        ),
        (at) => {
          const expected = opens.findIndex((open) => open >= at);
          expect(truth.indexFrom(at)).toBe(expected < 0 ? opens.length : expected);
        },
      ),
    );
  });

  it("tells each revision from the instant at which it is known, and counts versions", () => {
    const revised = market({
      ...MARKET,
      revise: (bars) => [
        { at: bars.closeTime[5]! + 200, bar: changed(bars.at(5), { volume: 2 }) },
        { at: bars.closeTime[5]! + 100, bar: changed(bars.at(5), { volume: 1 }) },
        { at: bars.closeTime[5]! + 150, bar: changed(bars.at(4), { volume: 3 }) },
      ],
    });
    const { closeTime } = revised.bars.at(5);
    const known = [99, 100, 199, 200].map((offset) => {
      const { bar, version } = revised.asOf(5, closeTime + offset);
      return [bar.volume, version];
    });
    expect(known).toEqual([
      [barAt(revised, 5).volume, 1],
      [1, 2],
      [1, 2],
      [2, 3],
    ]);
    expect(revised.revisions.map(({ bar }) => bar.volume)).toEqual([1, 3, 2]);
  });
});

// Goal: a forming bar only grows, stays inside the whole one and ends as it; and is always the
// same.
describe("Truth.forming", () => {
  it("grows monotonously within the final bar", () => {
    const progresses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(fc.nat(last), progresses, (index, drawn) => {
        const whole = truth.bars.at(index);
        let before = truth.forming(index, 0);
        expect([before.open, before.close, before.volume]).toEqual([whole.open, whole.open, 0]);
        for (const progress of drawn.sort((a, b) => a - b)) {
          const bar = truth.forming(index, progress);
          expect(bar.openTime).toBe(whole.openTime);
          expect(bar.closeTime).toBe(whole.closeTime);
          expect(bar.open).toBe(whole.open);
          expect(bar.high).toBeGreaterThanOrEqual(before.high);
          expect(bar.low).toBeLessThanOrEqual(before.low);
          expect(bar.volume).toBeGreaterThanOrEqual(before.volume);
          expect(bar.high).toBeLessThanOrEqual(whole.high);
          expect(bar.low).toBeGreaterThanOrEqual(whole.low);
          expect(bar.volume).toBeLessThanOrEqual(whole.volume);
          expect(truth.forming(index, progress)).toEqual(bar);
          before = bar;
        }
      }),
    );
  });

  it("is the whole bar at 1", () => {
    for (let index = 0; index <= last; index += 1) {
      expect({ ...barAt(truth, index) }).toEqual({ ...plainForming(index, 1) });
    }
  });

  it("shows the extremes in either order, as drawn for the bar", () => {
    const highFirst = [...truth.bars].map((whole, index) => {
      for (let step = 1; step < 100; step += 1) {
        const { high, low } = truth.forming(index, step / 100);
        if (high > whole.open !== low < whole.open) return high > whole.open;
      }
      return undefined;
    });
    expect(new Set(highFirst)).toContain(true);
    expect(new Set(highFirst)).toContain(false);
  });
});

function plainForming(index: number, progress: number) {
  const { openTime, closeTime, open, high, low, close, volume } = truth.forming(index, progress);
  return { openTime, closeTime, open, high, low, close, volume };
}

// Goal: a made-up market has sound bars on the grid, in steps, and the same ones for the same seed.
describe("generateBars", () => {
  const grid = new BarGrid(calendarByName("XNYS"), barSize("1h"));
  const from = instant("2024-03-04T00:00:00Z");

  it("fills the slots of the grid, one after the other", () => {
    const made = generateBars(grid, { seed: 1, bars: 50, from });
    const slots = [...grid.slots({ from, to: made.closeTime[49]! })];
    expect([...made].map(({ openTime, closeTime }) => ({ openTime, closeTime }))).toEqual(slots);
  });

  it("repeats itself for a seed and not for another", () => {
    const columns = (seed: number) =>
      [...generateBars(grid, { seed, bars: 30, from })].map(({ close }) => close);
    expect(columns(1)).toEqual(columns(1));
    expect(columns(1)).not.toEqual(columns(2));
  });

  it("leaves slots out in about the share it was told, without changing the others", () => {
    const all = generateBars(grid, { seed: 1, bars: 400, from });
    const some = generateBars(grid, { seed: 1, bars: 200, from, emptyShare: 0.3 });
    const bars = new Map([...all].map((bar) => [bar.openTime, bar.close]));
    for (const { openTime, close } of some)
      if (bars.has(openTime)) expect(close).toBe(bars.get(openTime));
    const slots = grid.count({ from, to: some.closeTime[199]! });
    expect(200 / slots).toBeGreaterThan(0.6);
    expect(200 / slots).toBeLessThan(0.8);
  });

  it("ends with the calendar, and refuses to begin after it", () => {
    const end = instant("2030-12-31T00:00:00Z");
    expect(generateBars(grid, { seed: 1, bars: 100, from: end }).length).toBeLessThan(10);
    expect(() => generateBars(grid, { seed: 1, bars: 1, from: end + 1e10 })).toThrow("has no bar");
  });

  it.each([0.01, 0.05, 0.25, 1, 5, 25])("moves in steps of %d", (priceIncrement) => {
    const made = generateBars(grid, { seed: 3, bars: 60, from, price: 500, priceIncrement });
    for (const { open, high, low, close } of made) {
      for (const price of [open, high, low, close]) {
        expect(price).toBeGreaterThan(0);
        const steps = price / priceIncrement;
        expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-6);
      }
    }
  });
});
