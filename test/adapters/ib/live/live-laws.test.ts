// Goal: whatever happens to the streams, a splice of them with history gives every bar of the truth
// once and whole: what a dead stream missed is repaired, and nothing half is taken for a bar.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IbLiveSource } from "../../../../adapters/ib/live/ib-live-source.ts";
import type { LiveMode } from "../../../../adapters/ib/live/live-options.ts";
import { splice } from "../../../../core/feed/seam/splice.ts";
import { type Bar, sameBar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import type { Series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { HOUR_MS, SECOND_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { generateBars, Truth } from "../../../../sim/index.ts";
import { momentOf, moments, truthsOf } from "../../../properties/worlds.ts";
import { FeedLog } from "../../../support/feed-log.ts";
import { plain } from "../../../support/market.ts";
import { readyHistory } from "../../../support/scripted-source.ts";
import { at, CALENDAR, CONTRACT, seriesOf } from "./bench.ts";
import { FakeLink, row } from "./fake-link.ts";
import { LiveWorld, type TroubleAt, troubles } from "./live-world.ts";

interface Lived {
  readonly log: FeedLog;
  readonly clock: VirtualTime;
  readonly link: FakeLink;
}

/** Lives through a market from an instant to some hours after its end, and closes. */
function live(
  truth: Truth,
  start: UnixMs,
  mode: LiveMode,
  list: readonly TroubleAt[],
  begin: (link: FakeLink) => LiveWorld,
): Lived {
  const clock = new VirtualTime(start);
  const link = new FakeLink(clock);
  const world = begin(link);
  const end = momentOf(truth, 1);
  world.plan(list, start, end);
  const grid = (series: Series): BarGrid => new BarGrid(truth.grid.calendar, series.size);
  const source = splice({
    history: readyHistory(truth),
    live: new IbLiveSource({ link, contract: CONTRACT, grid, mode }),
    grid,
    clock,
    // Only a word after its close tells that a bar is whole: a stream may have died before it.
    sequencer: { quietMs: 0 },
  });
  const log = new FeedLog(clock);
  const subscription = source.open({ series: truth.series }, log);
  clock.advanceTo(end + 4 * HOUR_MS);
  subscription.close();
  return { log, clock, link };
}

/** The released bars are those of the truth that closed after the start, and nothing is left. */
function expectTruth(truth: Truth, start: UnixMs, { log, clock, link }: Lived): void {
  const first = [...truth.bars].filter((bar) => bar.closeTime <= start).length;
  const expected = truth.bars.slice(first, truth.bars.length);
  expect(log.finals.length).toBe(expected.length);
  log.finals.forEach((bar, index) => {
    if (!sameBar(bar, expected.at(index))) expect(bar).toEqual(plain(expected.at(index)));
  });
  expect(log.gaps.filter((gap) => gap.startsWith("lost"))).toEqual([]);
  expect(log.of("revision")).toEqual([]);
  expect(log.of("rejection")).toEqual([]);
  expect(link.open).toEqual([]);
  expect(link.listeners).toBe(0);
  expect(clock.nextAt).toBeUndefined();
}

/** Restates the bar in progress of a truth on a grid of instants, and each bar 1 s after it. */
function restating(truth: Truth, link: FakeLink): LiveWorld {
  const { clock } = link;
  const forming = (now: UnixMs): Bar | undefined => {
    const index = truth.indexFrom(now + 1) - 1;
    if (index < 0) return undefined;
    const { openTime, closeTime } = truth.bars.at(index);
    return truth.forming(index, Math.min(1, (now - openTime) / (closeTime - openTime)));
  };
  const world = new LiveWorld(link, (asked) => {
    const bar = forming(clock.now());
    asked.history(...(bar === undefined ? [] : [row(bar)]));
  });
  const stepMs = Math.min(60 * SECOND_MS, truth.grid.size.ms / 8);
  const step = (index: number, now: UnixMs): void => {
    if (index >= truth.bars.length) return;
    const { closeTime } = truth.bars.at(index);
    if (now >= closeTime) {
      clock.schedule(closeTime + SECOND_MS, () => {
        world.talk((asked) => asked.update(row(truth.bars.at(index))));
      });
      const next = truth.bars.openTime[index + 1];
      if (next !== undefined) clock.schedule(next + 1, () => step(index + 1, next + 1));
      return;
    }
    world.talk((asked) => asked.update(row(forming(now)!)));
    const then = Math.min(closeTime, now + stepMs);
    clock.schedule(then, () => step(index, then));
  };
  const first = truth.indexFrom(clock.now());
  const before = first > 0 && truth.bars.closeTime[first - 1]! > clock.now() ? first - 1 : first;
  const from = Math.max(clock.now(), truth.bars.openTime[before] ?? clock.now());
  clock.schedule(from + 1, () => step(before, from + 1));
  return world;
}

/** Tells each 5 seconds of a truth, also those without a trade; some it forgets. */
function telling(parts: Truth, link: FakeLink, forgets: (index: number) => boolean): LiveWorld {
  const { clock } = link;
  const world = new LiveWorld(link, () => {});
  const slots = parts.grid.slots({ from: clock.now(), to: momentOf(parts, 1) });
  let index = 0;
  const next = (): void => {
    const slot = slots.next().value;
    if (slot === undefined) return;
    clock.schedule(slot.closeTime + 100, () => {
      const place = parts.indexFrom(slot.openTime);
      const before = parts.bars.close[Math.max(0, place - 1)]!;
      const quiet = { open: before, high: before, low: before, close: before, volume: 0 };
      const has = parts.bars.openTime[place] === slot.openTime;
      const bar = has ? parts.bars.at(place) : { ...slot, ...quiet };
      if (!forgets(index)) world.talk((asked) => asked.realTimeBar(row(bar)));
      index += 1;
      next();
    });
  };
  next();
  return world;
}

/** The truth that parts of it add up to, by the plainest reading. */
function summed(parts: Truth, size: string): Truth {
  const series = seriesOf(size);
  const grid = new BarGrid(CALENDAR, series.size);
  const groups = new Map<UnixMs, Bar[]>();
  for (const bar of parts.bars) {
    const { openTime } = grid.slotAt(bar.openTime)!;
    groups.set(openTime, [...(groups.get(openTime) ?? []), bar]);
  }
  const bars = [...groups].map(([openTime, group]) => ({
    openTime,
    closeTime: grid.closeOf(openTime),
    open: group[0]!.open,
    high: Math.max(...group.map(({ high }) => high)),
    low: Math.min(...group.map(({ low }) => low)),
    close: group.at(-1)!.close,
    volume: group.reduce((total, { volume }) => total + volume, 0),
  }));
  return new Truth(series, grid, BarColumns.of(bars), 1);
}

describe("a splice of streams that die, fall silent and come back", () => {
  it("gives every bar once and whole when they are kept up to date", () => {
    const truths = truthsOf(40).filter(({ series }) => series.size.label !== "45m");
    fc.assert(
      fc.property(truths, moments, troubles, (truth, share, list) => {
        const start = momentOf(truth, share);
        const lived = live(truth, start, "keep-up-to-date", list, (link) => restating(truth, link));
        expectTruth(truth, start, lived);
      }),
      { numRuns: 80 },
    );
  });

  it("gives every bar once and whole when they are made of real-time bars", () => {
    const worlds = fc.record({
      seed: fc.nat(1_000_000),
      bars: fc.integer({ min: 1, max: 900 }),
      emptyShare: fc.constantFrom(0, 0.1, 0.9),
      size: fc.constantFrom("5s", "10s", "1m", "5m", "1d"),
      forgotten: fc.uniqueArray(fc.nat(900), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(worlds, moments, troubles, (drawn, share, list) => {
        const { seed, bars, emptyShare, size, forgotten } = drawn;
        const grid = new BarGrid(CALENDAR, seriesOf("5s").size);
        const made = generateBars(grid, { seed, bars, from: at("09:00"), emptyShare });
        const parts = new Truth(seriesOf("5s"), grid, made, seed);
        const truth = summed(parts, size);
        const start = momentOf(parts, share);
        const lived = live(truth, start, "real-time-bars", list, (link) =>
          telling(parts, link, (index) => forgotten.includes(index)),
        );
        expectTruth(truth, start, lived);
      }),
      { numRuns: 60 },
    );
  });
});

describe("while nothing goes wrong", () => {
  const market = (size: string): Truth => {
    const series = seriesOf(size);
    const grid = new BarGrid(CALENDAR, series.size);
    const sessionBars = (2 * HOUR_MS) / series.size.ms;
    const bars = generateBars(grid, {
      seed: 3,
      bars: sessionBars,
      from: at("09:00"),
      emptyShare: 0,
    });
    return new Truth(series, grid, bars, 3);
  };
  /** Each bar as origin and milliseconds after its close. */
  const arrivals = ({ log }: Lived): Set<string> =>
    new Set(log.received.map(({ origin, bar, at: time }) => `${origin} ${time - bar.closeTime}`));

  it("each bar comes from the stream, joined at any moment, once the grace has passed", () => {
    const truth = market("5m");
    for (const start of ["09:00:00", "09:00:01", "09:04:59", "10:30:00"]) {
      const lived = live(truth, at(start), "keep-up-to-date", [], (link) => restating(truth, link));
      expectTruth(truth, at(start), lived);
      expect(arrivals(lived)).toEqual(new Set(["live 3000"]));
    }
  });

  it("a bar made of real-time bars comes with the last of them", () => {
    const parts = market("5s");
    const truth = summed(parts, "5m");
    const lived = live(truth, at("09:00"), "real-time-bars", [], (link) =>
      telling(parts, link, () => false),
    );
    expectTruth(truth, at("09:00"), lived);
    expect(arrivals(lived)).toEqual(new Set(["live 100"]));
  });

  it("only the bar that was joined in the middle comes from history", () => {
    const parts = market("5s");
    const truth = summed(parts, "5m");
    const start = at("09:02:30");
    const lived = live(truth, start, "real-time-bars", [], (link) =>
      telling(parts, link, () => false),
    );
    expectTruth(truth, start, lived);
    expect(lived.log.received.map(({ origin }) => origin).indexOf("live")).toBe(1);
    expect(lived.log.received.filter(({ origin }) => origin !== "live")).toHaveLength(1);
  });
});
