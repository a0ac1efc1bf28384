import { describe, expect, test } from "vitest";
import { sma } from "../../core/indicators/sma.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";
import { ProcessKilled, SimDisk } from "../../sim/disk/index.ts";
import { expectSame } from "../support/ib-outcome.ts";
import { KeptMarket } from "../support/kept-market.ts";
import { expectStored, playedAgain, storedRuns } from "../support/kept-outcome.ts";
import type { KeptLife, KeptWorld } from "../support/kept-world.ts";
import { market } from "../support/market.ts";
import { split } from "../support/split-market.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: prices from before a split are never joined to prices from after it: whenever it comes, the
// run warms up anew on the new prices, with its account in new units, and no order in between.

const FACTOR = 0.5;
const UNITS = 3;

/** Always long or short, by two averages that are the same wherever they begin. */
function strategy(): Strategy {
  return defineStrategy({
    name: "swinging",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(3));
      const slow = declare.indicator(sma(20));
      return {
        onBar(bar, trade) {
          const side = fast.value > slow.value ? "long" : "short";
          trade.signal(`${side} at ${bar.close}`);
          trade.target(side === "long" ? UNITS : -UNITS);
        },
      };
    },
  });
}

const calendar = calendarByName("XNYS");
const SPLIT = instant("2024-03-09T12:00:00Z");
const { truth, adjusted } = split(
  market({ calendar, size: "15m", from: "2024-03-05T00:00:00Z", bars: 6 * 26 }),
  SPLIT,
  FACTOR,
);
const newYork = new KeptMarket(truth, instant("2024-03-08T15:02:00.013Z"), 0);
/** As if prices had always been the new ones. */
const whole = uninterrupted(truth, strategy(), { bars: adjusted }).log;
const FRIDAY = instant("2024-03-08T20:36:00Z");

/** What the run of before had at its end, of which nothing was decided on the new prices. */
function accountBefore(world: KeptWorld) {
  const [before] = storedRuns(world);
  const { played, log } = playedAgain(world, strategy(), before);
  expect(log.bars("15m").at(-1)!.openTime).toBeLessThan(SPLIT);
  expect(log.signals.every(({ closeTime }) => closeTime < SPLIT)).toBe(true);
  expect(log.orders.filter(({ at }) => at > SPLIT)).toEqual([]);
  return played.run.summary();
}

/** The run of after has the account in new units, and does what it would always have done. */
function expectWarmedAgain(world: KeptWorld, life: KeptLife): void {
  const notes = /all prices were multiplied by 0\.\d+ since they were stored/;
  expect(life.told.filter((line) => notes.test(line)).length).toBe(1);
  expect(life.kept!.how).toBe("warmed-again");
  expect(life.kept!.run.state).toBe("READY");
  const runs = storedRuns(world);
  expect(runs.length).toBe(2);
  const { position, cash } = accountBefore(world);
  expect(Math.abs(position)).toBe(UNITS);
  // Before its first bar it has what the other had, in twice as many units of half the price.
  const begins = playedAgain(
    world,
    strategy(),
    runs[1],
    life.log.readyAt! - 1,
  ).played.run.summary();
  expect(begins.position).toBe(position / FACTOR);
  expect(begins.cash.eq(cash)).toBe(true);

  const { log } = playedAgain(world, strategy(), runs[1]);
  const bars = log.bars("15m");
  const end = bars.at(-1)!.closeTime;
  expect(bars).toEqual(
    adjusted.filter(({ openTime }) => openTime >= bars[0]!.openTime && openTime < end),
  );
  expectSame(log, whole, end);
  expectStored(world, bars);
  expect([...world.gateway.violations]).toEqual([]);
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  const kept = () => newYork.world(mode, { strategy });

  test("30: a split while the run was down (Lean PR #6488), and bars have closed since -> found by the bar that overlaps", () => {
    const world = kept();
    world.life(newYork.start, FRIDAY);
    const life = world.begin({}, instant("2024-03-11T14:10:00Z"));
    life.playTo(instant("2024-03-11T15:20:00Z")).kill();
    expect(life.gaps[0]!.stored).toBe(1);
    // What follows the split was not even told: there is one gap of it, and then a new warm-up.
    expect(life.gaps.length).toBe(mode === "real-time-bars" ? 3 : 2);
    expect(life.kept!.run.summary().readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
    expectWarmedAgain(world, life);
  });

  test.each([
    ["on a Sunday", "2024-03-10T12:00:00Z"],
    ["in the first bar of Monday", "2024-03-11T13:31:00Z"],
  ])(
    "30: a split while the run was down (Lean PR #6488), and it is back %s -> found at once",
    (_, back) => {
      const world = kept();
      world.life(newYork.start, instant("2024-03-08T22:00:00Z"));
      const life = world.begin({}, instant(back));
      life.playTo(instant("2024-03-11T15:20:00Z")).kill();
      expect(life.kept!.run.summary().readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
      expectWarmedAgain(world, life);
    },
  );

  test("30: a split while the run lives (Lean PR #6488) -> found by a revision as the day opens", () => {
    const world = kept();
    const life = world.begin({}, newYork.start).playTo(instant("2024-03-11T15:20:00Z"));
    life.kill();
    expect(life.log.of("revision").length).toBeGreaterThan(0);
    const open = instant("2024-03-11T13:30:00Z");
    expect(life.kept!.run.summary().readyAt! - open).toBeLessThan(SECOND_MS);
    expectWarmedAgain(world, life);
  });

  test("30: a split while the gateway was away (Lean PR #6488) -> found by the bar that overlaps", () => {
    const world = kept();
    world.gateway.inflict(
      { kind: "down", forMs: instant("2024-03-11T14:10:00Z") - FRIDAY },
      FRIDAY,
    );
    const life = world.begin({}, newYork.start).playTo(instant("2024-03-11T15:20:00Z"));
    life.kill();
    expectWarmedAgain(world, life);
  });
});

test("30: killed at any write while it begins anew after a split (Lean PR #6488) -> anew in the next life", () => {
  const friday = new KeptMarket(truth, instant("2024-03-08T20:02:00.013Z"), 0);
  const back = instant("2024-03-11T14:10:00Z");
  /** Killed at a write call, or at none; gives the calls at the end of its first two lives. */
  const lived = (call: number): readonly number[] => {
    const disk = new SimDisk(call === 0 ? [] : [{ kind: "kill", call, moment: "before" }]);
    const world = friday.world("keep-up-to-date", { strategy, disk });
    world.life(friday.start, FRIDAY);
    const first = disk.calls;
    const hurt = world.begin({}, back);
    try {
      hurt.playTo(back + SECOND_MS);
    } catch (error) {
      expect(error).toBeInstanceOf(ProcessKilled);
    }
    hurt.kill();
    const second = disk.calls;
    const life = world.begin({}, back + MINUTE_MS);
    life.playTo(back + 21 * MINUTE_MS).kill();
    expect(life.kept!.run.state).toBe("READY");
    const runs = storedRuns(world);
    accountBefore(world);
    const { log, played } = playedAgain(world);
    expectSame(log, whole, log.bars("15m").at(-1)!.closeTime);
    expectStored(world, log.bars("15m"));
    expect(played.run.summary().position).not.toBe(0);
    // However often it began anew, the account went over into new units once.
    const carried = playedAgain(world, strategy(), runs.at(-1), runs.at(-1)!.about.beganAt - 1);
    expect(Math.abs(carried.played.run.summary().position)).toBe(UNITS / FACTOR);
    return [first, second];
  };
  const [first, second] = lived(0);
  expect(second! - first!).toBeGreaterThan(10);
  for (let call = first! + 1; call <= second!; call += 1) lived(call);
});
