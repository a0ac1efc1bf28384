import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BarAggregator } from "../../../core/feed/aggregation/bar-aggregator.ts";
import type { BarSink } from "../../../core/feed/bar-source.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { plain } from "../../support/market.ts";
import { DerivedWorld, type Told, worldPlans } from "./derived-world.ts";
import { everyKind, feedOf, seen, take } from "./revisable-fixture.ts";

const SIZES = ["15m", "1h", "2h"];

/** What an aggregator makes of what is finally true, told in order. */
function madeOf({ main, grid: baseGrid, slots, truth, lost }: DerivedWorld, grid: BarGrid): Bar[] {
  const made: Bar[] = [];
  const sink: BarSink = {
    bars: ({ bars }) => void made.push(...[...bars].map(plain)),
    coverage: () => {},
    event: () => {},
    end: () => {},
  };
  const aggregator = new BarAggregator({ base: main, baseGrid, grid }, sink);
  const from = slots[0]!.openTime;
  const first = truth.find((bar) => bar !== undefined)!;
  aggregator.coverage({ from, to: first.openTime });
  slots.forEach(({ openTime, closeTime }, index) => {
    const bar = truth[index];
    if (bar !== undefined) {
      const bars = BarColumns.of([bar]);
      aggregator.bars({ series: main, bars, finality: "final", origin: "live", version: 1 });
    } else if (lost.has(index)) {
      const range = { from: openTime, to: closeTime };
      const reason = "test";
      aggregator.event({ type: "gap", series: main, range, outcome: "lost", reason });
    }
  });
  aggregator.coverage({ from, to: slots.at(-1)!.closeTime });
  return made;
}

/** The bars of a size as they stand after all that was told; fails where the order is wrong. */
function viewOf(told: readonly Told[], size: string): Bar[] {
  const known = new Map<number, Bar>();
  let least = Number.NEGATIVE_INFINITY;
  for (const word of told) {
    if (word.size !== size) continue;
    if ("bar" in word) {
      // Neither before one that was told, nor in a hole or before it.
      expect(word.bar.openTime).toBeGreaterThanOrEqual(least);
      known.set(word.bar.openTime, word.bar);
      least = word.bar.closeTime;
    } else if (word.event.type === "revision") {
      const { before, after } = word.event;
      expect(before === null ? undefined : plain(before)).toEqual(known.get(after.openTime));
      known.set(after.openTime, plain(after));
    } else if (word.event.type === "gap") {
      const { outcome, range } = word.event;
      if (outcome === "lost") least = range.to;
      if (outcome === "repaired") expect(known.has(range.from)).toBe(true);
    }
  }
  return [...known.values()].sort((a, b) => a.openTime - b.openTime);
}

// Goal: whatever is said of main bars, in whatever legal order, and whenever: what a run makes of
// them in the end is what would have been made of the final truth, told once.
describe("larger series of a run", () => {
  it("end with the bars, indicators and counts of the final truth", () => {
    fc.assert(
      fc.property(worldPlans, (plan) => {
        const world = new DerivedWorld(plan);
        world.play();
        expect(world.run.outcome).toBeUndefined();
        for (const { feed } of world.run.parts.derived) {
          const { label } = feed.series.size;
          const grid = new BarGrid(world.grid.calendar, barSize(label));
          const bars = madeOf(world, grid);
          expect(viewOf(world.log.told, label)).toEqual(bars);
          const expected = feedOf(everyKind(), 100);
          take(expected, bars);
          expect(seen(feed)).toStrictEqual(seen(expected));
          const lastLost = world.slots[Math.max(...world.lost)];
          const lostTo = lastLost === undefined ? 0 : grid.slotAt(lastLost.openTime)!.closeTime;
          const inRow = bars.filter(({ openTime }) => openTime >= lostTo).length;
          expect([feed.count, feed.contiguous]).toEqual([bars.length, inRow]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("come in the order of their closes, the main bar first, and never early", () => {
    const quick = worldPlans.map((plan) => ({ ...plan, silentSlots: 0 }));
    fc.assert(
      fc.property(quick, (plan) => {
        const world = new DerivedWorld(plan);
        world.play();
        const { handled } = world.log;
        handled.forEach(({ bar: { closeTime }, at, size }, place) => {
          if (plan.setsItsPace) expect(at).toBe(closeTime);
          else expect(at).toBeGreaterThanOrEqual(closeTime);
          const next = handled[place + 1];
          if (next === undefined) return;
          const rank = (label: string): number => SIZES.indexOf(label);
          if (next.bar.closeTime === closeTime) expect(rank(next.size)).toBeGreaterThan(rank(size));
          else expect(next.bar.closeTime).toBeGreaterThan(closeTime);
        });
      }),
      { numRuns: 100 },
    );
  });
});
