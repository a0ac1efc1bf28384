import { describe, expect, test } from "vitest";
import { systemZone } from "../../adapters/system/index.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { pinnedZone } from "../../core/time/zone.ts";
import type { Truth } from "../../sim/index.ts";
import { expectHealed, expectNothingLeft } from "../support/ib-outcome.ts";
import { IbWorld, type IbWorldOptions, listed } from "../support/ib-world.ts";
import { barAt, market } from "../support/market.ts";
import { crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: over nights, weekends, holidays, short days, changed clocks and nightly restarts a live run
// knows when bars must exist: it is READY all the time, misses none, and waits for none in vain.

const strategy = crossStrategy(3, 20);
const NEW_YORK = pinnedZone("America/New_York");

function newYork(from: string, days: number): Truth {
  const calendar = calendarByName("XNYS");
  return market({ calendar, size: "30m", from, bars: 13 * days });
}

/** A run from the third day of a market to its end, and what it must be like. */
function runsThrough(truth: Truth, options: IbWorldOptions): IbWorld {
  const start = barAt(truth, 2 * 13 + 4).openTime + 7 * MINUTE_MS + 13;
  const world = new IbWorld(truth, start, options).live(strategy).playTo();
  const whole = uninterrupted(truth, strategy).log;
  expectHealed(world, whole, start + SECOND_MS);
  expect(world.log.path).toEqual(["WARMING_UP", "READY"]);
  return world;
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a live run with %s", (mode) => {
  const feed = { mode };

  test("the week in which New York changes its clocks, spring and autumn -> one bar after another", () => {
    for (const from of ["2024-03-06T00:00:00Z", "2024-10-30T00:00:00Z"]) {
      const world = runsThrough(newYork(from, 6), { feed });
      const opened = new Set(world.log.bars("30m").map(({ openTime }) => openTime % DAY_MS));
      // The same hours of the exchange are fourteen of the clock of the world.
      expect(opened.size).toBe(15);
      expectNothingLeft(world);
    }
  });

  test("the week in which another zone than the market's changes its clocks -> nothing", () => {
    const timeZone = systemZone("Europe/London");
    const world = runsThrough(newYork("2024-03-27T00:00:00Z", 6), { feed, gateway: { timeZone } });
    expectNothingLeft(world);
  });

  test.each(["Asia/Tokyo", "America/Chicago", "UTC"])(
    "the gateway's zone is set to %s -> the bars of the market",
    (name) => {
      const truth = newYork("2024-03-05T00:00:00Z", 4);
      expectNothingLeft(runsThrough(truth, { feed, gateway: { timeZone: systemZone(name) } }));
    },
  );

  test("the exchange's zone has an old name -> the bars of the market", () => {
    const truth = newYork("2024-03-05T00:00:00Z", 4);
    const listings = [{ ...listed(truth), timeZoneId: "US/Eastern" }];
    expectNothingLeft(runsThrough(truth, { feed, listings }));
  });

  test("Good Friday, unknown when the run began -> learned on the way, and no bar waited for", () => {
    const truth = newYork("2024-03-11T00:00:00Z", 15);
    expect(barAt(truth, -1).openTime).toBeGreaterThan(instant("2024-04-01T00:00:00Z"));
    const start = barAt(truth, 2 * 13 + 4).openTime;
    const world = runsThrough(truth, { feed });
    expect(start).toBeLessThan(instant("2024-03-14T00:00:00Z"));
    const calendar = world.feed!.calendar;
    // What the schedule told at the start ended long before; it is known now, and closed.
    const friday = instant("2024-03-29T04:00:00Z");
    expect(calendar.knownTo * DAY_MS).toBeGreaterThan(friday);
    expect(calendar.segmentAtOrAfter(friday)?.from).toBe(instant("2024-04-01T13:30:00Z"));
    expect(world.log.of("gap").filter(({ range }) => range.from >= friday - DAY_MS)).toEqual([]);
    expectNothingLeft(world);
  });

  test("a short day and a holiday -> no bar is waited for when it closes at one", () => {
    const truth = market({
      calendar: calendarByName("XNYS"),
      size: "30m",
      from: "2024-06-28T00:00:00Z",
      // The third of July has seven, the fourth none.
      bars: 13 * 3 + 7 + 13,
    });
    const world = runsThrough(truth, { feed });
    const closes = world.log.bars("30m").map(({ closeTime }) => closeTime);
    expect(closes).toContain(instant("2024-07-03T17:00:00Z"));
    expect(closes).not.toContain(instant("2024-07-03T17:30:00Z"));
    expect(closes.at(-1)).toBe(instant("2024-07-05T20:00:00Z"));
    expectNothingLeft(world);
  });

  test("the gateway restarts every night -> READY by itself each time, at an exchange that sleeps", () => {
    const truth = newYork("2024-03-05T00:00:00Z", 8);
    const start = barAt(truth, 2 * 13).openTime + 5 * MINUTE_MS;
    const nightlyRestart = {
      zone: NEW_YORK,
      atMs: 23 * HOUR_MS + 45 * MINUTE_MS,
      forMs: 5 * MINUTE_MS,
    };
    const world = new IbWorld(truth, start, { feed, gateway: { nightlyRestart } }).live(strategy);
    world.playTo();
    const night = instant("2024-03-14T03:45:00Z");
    expectHealed(world, uninterrupted(truth, strategy).log, night + 6 * MINUTE_MS);
    const nights = 7;
    const lost = world.log.path.filter((state) => state === "SUSPENDED").length;
    expect(lost).toBe(nights);
    expect(world.link.filter(({ kind }) => kind === "up").length).toBe(1 + nights);
    expectNothingLeft(world);
  });

  test("the gateway restarts every night -> repaired each time, at an exchange that never closes", () => {
    const truth = market({ size: "15m", from: "2024-03-05T00:00:00Z", bars: 96 * 4 });
    const start = barAt(truth, 40).openTime + 5 * MINUTE_MS;
    const nightlyRestart = {
      zone: NEW_YORK,
      atMs: 23 * HOUR_MS + 45 * MINUTE_MS,
      forMs: 20 * MINUTE_MS,
    };
    const world = new IbWorld(truth, start, { feed, gateway: { nightlyRestart } }).live(strategy);
    // There is no next bar: soon it would be overdue.
    world.playTo(barAt(truth, -1).closeTime + 10 * SECOND_MS);
    const night = instant("2024-03-08T04:45:00Z");
    expectHealed(world, uninterrupted(truth, strategy).log, night + 21 * MINUTE_MS);
    expect(world.log.path.filter((state) => state === "SUSPENDED").length).toBe(3);
    expectNothingLeft(world);
  });
});
