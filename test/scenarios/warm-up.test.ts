import { describe, expect, test } from "vitest";
import { sma } from "../../core/indicators/sma.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { defineStrategy } from "../../core/trading/strategy.ts";
import { barAt, barsOf, market } from "../support/market.ts";
import { saidAfter } from "../support/run-log.ts";
import { ScriptedSource } from "../support/scripted-source.ts";
import { averageStrategy, crossStrategy } from "../support/strategies.ts";
import { uninterrupted, World } from "../support/world.ts";

// Goal: READY is earned by counted bars. What history cannot give at once is asked for again, and
// what it cannot give at all comes live: the run goes on, and never decides on less than it
// declared.

const FROM = "2024-01-02T00:00:00Z";

describe("READY from counted bars", () => {
  const truth = market({ size: "1h", from: FROM, bars: 500 });
  const start = barAt(truth, 300).openTime + MINUTE_MS;

  test("21: history ends after five days (Lean #6592) -> WARMING_UP until the rest has come live", () => {
    // 200 bars are declared and five days hold 120: the other 80 close one an hour.
    const from = barAt(truth, 180).openTime;
    const world = new World(truth, start, { gateway: { historyFrom: from } });
    const { run, log } = world.run(averageStrategy(200));
    world.runTo(start + MINUTE_MS);
    expect(run.state).toBe("WARMING_UP");
    expect(log.states.at(-1)).toMatchObject({ bars: 120, required: 200 });
    expect(log.states.at(-1)!.reason).toContain("2024-01-17T20:00:00.000Z");
    expect(run.naturalReadyAt()).toBe(instant("2024-01-17T20:00:00Z"));
    world.runTo();
    expect(log.readyAt).toBe(barAt(truth, 379).closeTime + 20);
    expect(log.states.find(({ to }) => to === "READY")).toMatchObject({ bars: 200, required: 200 });
    expect(log.values[0]!.closeTime).toBe(barAt(truth, 379).closeTime);
    expect(log.bars("1h")).toEqual(barsOf(truth, from));
  });

  test("21: each answer is capped at a day, silently -> asked again until all is there", () => {
    // The source calls itself complete each time, and covers no more than it gave.
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { to }) => {
        const from = to! - DAY_MS;
        source.say(barsOf(truth, from, to));
        source.cover(from, to!);
        source.end({ kind: "complete" });
      },
    });
    const world = new World(truth, start, { splice: { history } });
    const { run, log } = world.run(averageStrategy(240));
    world.runTo(start + 10 * MINUTE_MS);
    expect(run.state).toBe("READY");
    expect(log.bars("1h")).toEqual(barsOf(truth, barAt(truth, 60).openTime, start - MINUTE_MS));
    expect(world.asked.length).toBe(10);
  });

  test("24: N asked, fewer returned: a lunch break (Lean #9784) -> counted in bars of the grid, in one request", () => {
    const calendar = calendarByName("XSHG");
    const truth = market({ calendar, size: "15m", from: "2024-03-01T00:00:00Z", bars: 200 });
    const start = barAt(truth, 120).openTime + MINUTE_MS;
    const world = new World(truth, start);
    const { run, log } = world.run(averageStrategy(60));
    world.runTo(start + SECOND_MS);
    expect(run.state).toBe("READY");
    expect(log.bars("15m")).toEqual(barsOf(truth, barAt(truth, 60).openTime, start - MINUTE_MS));
    expect(world.asked.length).toBe(1);
  });

  test("24: N asked, fewer returned: slots without trades (Lean #5032) -> further back until N bars are there", () => {
    const calendar = calendarByName("XSHG");
    const from = "2024-03-01T00:00:00Z";
    const truth = market({ calendar, size: "15m", from, bars: 200, emptyShare: 0.3 });
    const start = barAt(truth, 120).openTime + MINUTE_MS;
    const world = new World(truth, start, { gateway: { pageBars: 11 } });
    const { run, log } = world.run(averageStrategy(60));
    world.runTo(start + SECOND_MS);
    expect(run.state).toBe("READY");
    const warm = log.bars("15m");
    expect(warm.length).toBeGreaterThanOrEqual(60);
    expect(warm).toEqual(barsOf(truth, warm[0]!.openTime, start - MINUTE_MS));
    expect(world.asked.length).toBeGreaterThan(1);
    const { log: whole } = uninterrupted(truth, averageStrategy(60));
    world.runTo();
    expect(saidAfter(log.values, start)).toEqual(saidAfter(whole.values, start));
  });

  test("33: the first indicator's history is too short for the second (OpenTrader) -> the maximum of all", () => {
    const truth = market({ size: "15m", from: FROM, bars: 200 });
    const strategy = defineStrategy({
      name: "three wishes",
      parameters: {},
      setup(declare) {
        declare.indicator(sma(60));
        declare.indicator(sma(5));
        declare.indicator(sma(12), { on: declare.series("1h") });
        return { onBar: () => {} };
      },
    });
    for (let phase = 0; phase < 4; phase += 1) {
      const start = barAt(truth, 100 + phase).openTime;
      const world = new World(truth, start);
      const { run, log } = world.run(strategy);
      world.runTo(start + SECOND_MS);
      expect(run.state).toBe("READY");
      expect(run.summary().bars).toBe(60);
      expect(new Set(log.values.slice(-20).map(({ what }) => what.split(" ")[2]))).toEqual(
        new Set(["SMA(5)", "SMA(60)", "SMA(12)"]),
      );
    }
  });

  test("33: the start-up count is that of the base size alone -> the hours wanted reach further back", () => {
    const truth = market({ size: "15m", from: FROM, bars: 200 });
    const strategy = defineStrategy({
      name: "hours",
      parameters: {},
      setup(declare) {
        declare.indicator(sma(12), { on: declare.series("1h") });
        declare.indicator(sma(5));
        return { onBar: () => {} };
      },
    });
    for (let phase = 0; phase < 4; phase += 1) {
      const start = barAt(truth, 100 + phase).openTime;
      const world = new World(truth, start);
      const { run, log } = world.run(strategy);
      world.runTo(start + SECOND_MS);
      expect(run.state).toBe("READY");
      expect(log.bars("1h").length).toBe(12);
    }
  });

  test("33: a second run on the same source needs more -> it gets its own, longer history", () => {
    const world = new World(truth, start);
    const short = world.run(averageStrategy(10));
    world.runTo(start + SECOND_MS);
    const long = world.run(averageStrategy(150));
    world.runTo(start + 2 * SECOND_MS);
    expect([short.run.state, long.run.state]).toEqual(["READY", "READY"]);
    expect([short.run.summary().bars, long.run.summary().bars]).toEqual([10, 150]);
  });

  test("35: warm live and cold in the backtest (trading-signals PR #1189) -> the same first decision in both", () => {
    // Natural warm-up from bar 300 on, beside a backtest that begins with the same bar.
    const strategy = crossStrategy(3, 8);
    const world = new World(truth, barAt(truth, 300).openTime, { splice: { backfill: false } });
    const { log } = world.run(strategy);
    world.runTo();
    const bars = barsOf(truth, barAt(truth, 300).openTime);
    const cold = uninterrupted(truth, strategy, { bars }).log;
    expect(log.bars("1h")).toEqual(cold.bars("1h"));
    expect(log.values).toEqual(cold.values);
    expect(log.signals).toEqual(cold.signals);
    expect(log.signals.length).toBeGreaterThan(10);
    expect(log.readyAt).toBe(cold.readyAt! + 20);
  });
});

describe("a history that fails", () => {
  const truth = market({ size: "15m", from: FROM, bars: 120 });
  const start = barAt(truth, 60).openTime + MINUTE_MS;
  const warm = barsOf(truth, barAt(truth, 40).openTime, start - MINUTE_MS);

  test("28: a pacing violation in warm-up (Lean #1837, #607) -> WARMING_UP, asked again after a pause", () => {
    const historyFaults = ["pacing", "pacing", "pacing"] as const;
    const world = new World(truth, start, { gateway: { historyFaults } });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + 2 * SECOND_MS);
    expect([run.state, log.handled.length]).toEqual(["WARMING_UP", 0]);
    world.runTo(start + 8 * SECOND_MS);
    expect([run.state, log.bars("15m")]).toEqual(["READY", warm]);
    expect(world.asked.length).toBe(4);
  });

  test("28: no answer at all (LEAN-IB #201) -> a deadline, a second request, and the run lives", () => {
    const world = new World(truth, start, { gateway: { historyFaults: ["silent"] } });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + MINUTE_MS);
    expect([run.state, run.outcome]).toEqual(["WARMING_UP", undefined]);
    world.runTo(start + MINUTE_MS + 2 * SECOND_MS);
    expect([run.state, log.bars("15m")]).toEqual(["READY", warm]);
  });

  test("28: no answer ever (LEAN-IB #201) -> after the limit it warms up on live bars", () => {
    const historyFaults = new Array(50).fill("silent");
    const splice = { backfillMs: 2 * MINUTE_MS };
    const world = new World(truth, start, { gateway: { historyFaults }, splice });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + 2 * MINUTE_MS);
    expect(log.states.at(-1)!.reason).toContain("the rest is due by");
    world.runTo(start + 2 * HOUR_MS);
    expect([run.state, run.outcome]).toEqual(["WARMING_UP", undefined]);
    world.runTo();
    const live = barsOf(truth, barAt(truth, 60).openTime);
    expect(log.bars("15m")).toEqual(live);
    expect(log.readyAt).toBe(live[19]!.closeTime + 20);
  });

  test("28: no answer for hours (LEAN-IB #201) -> it is READY when history is back, not when live bars suffice", () => {
    const historyFaults = new Array(60).fill("silent");
    const splice = { fetch: { attempts: 1_000 } };
    const world = new World(truth, start, { gateway: { historyFaults }, splice });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo();
    expect(run.summary().bars).toBe(barsOf(truth, barAt(truth, 40).openTime).length);
    expect(log.readyAt).toBeLessThan(barAt(truth, 79).closeTime);
    expect(log.of("gap")).toEqual([]);
  });

  test("28: it times out and its partial answer looks whole (LEAN-IB) -> the rest alone is asked for again", () => {
    const gateway = { historyFaults: ["partial"] as const, pageBars: 6 };
    const world = new World(truth, start, { gateway });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + SECOND_MS);
    expect([run.state, log.handled.length]).toEqual(["WARMING_UP", 0]);
    world.runTo(start + 5 * SECOND_MS);
    expect([run.state, log.bars("15m")]).toEqual(["READY", warm]);
    const rest = { from: barAt(truth, 40).openTime, to: barAt(truth, 54).openTime };
    expect(world.asked[1]).toMatchObject(rest);
  });

  test("40: an empty snapshot looks like success (tastytrade #353) -> not taken for one, and asked again", () => {
    const world = new World(truth, start, { gateway: { historyFaults: ["empty"] } });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + SECOND_MS / 2);
    expect([run.state, log.handled.length]).toEqual(["WARMING_UP", 0]);
    world.runTo(start + 5 * SECOND_MS);
    expect([run.state, log.bars("15m")]).toEqual(["READY", warm]);
  });

  const causes = {
    silence: { historyFaults: new Array(50).fill("silent") },
    refusal: { historyFaults: ["denied"] as const },
    "an unfounded claim": { historyFaults: new Array(50).fill("empty") },
    nothing: { historyFrom: Number.MAX_SAFE_INTEGER },
  };
  const words = {
    silence: ["lost", /longer than 120000 ms/],
    refusal: ["lost", /no permission/],
    "an unfounded claim": ["lost", /does not cover|longer than/],
    nothing: undefined,
  } as const;

  for (const cause of Object.keys(causes) as (keyof typeof causes)[]) {
    test(`40: a timeout, a refusal and an empty answer have one shape (ib_async): ${cause} -> told from the others`, () => {
      // All leave the run without history; who reads the events must see why.
      const splice = { backfillMs: 2 * MINUTE_MS };
      const world = new World(truth, start, { gateway: causes[cause], splice });
      const { run, log } = world.run(averageStrategy(20));
      world.runTo(start + 10 * MINUTE_MS);
      expect([run.state, log.handled.length]).toEqual(["WARMING_UP", 0]);
      const gaps = log.of("gap");
      const expected = words[cause];
      if (expected === undefined) {
        expect(gaps).toEqual([]);
        return;
      }
      const [outcome, reason] = expected;
      const range = { from: barAt(truth, 40).openTime, to: barAt(truth, 60).openTime };
      expect(gaps.map(({ outcome, range }) => ({ outcome, range }))).toEqual([{ outcome, range }]);
      expect(gaps[0]!.reason).toMatch(reason);
    });
  }

  test("40: a run on an empty, a failed and a broken-off source -> three outcomes, three reasons", () => {
    const fault = { code: "timeout", message: "no answer for 60 s", retry: "soon" } as const;
    const outcomes = [
      { kind: "empty" },
      { kind: "failed", fault },
      { kind: "partial", fault },
    ] as const;
    const reasons = outcomes.map((outcome) => {
      const world = new World(truth, start);
      const source = new ScriptedSource(truth.series, { onOpen: (each) => each.end(outcome) });
      const { run, log } = world.run(averageStrategy(20), { source });
      expect(run.outcome).toEqual({ kind: "ended", feed: outcome });
      return log.states.at(-1)!.reason;
    });
    expect(reasons).toEqual([
      "the source has no bars",
      "the source failed: no answer for 60 s",
      "the source broke off: no answer for 60 s",
    ]);
  });
});
