import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumVolumes } from "../../../core/feed/aggregation/volume-sum.ts";
import { type Bar, createBar } from "../../../core/market/bar.ts";
import { SECOND_MS } from "../../../core/time/instant.ts";
import { BarPath, type PathPart, tradesOf } from "../../../sim/ib/bar-path.ts";
import { volumeUnits } from "../../../sim/ib/volume-parts.ts";
import { OPEN } from "./gateway-fixture.ts";

const ticks = fc.integer({ min: 0, max: 60 });

/** Bars of 1 second to an hour on ticks of a cent; some are flat, some hardly traded. */
const someBar = fc
  .record({
    seconds: fc.constantFrom(1, 5, 15, 60, 900, 3_600),
    low: fc.integer({ min: 1, max: 100_000 }),
    rest: fc.oneof(fc.tuple(ticks, ticks, ticks), fc.constant([0, 0, 0] as const)),
    volume: fc.oneof(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 1, max: 10 ** 9 }).map((units) => units / 10 ** 8),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    ),
  })
  .map(({ seconds, low, rest: [a, b, c], volume }): Bar => {
    const [open, close, high] = [low + a, low + b, low + Math.max(a, b) + c];
    const of = (tick: number) => tick / 100;
    return createBar({
      openTime: OPEN,
      closeTime: OPEN + seconds * SECOND_MS,
      open: of(open),
      high: of(high),
      low: of(low),
      close: of(close),
      volume: volume === 0 ? 0 : volume,
    });
  });

function pathOf(bar: Bar, seed = 1): BarPath {
  return new BarPath(bar, [{ from: bar.openTime, to: bar.closeTime }], 0.01, seed);
}

/** The parts of a path cut every so many seconds, those without trades left out. */
function cut(path: BarPath, seconds: number): PathPart[] {
  const { openTime, closeTime } = path.bar;
  const parts: PathPart[] = [];
  for (let from = openTime; from < closeTime; from += seconds * SECOND_MS) {
    const part = path.part(from, Math.min(closeTime, from + seconds * SECOND_MS));
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function sum(parts: readonly PathPart[]) {
  return {
    open: parts[0]!.open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: parts[parts.length - 1]!.close,
    volume: sumVolumes(
      Float64Array.from(parts, ({ volume }) => volume),
      0,
      parts.length,
    ),
  };
}

// Goal: however a bar is cut, its parts are the bar again, bit for bit.
describe("BarPath", () => {
  it("is the bar again wherever it is cut", () => {
    fc.assert(
      fc.property(someBar, fc.integer(), fc.constantFrom(1, 2, 5, 7, 60), (bar, seed, seconds) => {
        const parts = cut(pathOf(bar, seed), seconds);
        const { open, high, low, close, volume } = bar;
        expect(sum(parts)).toEqual({ open, high, low, close, volume });
        const trades = parts.reduce((total, part) => total + part.trades, 0);
        expect(trades).toBe(tradesOf(bar, (bar.closeTime - bar.openTime) / SECOND_MS));
      }),
    );
  });

  it("grows from its beginning as the sum of what has been", () => {
    fc.assert(
      fc.property(someBar, fc.nat({ max: 3_600 }), (bar, after) => {
        const path = pathOf(bar);
        const at = Math.min(bar.closeTime, bar.openTime + (1 + after) * SECOND_MS);
        const { trades: _, ...grown } = path.part(bar.openTime, at)!;
        const parts: PathPart[] = [];
        for (let from = bar.openTime; from < at; from += SECOND_MS) {
          const part = path.part(from, from + SECOND_MS);
          if (part !== undefined) parts.push(part);
        }
        expect(grown).toEqual(sum(parts));
        expect(path.priceAt(at)).toBe(grown.close);
      }),
    );
  });

  it("trades at the open in the first second, and on the ticks of the market", () => {
    fc.assert(
      fc.property(someBar, fc.integer(), (bar, seed) => {
        const parts = cut(pathOf(bar, seed), 1);
        expect(pathOf(bar, seed).priceAt(bar.openTime)).toBe(bar.open);
        expect(pathOf(bar, seed).part(bar.openTime, bar.openTime + SECOND_MS)!.open).toBe(bar.open);
        for (const { open, close } of parts) {
          expect(Math.round(open * 100) / 100).toBe(open);
          expect(Math.round(close * 100) / 100).toBe(close);
        }
      }),
    );
  });

  it("has volume in every second with a trade, where there is enough to share", () => {
    fc.assert(
      fc.property(someBar, (bar) => {
        const parts = cut(pathOf(bar), 1);
        if (bar.volume > 0) expect(parts.every(({ volume }) => volume > 0)).toBe(true);
      }),
    );
  });

  it("leaves some 5 seconds without a trade, and is another for another seed or bar", () => {
    const of = (openTime: number) =>
      createBar({
        openTime,
        closeTime: openTime + 900_000,
        open: 10,
        high: 11,
        low: 9,
        close: 10.5,
        volume: 1_000,
      });
    const bar = of(OPEN);
    expect(cut(pathOf(bar), 5).length).toBeLessThan(175);
    expect(cut(pathOf(bar), 5)).toEqual(cut(pathOf(bar), 5));
    expect(cut(pathOf(bar, 2), 5)).not.toEqual(cut(pathOf(bar), 5));
    expect(cut(pathOf(of(OPEN + 900_000)), 5)).not.toEqual(cut(pathOf(bar), 5));
  });

  it("trades only while the exchange does", () => {
    const morning = { from: OPEN, to: OPEN + 100_000 };
    const afternoon = { from: OPEN + 500_000, to: OPEN + 600_000 };
    const bar = createBar({
      openTime: morning.from,
      closeTime: afternoon.to,
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      volume: 500,
    });
    const path = new BarPath(bar, [morning, afternoon], 0.01, 1);
    expect(path.part(morning.to, afternoon.from)).toBeUndefined();
    const parts = [morning, afternoon].map(({ from, to }) => path.part(from, to)!);
    expect(sum(parts)).toEqual({ open: 10, high: 12, low: 9, close: 11, volume: 500 });
  });
});

// Goal: a volume is a whole number of units, so that it can be shared out without loss.
describe("volumeUnits", () => {
  it.each([
    [0, 0, 1],
    [12, 12, 1],
    [0.5, 5, 10],
    [0.00012345, 12_345, 1e8],
    [1 / 3, 1, 1],
    [1e16, 1, 1],
  ])("of %d are %d of 1/%d", (volume, units, scale) => {
    expect(volumeUnits(volume)).toEqual({ units, scale });
  });
});
