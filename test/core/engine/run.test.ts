import { beforeEach, describe, expect, it } from "vitest";
import { Run, run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { MemorySource } from "../../../core/feed/memory-source.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { defineStrategy, type Strategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/index.ts";
import { RunLog } from "../../support/run-log.ts";
import { averageStrategy, crossStrategy } from "../../support/strategies.ts";
import {
  bar,
  bars,
  close,
  fault,
  GRID,
  open,
  SERIES,
  TellingSource,
} from "../feed/seam/seam-fixture.ts";

let time: VirtualTime;
let log: RunLog;
let source: TellingSource;

beforeEach(() => {
  time = new VirtualTime(open(0) - 1);
  log = new RunLog(time);
  source = new TellingSource(SERIES);
});

function start(strategy: Strategy, options: Partial<RunOptions> = {}): Run {
  return run({
    strategy,
    series: SERIES,
    source,
    broker: new SimBroker(),
    clock: time,
    driver: time,
    grid: ({ size }) => new BarGrid(GRID.calendar, size),
    observer: log,
    ...options,
  });
}

const memory = (first: number, end: number): MemorySource =>
  new MemorySource(BarColumns.of(bars(first, end)));
const live = (state: "live" | "interrupted") => source.status(state, "test");

// Goal: a run warms up, is READY when the facts say so, and ends with an outcome; in every mode
// alike.
describe("Run", () => {
  it("runs a source in memory to its end before it returns", () => {
    const outcomes: unknown[] = [];
    const done = start(averageStrategy(3), { source: memory(0, 16) });
    done.onEnd((outcome) => outcomes.push(outcome));
    expect(log.path).toEqual(["WARMING_UP", "READY", "STOPPED"]);
    expect(log.readyAt).toBe(close(2));
    expect(outcomes).toEqual([{ kind: "ended", feed: { kind: "complete" } }]);
    expect(done.summary()).toMatchObject({
      state: "STOPPED",
      bars: 16,
      warmUpBars: 3,
      readyAt: close(2),
      orders: 0,
      position: 0,
      equity: 1_000_000,
    });
    expect([...done.equityCurve.at]).toEqual(bars(0, 16).map(({ closeTime }) => closeTime));
    expect(time.now()).toBe(close(15));
  });

  it("asks the strategy from the bar after the one that made it READY, and fills at the next open", () => {
    const seen: number[] = [];
    const buyOnce = averageStrategy(3, (trade) => {
      seen.push(trade.now);
      if (seen.length === 1) trade.buy(2);
    });
    const done = start(buyOnce, { source: memory(0, 8) });
    expect(seen).toEqual([3, 4, 5, 6, 7].map(close));
    expect(log.fills.map(({ price, at }) => [price, at])).toEqual([[bar(4).open, open(4)]]);
    expect(done.summary()).toMatchObject({ position: 2, fills: 1, openOrders: 0 });
    expect(done.summary().equity).toBe(1_000_000 + 2 * (bar(7).close - bar(4).open));
  });

  it("asks the source for its range and for the warm-up", () => {
    start(averageStrategy(3), { from: open(1), to: open(9) });
    expect(source.queries).toEqual([{ series: SERIES, warmUpBars: 3, from: open(1), to: open(9) }]);
  });

  it("leaves READY when the source is not live and says why, and orders are refused", () => {
    let orders = 0;
    start(
      averageStrategy(2, (trade) => {
        orders += 1;
        trade.buy(1);
      }),
    );
    source.say(bars(0, 2));
    live("interrupted");
    expect(log.states.at(-1)).toMatchObject({ to: "SUSPENDED", reason: "interrupted: test" });
    source.say([bar(2)]);
    expect([orders, log.orders.map(({ reason }) => reason)]).toEqual([1, ["the run is SUSPENDED"]]);
    live("live");
    expect(log.path).toEqual(["WARMING_UP", "READY", "SUSPENDED", "READY"]);
  });

  it("is not READY by count alone while the source is behind", () => {
    start(averageStrategy(2));
    live("interrupted");
    source.say(bars(0, 4));
    expect(log.path).toEqual(["WARMING_UP"]);
    live("live");
    expect(log.readyAt).toBe(close(3));
  });

  it("says when natural warm-up ends, to the bar", () => {
    start(averageStrategy(6), { driver: undefined as never });
    time.advanceTo(close(1) + 20);
    source.say(bars(0, 2));
    live("live");
    expect(log.states.at(-1)!.reason).toContain("2 of 6 bars");
    expect(log.states.at(-1)!.reason).toContain(new Date(close(5)).toISOString());
  });

  it("says that the calendar ends before the warm-up can", () => {
    const done = start(averageStrategy(40));
    source.say(bars(0, 2));
    live("live");
    expect(log.states.at(-1)!.reason).toContain("the calendar ends before they can come");
    expect(done.naturalReadyAt()).toBeUndefined();
  });

  it("warms up anew after a lost bar, unless it was told to go on", () => {
    const lost = {
      type: "gap",
      series: SERIES,
      range: { from: open(3), to: close(3) },
      outcome: "lost",
      reason: "test",
    } as const;
    for (const lostBars of ["rewarm", "continue"] as const) {
      log = new RunLog(time);
      start(averageStrategy(2), { lostBars });
      source.say(bars(0, 3));
      source.tell(lost);
      const states = ["WARMING_UP", "READY"];
      if (lostBars === "rewarm") {
        expect(log.states.at(-1)).toMatchObject({ to: "SUSPENDED", bars: 0, required: 2 });
        states.push("SUSPENDED");
      }
      source.say([bar(4)]);
      source.say([bar(5)]);
      if (lostBars === "rewarm") states.push("READY");
      expect(log.path).toEqual(states);
      source.end({ kind: "complete" });
      time = new VirtualTime(open(0) - 1);
      source = new TellingSource(SERIES);
    }
  });

  it("works in a revision of a bar", () => {
    const values: number[] = [];
    const strategy = defineStrategy({
      name: "average",
      parameters: {},
      setup(declare) {
        const average = declare.indicator(sma(2));
        return { onBar: () => values.push(average.value) };
      },
    });
    start(strategy);
    source.say(bars(0, 3), { origin: "live" });
    const after = bar(2, { close: 104 });
    source.tell({ type: "revision", series: SERIES, version: 2, before: bar(2), after });
    source.say([bar(3)]);
    expect(values).toEqual([(102 + 103) / 2, (104 + 104) / 2]);
  });

  it.each([
    [{ kind: "complete" }, "the source has ended"],
    [{ kind: "empty" }, "the source has no bars"],
    [{ kind: "partial", fault: fault("soon") }, "the source broke off: test (soon)"],
    [{ kind: "failed", fault: fault("never") }, "the source failed: test (never)"],
  ] as const)("stops when the source ends: %j", (outcome, reason) => {
    const stopped = start(averageStrategy(3));
    source.end(outcome);
    expect(log.states.at(-1)).toMatchObject({ to: "STOPPED", reason });
    expect(stopped.outcome).toEqual({ kind: "ended", feed: outcome });
  });
});

// Goal: STOPPED is for good, whoever asks for it and from where.
describe("Run: stopping", () => {
  it("stops on request, once, and hears nothing more", () => {
    const going = start(averageStrategy(2));
    const outcomes: unknown[] = [];
    going.onEnd((outcome) => outcomes.push(outcome));
    source.say(bars(0, 3));
    going.stop();
    going.stop("again");
    source.say([bar(3)]);
    expect(log.states.at(-1)).toMatchObject({ to: "STOPPED", reason: "stopped on request" });
    expect([outcomes, going.summary().bars]).toEqual([[{ kind: "stopped" }], 3]);
  });

  it("stays stopped when it is stopped while the strategy decides", () => {
    const going: Run = start(averageStrategy(2, () => going.stop()));
    source.say(bars(0, 6));
    expect(log.path).toEqual(["WARMING_UP", "READY", "STOPPED"]);
    expect([going.state, going.summary().bars]).toEqual(["STOPPED", 3]);
  });

  it("is over in good order when the strategy throws, anything", () => {
    for (const thrown of [new Error("bug"), "bug"]) {
      time = new VirtualTime(0);
      log = new RunLog(time);
      const crashed = start(
        averageStrategy(2, () => {
          throw thrown;
        }),
        { source: memory(0, 6) },
      );
      expect(log.states.at(-1)).toMatchObject({ to: "STOPPED", reason: "crashed: bug" });
      expect(crashed.outcome).toEqual({ kind: "crashed", error: thrown });
    }
  });

  it("leaves what a listener to its end throws to whoever caused the end", () => {
    const going = start(averageStrategy(2));
    going.onEnd(() => {
      throw new Error("listener");
    });
    expect(() => source.end({ kind: "complete" })).toThrow("listener");
    expect(log.states.at(-1)).toMatchObject({ to: "STOPPED", reason: "the source has ended" });
  });

  it("hears nothing more within a batch in which it was stopped", () => {
    const going: Run = start(averageStrategy(2, () => going.stop()));
    source.say(bars(0, 6));
    source.status("live", "late");
    expect(going.summary().bars).toBe(3);
  });

  it("refuses bars that are forming, early or out of order, as faults of ours", () => {
    const crash = (say: () => void): string => {
      time = new VirtualTime(close(3));
      source = new TellingSource(SERIES);
      const crashed = start(averageStrategy(2), { driver: undefined as never });
      say();
      return String((crashed.outcome as { error?: unknown }).error);
    };
    expect(crash(() => source.say([bar(0)], { finality: "forming" }))).toContain("only final bars");
    expect(crash(() => source.say([bar(4)]))).toContain("before its close");
    expect(crash(() => source.say([bar(1), bar(1)]))).toContain("ascend");
  });

  it("does without an observer", () => {
    const { observer: _none, ...options } = { observer: log };
    const quiet = run({
      ...options,
      strategy: crossStrategy(2, 3),
      series: SERIES,
      source: memory(0, 16),
      broker: new SimBroker(),
      clock: time,
      driver: time,
      grid: () => GRID,
    });
    expect(quiet.summary()).toMatchObject({ bars: 16, state: "STOPPED" });
  });
});

// Goal: a run says what it is before anything else, opens its source only then, and can be ended by
// what it depends on.
describe("Run: beginning and ending", () => {
  const made = (strategy: Strategy, options: Partial<RunOptions> = {}): Run =>
    new Run({
      strategy,
      series: SERIES,
      source,
      broker: new SimBroker(),
      clock: time,
      grid: ({ size }) => new BarGrid(GRID.calendar, size),
      observer: log,
      ...options,
    });

  it("says what is run, and warms up, before its source is opened", () => {
    const strategy = defineStrategy({
      name: "set",
      parameters: { bars: 2 },
      setup: (declare, { bars }) => {
        declare.warmUp(bars);
        return { onBar: () => {} };
      },
    });
    const run = made(strategy, { parameters: { bars: 4 } });
    expect(run.description).toEqual({
      strategy: "set",
      parameters: { bars: 4 },
      series: SERIES,
      warmUpBars: 4,
    });
    expect(run.state).toBe("INITIALIZING");
    run.begin();
    expect([log.path, source.queries]).toEqual([["WARMING_UP"], []]);
    run.follow();
    expect(source.queries).toEqual([{ series: SERIES, warmUpBars: 4 }]);
  });

  it("opens nothing for good where it has ended meanwhile", () => {
    const run = made(averageStrategy(2));
    run.begin();
    const ending = new TellingSource(SERIES, { onOpen: () => run.stop() });
    const closing = made(averageStrategy(2), { source: ending });
    closing.begin();
    closing.follow();
    const self = new TellingSource(SERIES, { onOpen: (of) => of.end({ kind: "empty" }) });
    const ended = made(averageStrategy(2), { source: self });
    ended.begin();
    ended.follow();
    expect(ended.outcome).toEqual({ kind: "ended", feed: { kind: "empty" } });
    time.advanceTo(close(0));
    self.say([bar(0)]);
    expect(ended.summary().bars).toBe(0);
  });

  it("is halted by what it depends on, once", () => {
    const run = made(averageStrategy(2));
    run.begin();
    run.follow();
    const error = new Error("no disk");
    run.halt(error);
    run.halt(new Error("again"));
    expect(run.outcome).toEqual({ kind: "crashed", error });
    expect(log.states.at(-1)).toMatchObject({ to: "STOPPED", reason: "crashed: no disk" });
  });

  it("begins with an account that has a past, and the orders that are open of it", () => {
    const { instrument } = SERIES;
    const order = { id: 3, instrument, side: "buy", quantity: 1, submittedAt: open(0) } as const;
    const before = { orderId: 2, instrument, side: "buy", quantity: 5, price: 10 } as const;
    const run = made(averageStrategy(2), {
      bookedFills: [{ ...before, fee: 1, at: open(0) }],
      openOrders: [order],
      lastOrderId: 3,
    });
    expect(run.summary()).toMatchObject({ position: 5, fills: 1, openOrders: 1, orders: 0 });
    expect(run.summary().cash.toFixed()).toBe("999949");
  });

  it("has heard up to the last bar or the last word of coverage, whichever is later", () => {
    const run = made(averageStrategy(1));
    run.begin();
    run.follow();
    expect(run.parts.goesOnAt).toBe(Number.NEGATIVE_INFINITY);
    time.advanceTo(close(5));
    source.say(bars(0, 2));
    expect(run.parts.goesOnAt).toBe(close(1));
    source.cover(open(0), close(3));
    expect(run.parts.goesOnAt).toBe(close(3));
    source.cover(open(0), close(0));
    expect(run.parts.goesOnAt).toBe(close(3));
    source.say([bar(4)]);
    expect(run.parts.goesOnAt).toBe(close(4));
    run.stop();
    source.cover(open(5), close(5));
    expect(run.parts.goesOnAt).toBe(close(4));
  });
});
