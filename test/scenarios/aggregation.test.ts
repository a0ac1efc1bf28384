import { describe, expect, test } from "vitest";
import { sma } from "../../core/indicators/sma.ts";
import type { Bar } from "../../core/market/bar.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { formatInstant, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import {
  defineStrategy,
  type IndicatorHandle,
  type Strategy,
} from "../../core/trading/strategy.ts";
import { barAt, barsOf, changed, market } from "../support/market.ts";
import { type HandledBar, saidAfter } from "../support/run-log.ts";
import { ScriptedSource } from "../support/scripted-source.ts";
import { uninterrupted, World } from "../support/world.ts";

// Goal: larger bars are made of exactly the smaller ones in them, whatever path those took, are
// stamped and ordered like all others, and come to the strategy in full or not at all.

const FROM = "2024-01-02T00:00:00Z";

/** Declares larger sizes in the order given, each with an average; notes what it is called with. */
function layered(sizes: readonly string[], calls: string[] = []): Strategy {
  return defineStrategy({
    name: "layered",
    parameters: {},
    setup(declare) {
      declare.indicator(sma(4));
      for (const size of sizes) {
        const on = declare.series(size, (bar) =>
          calls.push(`${size} ${formatInstant(bar.openTime)}`),
        );
        declare.indicator(sma(3), { on });
      }
      return { onBar: (bar) => calls.push(`base ${formatInstant(bar.openTime)}`) };
    },
  });
}

/** The bar of some smaller ones: computed here a second time, from what the words mean. */
function joined(openTime: number, closeTime: number, bars: readonly Bar[]): Bar {
  const inside = bars.filter((bar) => bar.openTime >= openTime && bar.openTime < closeTime);
  return {
    openTime,
    closeTime,
    open: inside[0]!.open,
    high: Math.max(...inside.map(({ high }) => high)),
    low: Math.min(...inside.map(({ low }) => low)),
    close: inside.at(-1)!.close,
    volume: inside.reduce((sum, { volume }) => sum + volume, 0),
  };
}

/** All bars of `ms` length, aligned to UTC, that lie whole in some smaller bars. */
function joinedAll(ms: number, bars: readonly Bar[]): Bar[] {
  const all: Bar[] = [];
  const to = bars.at(-1)!.closeTime;
  let openTime = Math.ceil(bars[0]!.openTime / ms) * ms;
  for (; openTime + ms <= to; openTime += ms) all.push(joined(openTime, openTime + ms, bars));
  return all;
}

describe("larger bars at the hand-off", () => {
  const truth = market({ size: "1m", from: FROM, bars: 150 });
  const bars = barsOf(truth);
  const whole = uninterrupted(truth, layered(["5m"])).log;

  test("15: backfill is aggregated by other labels than live (NautilusTrader #2857) -> one label, at every cut of the period", () => {
    for (let cut = 60; cut < 66; cut += 1) {
      for (const intoBarMs of [0, 20 * SECOND_MS]) {
        const start = barAt(truth, cut).openTime + intoBarMs;
        const world = new World(truth, start);
        const { log } = world.run(layered(["5m"]));
        world.runTo();
        const made = log.bars("5m");
        const base = log.bars("1m");
        expect(made).toEqual(joinedAll(5 * MINUTE_MS, base));
        expect(made[0]!.openTime).toBeLessThan(start - 14 * MINUTE_MS);
        expect(made.at(-1)!.closeTime).toBe(bars.at(-1)!.closeTime);
        expect(saidAfter(log.values, start)).toEqual(saidAfter(whole.values, start));
      }
    }
  });

  test("15: history labels its bars by their close -> what no bar of the session can be called is refused", () => {
    // Of a session's bars the last one, labeled 16:00, gives it away: nothing opens at the close.
    const calendar = calendarByName("XNYS");
    const truth = market({ calendar, size: "15m", from: "2024-03-04T00:00:00Z", bars: 78 });
    const start = barAt(truth, 30).openTime;
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        const late = barsOf(truth, from! - 15 * MINUTE_MS, to).map((bar) =>
          changed(bar, { openTime: bar.closeTime, closeTime: bar.closeTime + 15 * MINUTE_MS }),
        );
        source.say(late.filter(({ openTime }) => openTime < to!));
        source.cover(from!, to!);
        source.end({ kind: "complete" });
      },
    });
    const world = new World(truth, start, { splice: { history } });
    const { log } = world.run(layered(["1h"]));
    world.runTo(start + SECOND_MS);
    const refused = log
      .of("rejection")
      .map(({ fault, bar }) => [fault, formatInstant(bar.openTime)]);
    expect(refused).toContainEqual(["off-grid", "2024-03-04T21:00:00.000Z"]);
  });

  test("16: the first aggregated bar is a part of one (NautilusTrader #2597) -> natural warm-up begins with a full period", () => {
    const start = barAt(truth, 62).openTime + 30 * SECOND_MS;
    const world = new World(truth, start, { splice: { backfill: false } });
    const { log } = world.run(layered(["5m"]));
    world.runTo();
    // The bar in progress is restated whole, so the stream begins with minute 62; 60 and 61 are
    // unknown.
    expect(log.bars("1m")[0]).toEqual(barAt(truth, 62));
    expect(log.bars("5m")[0]!.openTime).toBe(barAt(truth, 65).openTime);
    expect(log.bars("5m")).toEqual(joinedAll(5 * MINUTE_MS, bars.slice(62)));
  });

  test("16: the head of the period in progress -> backfilled, so that the first live period is full", () => {
    const start = barAt(truth, 62).openTime + 30 * SECOND_MS;
    const world = new World(truth, start);
    const { log } = world.run(layered(["5m"]));
    world.runTo();
    const first = log.bars("5m").find(({ closeTime }) => closeTime > start)!;
    expect(first).toEqual(joined(barAt(truth, 60).openTime, barAt(truth, 65).openTime, bars));
  });

  test("23: the consolidator is fed history twice (Lean #2404) -> volume is counted once", () => {
    const gateway = { duplicateShare: 1, pageBars: 9, seed: 2 };
    const world = new World(truth, barAt(truth, 63).openTime, { gateway });
    const { log } = world.run(layered(["5m"]));
    world.runTo();
    expect(log.bars("5m").length).toBeGreaterThan(15);
    expect(log.bars("5m")).toEqual(joinedAll(5 * MINUTE_MS, log.bars("1m")));
    expect(log.of("rejection")).toEqual([]);
  });

  for (const [name, gateway] of [
    ["late by up to ten seconds", { lateShare: 1, lateMs: 10_000, seed: 3 }],
    ["on a slow line", { liveDelayMs: 2_900 }],
    ["without finals", { sendsFinals: false }],
  ] as const) {
    test(`25: a 5-minute bar misses its last minute (Lean #8363), finals ${name} -> the events count, not the clock`, () => {
      const world = new World(truth, barAt(truth, 60).openTime, { gateway });
      const { log } = world.run(layered(["5m"]));
      world.runTo();
      expect(log.bars("5m").length).toBeGreaterThan(15);
      expect(log.bars("5m")).toEqual(joinedAll(5 * MINUTE_MS, log.bars("1m")));
    });
  }

  test("25: the source's clock is three milliseconds ahead of ours -> no minute goes out before its close, none is missing", () => {
    const live = new ScriptedSource(truth.series);
    const start = barAt(truth, 60).openTime;
    const world = new World(truth, start, { splice: { live } });
    for (const bar of bars.slice(60)) {
      world.clock.schedule(bar.closeTime - 3, () => live.final(bar));
    }
    const { log } = world.run(layered(["5m"]));
    world.runTo(bars.at(-1)!.closeTime + MINUTE_MS);
    for (const { bar, at } of log.handled) expect(at).toBeGreaterThanOrEqual(bar.closeTime);
    expect(world.asked.length).toBe(1);
    expect(log.bars("1m").slice(-90)).toEqual(bars.slice(-90));
    expect(log.bars("5m")).toEqual(joinedAll(5 * MINUTE_MS, log.bars("1m")));
  });

  test("26: the first 15-minute bar holds 16 minutes (Lean #4885) -> fifteen, and the boundary belongs to the next", () => {
    // Each minute trades one unit, so that the volume counts the minutes.
    const counted = bars.map((bar) => changed(bar, { volume: 1 }));
    const { log: replayed } = uninterrupted(truth, layered(["15m"]), { bars: counted });
    expect(replayed.bars("15m").map(({ volume }) => volume)).toEqual(Array(10).fill(15));
    for (const cut of [74, 75, 76]) {
      const start = barAt(truth, cut).openTime;
      const world = new World(truth, start);
      const { log } = world.run(layered(["15m"]));
      world.runTo();
      const next = log.bars("15m").find(({ openTime }) => openTime === barAt(truth, 75).openTime);
      expect(next).toEqual(joined(barAt(truth, 75).openTime, barAt(truth, 90).openTime, bars));
      expect(next!.open).toBe(barAt(truth, 75).open);
    }
  });
});

describe("the order of sizes", () => {
  /** What was handled at each close, as sizes in order. */
  function sizesAt(handled: readonly HandledBar[], closeTime: number): string[] {
    return handled.filter(({ bar }) => bar.closeTime === closeTime).map(({ size }) => size);
  }
  const truth = market({ size: "15m", from: FROM, bars: 96 * 5 });

  test("18: 1-day fires before 1-hour before 1-minute at midnight (NautilusTrader #3687) -> smallest first, in every mode", () => {
    // Declared in the wrong order on purpose.
    const midnight = instant("2024-01-06T00:00:00Z");
    const calls: string[] = [];
    const replayed = uninterrupted(truth, layered(["1d", "1h", "4h"], calls));
    const order = ["15m", "1h", "4h", "1d"];
    expect(sizesAt(replayed.log.handled, midnight)).toEqual(order);
    const world = new World(truth, instant("2024-01-05T06:10:00Z"));
    const live: string[] = [];
    const { log } = world.run(layered(["1d", "1h", "4h"], live));
    world.runTo();
    expect(sizesAt(log.handled, midnight)).toEqual(order);
    const last = [
      "base 2024-01-05T23:45:00.000Z",
      "1h 2024-01-05T23:00:00.000Z",
      "4h 2024-01-05T20:00:00.000Z",
      "1d 2024-01-05T00:00:00.000Z",
    ];
    for (const made of [calls, live]) {
      const at = made.indexOf(last[0]!);
      expect(made.slice(at, at + 4)).toEqual(last);
    }
  });

  test("13: an hour is handled as it opens (NautilusTrader #4577) -> after the last of its quarters", () => {
    const { log } = uninterrupted(truth, layered(["1h"]));
    const hour = log.handled.findIndex(({ size }) => size === "1h");
    expect(log.handled.slice(0, hour).map(({ size }) => size)).toEqual(Array(4).fill("15m"));
    for (const { bar, at } of log.handled) expect(at).toBe(bar.closeTime);
  });

  test("44: the higher time frame is joined one bar off (freqtrade #4255, #5342) -> the last one closed, from the first decision on", () => {
    const hours = joinedAll(HOUR_MS, barsOf(truth));
    for (let phase = 0; phase < 4; phase += 1) {
      const start = barAt(truth, 300 + phase).openTime + MINUTE_MS;
      const seen: [number, number, number][] = [];
      let hourly: IndicatorHandle | undefined;
      const strategy = defineStrategy({
        name: "informed",
        parameters: {},
        setup(declare) {
          hourly = declare.indicator(sma(10), { on: declare.series("1h") });
          return {
            onBar: ({ closeTime }) => seen.push([closeTime, hourly!.value, hourly!.previous]),
          };
        },
      });
      const world = new World(truth, start);
      const { run, log } = world.run(strategy);
      world.runTo(start + MINUTE_MS);
      // Ready at once: the start-up counts the hours, and not bars of the base size.
      expect(run.state).toBe("READY");
      expect(log.bars("1h").length).toBe(10);
      world.runTo();
      expect(seen.length).toBe(truth.bars.length - 300 - phase);
      for (const [closeTime, value, previous] of seen) {
        const closed = hours.filter((hour) => hour.closeTime <= closeTime);
        const mean = (of: readonly Bar[]): number => {
          const average = sma(10);
          for (const { close } of of) average.update(close);
          return average.value;
        };
        expect(value).toBe(mean(closed.slice(-10)));
        // Before READY there was no hour that this run knows of; afterwards the one before counts.
        if (closeTime >= start + HOUR_MS) expect(previous).toBe(mean(closed.slice(-11, -1)));
      }
    }
  });
});

describe("larger bars around a hole", () => {
  const truth = market({ size: "15m", from: FROM, bars: 96 });
  const start = barAt(truth, 42).openTime + MINUTE_MS;
  // Of the backfill one hour cannot be had: two whole ones lie before it, half of one after it.
  const hole = { from: barAt(truth, 36).openTime, to: barAt(truth, 40).openTime };

  test("44: hours from before a hole are taken for hours behind it -> not warmed up until there are enough behind it", () => {
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        const known = barsOf(truth, from, to);
        source.say(known.filter(({ openTime }) => openTime < hole.from || openTime >= hole.to));
        source.cover(from!, hole.from);
        source.cover(hole.to, to!);
        const fault = { code: "no-data", message: "it is not kept", retry: "never" } as const;
        source.end({ kind: "partial", fault });
      },
    });
    const calls: string[] = [];
    const world = new World(truth, start, { splice: { history } });
    const { log } = world.run(layered(["1h"], calls));
    world.runTo();
    const lost = log.of("gap").filter(({ outcome }) => outcome === "lost");
    expect(lost.map(({ series, range }) => [series.size.label, range])).toEqual([
      ["15m", hole],
      ["1h", hole],
    ]);
    // Three hours are needed: those from 10:00, 11:00 and 12:00; the first holds the start.
    const ready = barAt(truth, 52).openTime;
    expect(log.bars("1h").filter(({ closeTime }) => closeTime <= hole.from).length).toBe(2);
    expect(log.readyAt).toBe(ready + 20);
    expect(calls[0]).toBe(`base ${formatInstant(ready)}`);
  });
});

describe("45 minutes", () => {
  const calendar = calendarByName("XNYS");
  const truth = market({ calendar, size: "15m", from: "2024-03-04T00:00:00Z", bars: 26 * 5 });

  test("46: 45-minute candles open at a wrong time (jesse #410) -> counted from the session's open, the last one short", () => {
    const { log } = uninterrupted(truth, layered(["45m"]));
    const opens = log.bars("45m").map(({ openTime }) => formatInstant(openTime).slice(11, 16));
    const day = ["14:30", "15:15", "16:00", "16:45", "17:30", "18:15", "19:00", "19:45", "20:30"];
    expect(opens.slice(0, 9)).toEqual(day);
    expect(opens).toEqual([...day, ...day, ...day, ...day, ...day]);
    const last = log.bars("45m")[8]!;
    expect(last.closeTime - last.openTime).toBe(30 * MINUTE_MS);
    expect(last).toEqual(joined(last.openTime, last.closeTime, barsOf(truth)));
  });

  test("46: fast and full modes diverge (jesse PR #582) -> in one batch, bar by bar, or live, the same", () => {
    // Where nothing trades, a larger bar ends without a smaller one to end with.
    const truth = market({
      calendar,
      size: "15m",
      from: "2024-03-04T00:00:00Z",
      bars: 90,
      emptyShare: 0.2,
    });
    const modes = [1, 7, 1_000].map((batchBars) => {
      const calls: string[] = [];
      const { log } = uninterrupted(truth, layered(["45m", "1h"], calls), { batchBars });
      return { calls, handled: log.handled, values: log.values };
    });
    expect(modes[0]!.calls.length).toBeGreaterThan(100);
    expect(modes[1]).toEqual(modes[0]);
    expect(modes[2]).toEqual(modes[0]);

    const start = barAt(truth, 50).openTime + MINUTE_MS;
    const world = new World(truth, start);
    const { log } = world.run(layered(["45m", "1h"]));
    world.runTo();
    const later = (bars: readonly HandledBar[]) =>
      bars.filter(({ bar }) => bar.closeTime > start).map(({ bar, size }) => ({ bar, size }));
    expect(later(log.handled)).toEqual(later(modes[0]!.handled));
    expect(saidAfter(log.values, start)).toEqual(saidAfter(modes[0]!.values, start));
  });

  test("9: the last aggregated bar of the day waits for the next session -> it closes with its session", () => {
    const close = instant("2024-03-05T21:00:00Z");
    const world = new World(truth, close - HOUR_MS);
    const { log } = world.run(layered(["45m", "1d"]));
    world.runTo(close + MINUTE_MS);
    const closing = log.handled.filter(({ bar }) => bar.closeTime === close);
    expect(closing.map(({ size }) => size)).toEqual(["15m", "45m", "1d"]);
    expect(closing.map(({ at }) => at)).toEqual([close + 20, close + 20, close + 20]);
  });
});
