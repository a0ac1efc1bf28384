import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../../../core/feed/aggregation/aggregate.ts";
import { MemorySource } from "../../../../core/feed/memory-source.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { type BarSize, barSize } from "../../../../core/time/bar-size.ts";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import {
  alignments,
  Bench,
  calendars,
  minuteBar,
  minuteBars,
  minutesOf,
  naive,
  numbers,
  plain,
  seriesOf,
  split,
  WordLog,
} from "./aggregator-fixture.ts";

const seeds = fc.integer({ min: 0, max: 0xffffffff });
const targets = fc.constantFrom("2m", "5m", "15m", "1h", "1d");
const worlds = fc.record({
  calendar: calendars,
  alignment: alignments,
  target: targets,
  seed: seeds,
  thin: fc.constantFrom(0, 0, 2, 3, 20),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

const barsOf = ({ calendar, alignment, seed, thin }: World): Bar[] =>
  minuteBars(calendar, alignment, seed, thin);
const benchOf = ({ calendar, alignment, target }: World): Bench =>
  new Bench(calendar, "1m", target, {}, alignment);

/** All minutes of a calendar, from the first opening to the last close. */
function spanOf({ calendar, alignment }: World): { from: number; to: number } {
  const minutes = minutesOf(calendar, alignment);
  return { from: minutes[0]!, to: minutes.at(-1)! + MINUTE_MS };
}

// Goal: the laws of aggregation hold for any calendar, any bars and any way of telling them.
describe("aggregation", () => {
  it("keeps first open, extremes, last close and volume of every period", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const bars = barsOf(world);
        const bench = benchOf(world);
        const { from, to } = spanOf(world);
        bench.send(bars);
        bench.cover(from, to);
        expect(bench.log.finals).toEqual(naive(bars, bench.grid));
        const volume = (all: readonly Bar[]): number =>
          all.reduce((sum, bar) => sum + bar.volume, 0);
        expect(volume(bench.log.finals)).toBe(volume(bars));
      }),
      { numRuns: 150 },
    );
  });

  it("agrees for any grouping: in steps or at once", () => {
    const steps = (...sizes: string[]): BarSize[] => sizes.map(barSize);
    const ways = fc.constantFrom(
      [steps("1m", "15m"), steps("1m", "5m", "15m")],
      [steps("1m", "1h"), steps("1m", "2m", "4m", "20m", "1h")],
      [steps("1m", "1d"), steps("1m", "5m", "15m", "1h", "1d")],
    );
    // Volumes of up to 9 decimal places, as crypto exchanges quote them.
    const places = fc.constantFrom(1, 10, 1e3, 1e8, 1e9);
    fc.assert(
      fc.property(worlds, ways, places, (world, [atOnce, inSteps], scale) => {
        const draws = numbers(world.seed);
        const bars = barsOf(world).map((bar) => ({
          ...bar,
          volume: draws.next().value / scale,
        }));
        const grid = ({ size }: { readonly size: BarSize }): BarGrid =>
          new BarGrid(world.calendar, size, world.alignment);
        const [first, ...others] = inSteps!;
        let source = new MemorySource(BarColumns.of(bars)) as ReturnType<typeof aggregate>;
        let base = first!;
        for (const size of others) {
          source = aggregate(source, { base, grid });
          base = size;
        }
        const direct = aggregate(new MemorySource(BarColumns.of(bars)), { base: first!, grid });
        const [log, expected] = [new WordLog(), new WordLog()];
        const query = { series: seriesOf(atOnce!.at(-1)!.label) };
        source.open(query, log);
        direct.open(query, expected);
        expect(log.finals).toEqual(expected.finals);
        expect(expected.events).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it("says the same for any batches, and for coverage bar by bar or at the end", () => {
    fc.assert(
      fc.property(worlds, seeds, fc.boolean(), (world, cuts, fine) => {
        const bars = barsOf(world);
        const { from, to } = spanOf(world);
        const bench = benchOf(world);
        let covered = from;
        for (const part of split(bars, cuts)) {
          bench.send(part);
          if (!fine) continue;
          const next = part.at(-1)!.closeTime;
          bench.cover(covered, next);
          covered = next;
        }
        bench.cover(covered, to);
        bench.end();
        const whole = benchOf(world);
        whole.send(bars);
        whole.cover(from, to);
        whole.end();
        expect(bench.log.finals).toEqual(whole.log.finals);
        expect(bench.log.words.at(-1)).toEqual(whole.log.words.at(-1));
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same periods for any start, once they are full", () => {
    fc.assert(
      fc.property(worlds, fc.nat(), fc.boolean(), (world, draw, isCovered) => {
        const bars = barsOf(world);
        if (bars.length === 0) return;
        const start = draw % bars.length;
        const { grid, log, ...bench } = benchOf(world);
        const rest = bars.slice(start);
        const slot = grid.slotAt(rest[0]!.openTime)!;
        // Where nothing traded before the first bar, coverage may say so.
        const before = bars[start - 1]?.closeTime ?? spanOf(world).from;
        const from = isCovered ? before : rest[0]!.openTime;
        bench.aggregator.bars({
          series: bench.base,
          bars: BarColumns.of(rest),
          finality: "final",
          origin: "replay",
          version: 1,
        });
        bench.aggregator.coverage({ from, to: spanOf(world).to });
        const isHeadFull = from <= slot.openTime;
        const expected = naive(bars, grid).filter(({ openTime }) =>
          isHeadFull ? openTime >= slot.openTime : openTime > slot.openTime,
        );
        expect(log.finals).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("ends, after corrections and late bars, with the aggregate of what was corrected", () => {
    fc.assert(
      fc.property(worlds, seeds, (world, noise) => {
        const truth = barsOf(world);
        const draws = numbers(noise);
        const bench = benchOf(world);
        const { from, to } = spanOf(world);
        const told = new Map<number, Bar | undefined>();
        const late: Bar[] = [];
        const correct = (bar: Bar): void => {
          bench.revise(told.get(bar.openTime) ?? null, bar);
        };
        let covered = from;
        for (const bar of truth) {
          const fate = draws.next().value % 12;
          const first = fate === 0 ? undefined : fate === 1 ? minuteBar(bar.openTime, fate) : bar;
          told.set(bar.openTime, first);
          if (first !== undefined) bench.send([first], "live");
          bench.cover(covered, bar.closeTime);
          covered = bar.closeTime;
          if (fate < 2) late.push(bar);
          if (late.length > 0 && draws.next().value % 4 === 0) correct(late.shift()!);
        }
        bench.cover(covered, to);
        for (const bar of late) correct(bar);
        expect(bench.log.view).toEqual(naive(truth, bench.grid));
        expectVersions(bench.log);
      }),
      { numRuns: 120 },
    );
  });

  it("loses the periods of which a part is lost, and no other", () => {
    fc.assert(
      fc.property(worlds, fc.nat(), fc.integer({ min: 1, max: 90 }), (world, draw, length) => {
        const minutes = minutesOf(world.calendar, world.alignment);
        const first = draw % minutes.length;
        const lost = minutes.slice(first, first + length);
        const bench = benchOf(world);
        const { from, to } = spanOf(world);
        const gone = { from: lost[0]!, to: lost.at(-1)! + MINUTE_MS };
        const bars = barsOf(world);
        const isLost = (openTime: number): boolean => openTime >= gone.from && openTime < gone.to;
        bench.send(bars.filter(({ openTime }) => openTime < gone.from));
        bench.cover(from, gone.from);
        bench.gap("lost", gone.from, gone.to);
        bench.cover(gone.from, gone.to);
        bench.send(bars.filter(({ openTime }) => openTime >= gone.to));
        bench.cover(gone.to, to);
        const slots = lost.map((openTime) => bench.grid.slotAt(openTime)!);
        const lostSlots = new Set(slots.map(({ openTime }) => openTime));
        const expected = naive(
          bars.filter(({ openTime }) => !isLost(openTime)),
          bench.grid,
        ).filter(({ openTime }) => !lostSlots.has(openTime));
        expect(bench.log.finals).toEqual(expected);
        const range = { from: slots[0]!.openTime, to: slots.at(-1)!.closeTime };
        expect(bench.log.events).toEqual([
          { type: "gap", series: bench.aggregator.series, range, outcome: "lost", reason: "test" },
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it("passes on as covered whole periods alone, each once, after their bars", () => {
    fc.assert(
      fc.property(worlds, seeds, (world, cuts) => {
        const bench = benchOf(world);
        const { from, to } = spanOf(world);
        let covered = from;
        for (const part of split(barsOf(world), cuts)) {
          bench.send(part);
          bench.cover(covered, part.at(-1)!.closeTime);
          covered = part.at(-1)!.closeTime;
        }
        bench.cover(covered, to);
        let upTo = from;
        let lastClose = from;
        for (const word of bench.log.words) {
          if ("bar" in word) lastClose = word.bar.closeTime;
          if (!("covered" in word)) continue;
          expect(word.covered.from).toBe(upTo);
          upTo = word.covered.to;
          expect(lastClose).toBeLessThanOrEqual(upTo);
          for (const slot of bench.grid.slots(word.covered)) {
            expect(slot.closeTime).toBeLessThanOrEqual(upTo);
          }
        }
        expect(upTo).toBe(to);
      }),
      { numRuns: 100 },
    );
  });
});

/** Revisions of a period count up from 2, and each names what was said before. */
function expectVersions(log: WordLog): void {
  const said = new Map<number, { readonly bar: Bar | null; readonly version: number }>();
  for (const word of log.words) {
    if ("bar" in word) said.set(word.bar.openTime, { bar: word.bar, version: 1 });
    if (!("event" in word) || word.event.type !== "revision") continue;
    const { before, after, version } = word.event;
    const last = said.get(after.openTime) ?? { bar: null, version: 1 };
    expect(before === null ? null : plain(before)).toEqual(last.bar);
    expect(version).toBe(last.version + 1);
    said.set(after.openTime, { bar: plain(after), version });
  }
}
