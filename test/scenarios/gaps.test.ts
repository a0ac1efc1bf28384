import { describe, expect, test } from "vitest";
import type { Bar } from "../../core/market/bar.ts";
import { series } from "../../core/market/series.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { Trade } from "../../core/trading/strategy.ts";
import { gap } from "../support/feed-log.ts";
import { barAt, barsOf, market, plain, STOCK } from "../support/market.ts";
import { saidAfter } from "../support/run-log.ts";
import { playFinals, readyHistory, ScriptedSource } from "../support/scripted-source.ts";
import { averageStrategy, crossStrategy } from "../support/strategies.ts";
import { uninterrupted, World } from "../support/world.ts";

// Goal: what is missing, broken or foreign is said out loud and looked for; nothing is invented,
// nothing else is thrown away, and READY goes and comes back with the facts.

const FROM = "2024-01-02T00:00:00Z";

describe("a bar that cannot be true", () => {
  const truth = market({ size: "1m", from: FROM, bars: 80 });
  const broken = { ...barAt(truth, 50), low: barAt(truth, 50).open + 1 };

  test("14: a live bar with its low above its open kills the feed (NautilusTrader #3347) -> reported, refetched, on it goes", () => {
    const live = new ScriptedSource(truth.series);
    const world = new World(truth, barAt(truth, 40).openTime, { splice: { live } });
    const feed = world.feed(10);
    const told = barsOf(truth).map((bar) => (bar.openTime === broken.openTime ? broken : bar));
    playFinals(live, world.clock, told);
    world.runTo(barAt(truth, -1).closeTime + MINUTE_MS);
    const rejections = feed.of("rejection");
    expect(rejections.map(({ fault, bar }) => ({ fault, bar: plain(bar) }))).toEqual([
      { fault: "high-below-low", bar: broken },
    ]);
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 30).openTime));
    const { openTime, closeTime } = broken;
    const gaps = ["suspected", "repaired"] as const;
    expect(feed.gaps).toEqual(gaps.map((outcome) => gap(outcome, openTime, closeTime)));
  });

  test("14: a bar of history with its low above its open -> reported, and its slot is not called empty", () => {
    // History covers the slot and has something there: no one may say that nothing traded.
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        const bars = barsOf(truth, from, to);
        source.say(bars.map((bar) => (bar.openTime === broken.openTime ? broken : bar)));
        source.cover(from!, to!);
        source.end({ kind: "complete" });
      },
    });
    const start = barAt(truth, 60).openTime;
    const world = new World(truth, start, { splice: { history } });
    const feed = world.feed(20);
    world.runTo(start + SECOND_MS);
    expect(feed.of("rejection").map(({ fault }) => fault)).toContain("high-below-low");
    const bars = barsOf(truth, barAt(truth, 40).openTime, start);
    expect(feed.finals.slice(-19)).toEqual(bars.filter((bar) => bar.openTime !== broken.openTime));
    const lost = feed.of("gap").filter(({ range }) => range.from === broken.openTime);
    expect(lost.map(({ outcome }) => outcome)).toEqual(["lost"]);
  });
});

describe("bars of another session", () => {
  test("34: regular history and all-hours live are mixed silently (@stoqey/ib) -> the session is part of the series", () => {
    const truth = market({ size: "15m", from: FROM, bars: 80 });
    const all = series(STOCK, truth.grid.size, "trades", "all");
    const live = new ScriptedSource(all);
    const start = barAt(truth, 40).openTime;
    const world = new World(truth, start, { splice: { live } });
    const { run, log } = world.run(averageStrategy(20));
    playFinals(live, world.clock, barsOf(truth, start, start + HOUR_MS));
    world.runTo(start + HOUR_MS + 5 * SECOND_MS);
    expect(log.of("rejection").map(({ fault }) => fault)).toEqual(Array(4).fill("wrong-series"));
    expect(log.of("rejection")[0]!.reason).toContain("TEST.SIM 15m trades all");
    // What goes in comes from history, of the right series; nothing counts as live.
    expect(new Set(log.handled.map(({ origin }) => origin))).toEqual(
      new Set(["backfill", "repair"]),
    );
    expect(log.bars("15m")).toEqual(barsOf(truth, barAt(truth, 20).openTime, start + HOUR_MS - 1));
    expect(run.outcome).toBeUndefined();
  });
});

describe("an outage", () => {
  test("31: sixty minutes without a link (OpenTrader) -> refetched and drained at once, nothing invented", () => {
    const truth = market({ size: "15m", from: FROM, bars: 80 });
    // It ends a second after a close: the bar that has just closed is wanted with the others.
    const from = barAt(truth, 50).openTime + SECOND_MS;
    const back = from + HOUR_MS;
    const gateway = { outages: [{ from, to: back }] };
    const world = new World(truth, barAt(truth, 40).openTime, { gateway });
    const { run, log } = world.run(crossStrategy(3, 8));
    world.runTo(back - 1);
    expect(run.state).toBe("SUSPENDED");
    expect(log.bars("15m").at(-1)).toEqual(barAt(truth, 49));
    world.runTo(back + SECOND_MS);
    // All four at one instant, as repairs, before the next live bar; then READY again.
    const drained = log.handled.slice(-4);
    expect(drained.map(({ bar }) => bar)).toEqual([50, 51, 52, 53].map((i) => barAt(truth, i)));
    expect(new Set(drained.map(({ at }) => at))).toEqual(new Set([back + 40]));
    expect(new Set(drained.map(({ origin }) => origin))).toEqual(new Set(["repair"]));
    expect(run.state).toBe("READY");
    const missed = [barAt(truth, 50).openTime, barAt(truth, 53).closeTime] as const;
    expect(log.of("gap").map(({ outcome, range }) => gap(outcome, range.from, range.to))).toEqual([
      gap("suspected", ...missed),
      gap("repaired", ...missed),
    ]);
    world.runTo();
    expect(log.path).toEqual(["WARMING_UP", "READY", "SUSPENDED", "READY", "STOPPED"]);
    const whole = uninterrupted(truth, crossStrategy(3, 8)).log;
    expect(saidAfter(log.values, back)).toEqual(saidAfter(whole.values, back));
  });

  test("42: the stream goes quiet and no one says so (freqtrade #11725) -> stale, no orders, and READY once it speaks", () => {
    const truth = market({ size: "1m", from: FROM, bars: 120 });
    const from = barAt(truth, 60).openTime + 10 * SECOND_MS;
    const to = from + 6 * MINUTE_MS;
    const gateway = { outages: [{ from, to }], hidesOutages: true };
    const world = new World(truth, barAt(truth, 50).openTime, { gateway });
    const { run, log } = world.run(averageStrategy(20, (trade) => trade.target(1)));
    // The bar in progress is overdue by the default of 15 seconds.
    world.runTo(barAt(truth, 60).closeTime + 15 * SECOND_MS - 1);
    expect(run.state).toBe("READY");
    world.runTo(barAt(truth, 60).closeTime + 15 * SECOND_MS);
    expect(run.state).toBe("SUSPENDED");
    expect(log.states.at(-1)!.reason).toMatch(/^stale: .*2024-01-02T01:00:00.000Z is overdue/);
    world.runTo();
    expect(log.path).toEqual(["WARMING_UP", "READY", "SUSPENDED", "READY", "STOPPED"]);
    expect(log.bars("1m")).toEqual(barsOf(truth, barAt(truth, 30).openTime));
  });

  test("42: no order leaves while the data are old -> refused with the state as reason", () => {
    const truth = market({ size: "1m", from: FROM, bars: 120 });
    const from = barAt(truth, 60).openTime + 10 * SECOND_MS;
    const gateway = { outages: [{ from, to: from + 4 * MINUTE_MS }] };
    const world = new World(truth, barAt(truth, 50).openTime, { gateway });
    const late: boolean[] = [];
    const buy = (trade: Trade): void => {
      late.push(trade.isReady);
      trade.buy(1);
    };
    const { log } = world.run(averageStrategy(20, buy));
    world.runTo();
    // Each of the bars that had to be caught up with is decided on, and none of them is traded on.
    const refused = log.orders.filter(({ status }) => status === "rejected");
    expect(refused.map(({ reason }) => reason)).toEqual(Array(4).fill("the run is SUSPENDED"));
    expect(late.filter((isReady) => !isReady).length).toBe(4);
    expect(late.length).toBe(70);
  });

  test("42: history is 5,148 minutes old (freqtrade #11725) -> not READY on it, only on bars up to the present", () => {
    const truth = market({ size: "15m", from: FROM, bars: 800 });
    const start = barAt(truth, 700).openTime;
    const gateway = { historyLagMs: 5_148 * MINUTE_MS };
    const world = new World(truth, start, { gateway });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + 19 * 15 * MINUTE_MS + MINUTE_MS);
    expect(log.readyAt).toBeUndefined();
    expect(run.state).toBe("WARMING_UP");
    world.runTo();
    expect(log.readyAt).toBe(barAt(truth, 719).closeTime + 20);
    expect(log.bars("15m").slice(-100)).toEqual(barsOf(truth, start));
  });
});

describe("one missing bar", () => {
  const truth = market({ size: "1m", from: FROM, bars: 120 });
  const hole = barAt(truth, 60);
  const bars: readonly Bar[] = barsOf(truth);
  const start = barAt(truth, 50).openTime;

  /** A live stream that skips one bar; history after the warm-up answers as told. */
  function skipping(history: ScriptedSource) {
    const live = new ScriptedSource(truth.series);
    const world = new World(truth, start, { splice: { live, history } });
    playFinals(
      live,
      world.clock,
      bars.filter((bar) => bar.openTime !== hole.openTime),
    );
    return { world, ...world.run(averageStrategy(20), { keptBars: 3 }) };
  }
  const broken = {
    kind: "failed",
    fault: { code: "no-permission", message: "no permission", retry: "never" },
  } as const;

  test("45: one gap clears the whole buffer (Hummingbot PR #7086) -> found again, and nothing is counted anew", () => {
    // Ready is not a full buffer either: the run keeps 3 bars and needs 20.
    const { world, run, log } = skipping(readyHistory(truth));
    world.runTo(hole.closeTime + 10 * SECOND_MS);
    expect(run.state).toBe("READY");
    world.runTo(barAt(truth, -1).closeTime + SECOND_MS);
    expect(log.path).toEqual(["WARMING_UP", "READY"]);
    expect(log.bars("1m")).toEqual(barsOf(truth, barAt(truth, 30).openTime));
    const whole = uninterrupted(truth, averageStrategy(20)).log;
    expect(saidAfter(log.values, start)).toEqual(saidAfter(whole.values, start));
  });

  test("45: nothing traded in one slot -> confirmed empty, and nothing is counted anew", () => {
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        if (from !== hole.openTime) {
          source.say(bars.filter((bar) => bar.openTime >= from! && bar.openTime < to!));
        }
        source.cover(from!, to!);
        source.end({ kind: "empty" });
      },
    });
    const { world, log } = skipping(history);
    world.runTo(barAt(truth, -1).closeTime + SECOND_MS);
    expect(log.path).toEqual(["WARMING_UP", "READY"]);
    expect(log.of("gap").map(({ outcome }) => outcome)).toEqual(["suspected", "empty"]);
    expect(log.bars("1m").length).toBe(89);
  });

  test("45: one bar is lost for good -> trading stops until 20 bars lie behind it, and no longer", () => {
    const { world, run, log } = skipping(
      readyHistory(truth, (request) => (request === 1 ? undefined : broken)),
    );
    world.runTo(barAt(truth, 79).closeTime);
    expect(run.state).toBe("SUSPENDED");
    expect(log.states.at(-1)).toMatchObject({ bars: 0, required: 20 });
    world.runTo(barAt(truth, -1).closeTime + SECOND_MS);
    expect(log.path).toEqual(["WARMING_UP", "READY", "SUSPENDED", "READY"]);
    expect(log.states.at(-1)).toMatchObject({ at: barAt(truth, 80).closeTime + 20, bars: 20 });
    const lost = log.of("gap").filter(({ outcome }) => outcome === "lost");
    expect(lost).toMatchObject([{ range: { from: hole.openTime, to: hole.closeTime } }]);
    expect(lost[0]!.reason).toBe("no permission");
    // What was released before and after is whole.
    const without = bars.filter((bar) => bar.openTime !== hole.openTime).slice(30);
    expect(log.bars("1m")).toEqual(without);
  });
});
