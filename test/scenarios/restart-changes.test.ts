import { describe, expect, test } from "vitest";
import { sma } from "../../core/indicators/sma.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";
import { expectSame } from "../support/ib-outcome.ts";
import { listed } from "../support/ib-world.ts";
import { KeptMarket } from "../support/kept-market.ts";
import {
  expectNoneFetchedAgain,
  expectStored,
  expectUnhurt,
  playedAgain,
  storedRuns,
} from "../support/kept-outcome.ts";
import type { KeptLife, KeptWorld, LifeOptions } from "../support/kept-world.ts";
import { market } from "../support/market.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: a run whose strategy, parameters or account changed while it was down warms up again from
// what is stored and keeps its account; and a run is never mixed up with another, nor lived twice.

const START = instant("2024-03-08T17:02:00.013Z");
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-06T00:00:00Z",
  bars: 3 * 78,
});
const newYork = new KeptMarket(truth, START, START + 2 * HOUR_MS);
const KILLED = START + 40 * MINUTE_MS;
const AGAIN = { withinBar: KILLED + 30 * SECOND_MS, later: KILLED + 34 * MINUTE_MS };

/** Always in the market, by two averages that are the same wherever they begin. */
function swinging(slow = 20, name = "swinging"): Strategy {
  return defineStrategy({
    name,
    parameters: { units: 2, fast: 3 },
    setup(declare, { units, fast }) {
      const near = declare.indicator(sma(fast));
      const far = declare.indicator(sma(slow));
      return {
        onBar(bar, trade) {
          const side = near.value > far.value ? "long" : "short";
          trade.signal(`${side} at ${bar.close}`);
          trade.target(side === "long" ? units : -units);
        },
      };
    },
  });
}

/** Two lives, between which something changed; it is READY soon, on what is stored. */
function changedBetween(world: KeptWorld, again: number, options: LifeOptions): KeptLife {
  world.life(START, KILLED);
  const life = world.begin(options, again).playTo(again + 27 * MINUTE_MS);
  life.kill();
  expect(life.kept!.how).toBe("warmed-again");
  expect(life.readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
  expectNoneFetchedAgain(life);
  return life;
}

/** The second run begins with the account of the first, and does what it would always have. */
function expectCarried(world: KeptWorld, strategy: Strategy, cash = "1000000"): void {
  const [first, second, ...others] = storedRuns(world);
  expect(others).toEqual([]);
  const before = playedAgain(world, undefined, first).played.run.summary();
  const carried = playedAgain(
    world,
    strategy,
    second,
    second!.about.beganAt - 1,
  ).played.run.summary();
  expect(Math.abs(before.position)).toBe(2);
  expect(carried.position).toBe(before.position);
  expect(carried.cash.minus(cash).eq(before.cash.minus("1000000"))).toBe(true);
  const { log, played } = playedAgain(world, strategy, second);
  expectSame(log, uninterrupted(truth, strategy).log, log.bars("5m").at(-1)!.closeTime);
  // What one of the two runs had is what the store has.
  const bars = [...playedAgain(world, undefined, first).log.bars("5m"), ...log.bars("5m")];
  const byOpening = new Map(bars.map((bar) => [bar.openTime, bar]));
  expectStored(
    world,
    [...byOpening.values()].sort((a, b) => a.openTime - b.openTime),
  );
  expect(played.run.state).toBe("READY");
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  const kept = () => newYork.world(mode, { strategy: () => swinging() });

  describe.each(["withinBar", "later"] as const)("taken up again %s", (when) => {
    const again = AGAIN[when];
    /** A gap only where bars have closed. */
    const requests = when === "later" ? 1 : 0;
    const expectRequests = (life: KeptLife): void => {
      expect(life.gaps.filter(({ at }) => at <= life.readyAt!).length).toBe(requests);
      expect(life.asked.filter(({ at }) => at <= life.readyAt!).length).toBe(requests);
    };

    test("with other code -> the new strategy warms up on stored bars, with the account of the old", () => {
      const world = kept();
      const other = () => swinging(12);
      const life = changedBetween(world, again, { strategy: other, code: "2" });
      expect(life.told.join()).toContain("the strategy's code has changed");
      expectRequests(life);
      expectCarried(world, other());
    });

    test("with another parameter -> so as well", () => {
      const world = kept();
      const life = changedBetween(world, again, { parameters: { fast: 5 } });
      expect(life.told.join()).toContain("its parameter fast is 5 now");
      expectRequests(life);
      const [, second] = storedRuns(world);
      expect(second!.about.parameters).toEqual({ units: 2, fast: 5 });
      expect(Math.abs(playedAgain(world).played.run.summary().position)).toBe(2);
    });

    test("with more cash -> so as well, and what was won and lost stays", () => {
      const world = kept();
      const life = changedBetween(world, again, { cash: "2000000" });
      expect(life.told.join()).toContain("its cash is 2000000 now");
      expectRequests(life);
      expectCarried(world, swinging(), "2000000");
    });
  });

  test("with a strategy that needs more bars than are stored -> the older ones are fetched, and no others", () => {
    const world = kept();
    const longer = () => swinging(60);
    const life = changedBetween(world, AGAIN.withinBar, { strategy: longer, code: "2" });
    expect(life.asked.filter(({ at }) => at <= life.readyAt!).length).toBe(1);
    for (const { stored } of life.gaps.slice(0, 1)) expect(stored).toBe(0);
    expectCarried(world, longer());
  });

  test("with a strategy that decides by what lies outside of it -> noticed, and warmed up again", () => {
    let asked = 0;
    const restless = (): Strategy =>
      defineStrategy({
        name: "restless",
        parameters: {},
        setup(declare) {
          declare.indicator(sma(5));
          return {
            onBar(_bar, trade) {
              asked += 1;
              trade.signal(`number ${asked}`);
              trade.target(1);
            },
          };
        },
      });
    const world = newYork.world(mode, { strategy: restless });
    const life = changedBetween(world, AGAIN.later, {});
    expect(life.told.join("\n")).toMatch(
      /at 2024-03-08T17:05:0\S+ it decides otherwise \(signal then, signal now\) than it did/,
    );
    expect(life.told.at(-1)).toContain(
      "goes on with its account, and the strategy warms up once more",
    );
    const [, second] = storedRuns(world);
    const { fills } = second!.about.carried as unknown as { readonly fills: readonly unknown[] };
    expect(fills.length).toBe(1);
    expect(life.kept!.run.summary().position).toBe(1);
  });

  test("another series under the same name -> refused, and the first goes on as if nothing were", () => {
    const listings = [listed(truth), listed(truth, { symbol: "OTHER", conId: 2 })];
    const world = newYork.world(mode, { listings });
    world.begin({ name: "mine" }, START).playTo(KILLED).kill();
    const other = world.begin({ name: "mine", symbol: "OTHER" }).playTo(KILLED + MINUTE_MS);
    expect(other.error).toBeInstanceOf(BarlineError);
    expect(other.error).toMatchObject({ code: "other-series" });
    expect(String(other.error)).toContain("--run NAME");
    expect(other.kept).toBeUndefined();
    other.kill();
    const life = world.begin({ name: "mine" }).playTo(KILLED + 20 * MINUTE_MS);
    life.kill();
    expect(life.kept!.how).toBe("resumed");
    expectUnhurt(world, newYork.unhurt(mode));
  });

  test("two lives at once -> the second is refused, and the first goes on as if nothing were", () => {
    const world = newYork.world(mode);
    const life = world.begin({}, START).playTo(START + 20 * MINUTE_MS);
    const second = world.begin({ clientId: 2 }).playTo(START + 21 * MINUTE_MS);
    expect(second.error).toMatchObject({ code: "run-in-use" });
    expect(String(second.error)).toContain("process 1 is running it");
    second.stop();
    life.playTo(START + 40 * MINUTE_MS);
    expect(life.log.path).toEqual(["WARMING_UP", "READY"]);
    expectUnhurt(world, newYork.unhurt(mode));
    life.kill();
    // Dead, it is in nobody's way, though it never let go.
    const third = world.begin().playTo(START + HOUR_MS);
    expect(third.kept!.how).toBe("resumed");
    expectUnhurt(world, newYork.unhurt(mode));
  });

  test("two lives at once under two names -> two runs on the same bars, none fetched twice", () => {
    const world = newYork.world(mode);
    const first = world.begin({ name: "one" }, START).playTo(START + 20 * MINUTE_MS);
    const second = world.begin({ name: "two", clientId: 2 }).playTo(START + 40 * MINUTE_MS);
    expect(second.readyAt! - second.startedAt).toBeLessThan(SECOND_MS);
    expect(second.gaps.filter(({ at }) => at <= second.readyAt!)).toEqual([]);
    expect(first.log.path).toEqual(["WARMING_UP", "READY"]);
    for (const run of storedRuns(world)) {
      const { log } = playedAgain(world, undefined, run);
      expect(log.bars("5m").at(-1)).toEqual(first.log.bars("5m").at(-1));
    }
    expectStored(world, first.log.bars("5m"));
  });
});
