import { describe, expect, test } from "vitest";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { ProcessKilled, SimDisk } from "../../sim/disk/index.ts";
import { Truth } from "../../sim/index.ts";
import { expectSame } from "../support/ib-outcome.ts";
import { KeptMarket } from "../support/kept-market.ts";
import {
  expectFetched,
  expectNoneFetchedAgain,
  expectUnhurt,
  playedAgain,
  storedBars,
} from "../support/kept-outcome.ts";
import { KeptWorld } from "../support/kept-world.ts";
import { barAt, barsOf, market, plain } from "../support/market.ts";
import { saidAfter } from "../support/run-log.ts";
import { averageStrategy, crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: failures that real engines had, as they would come across restarts of a kept run.

const START = instant("2024-03-08T17:02:00.013Z");
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-06T00:00:00Z",
  bars: 3 * 78,
});
const newYork = new KeptMarket(truth, START, START + 3 * HOUR_MS);
const KILLED = START + 20 * MINUTE_MS;
const WARM_UP = 20;
/** The bars that a warm-up needs, at the start. */
const last = truth.grid.slotClosedBy(START)!;
const first = truth.grid.nthBack(START, WARM_UP)!;
const WHOLE_WINDOW = { from: first.openTime, to: last.closeTime };

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  const unhurt = () => newYork.unhurt(mode);
  const kept = () => newYork.world(mode);
  const strategy = () => crossStrategy(3, WARM_UP);

  test("2: zero bars of warm-up after the first start, its store being empty (NautilusTrader PR #4173) -> the whole window is asked for", () => {
    const world = newYork.world(mode, { strategy });
    const life = world.life(START, START + 12 * MINUTE_MS);
    expect(life.gaps[0]).toMatchObject({ range: WHOLE_WINDOW, stored: 0 });
    expect(life.log.bars("5m")[0]!.openTime).toBe(first.openTime);
    expect(life.log.states.at(-1)!.to).toBe("READY");
  });

  test("2: zero bars of warm-up where a run heard nothing before it died (NautilusTrader PR #4173) -> the whole window is asked for", () => {
    for (const ms of [82, 100]) {
      const world = newYork.world(mode, { strategy });
      const dead = world.life(START, START + ms);
      expect(dead.kept!.journal.run.head.commits).toBeLessThanOrEqual(1);
      expect(dead.log.handled).toEqual([]);
      const life = world.life(START + 5 * SECOND_MS, START + 12 * MINUTE_MS);
      expect(life.gaps[0]).toMatchObject({ range: WHOLE_WINDOW, stored: 0 });
      expect(life.kept!.how).toBe("new");
      expect(life.log.states.at(-1)!.to).toBe("READY");
    }
  });

  test("2: zero bars of warm-up where a store covers the window and has no bar in it (NautilusTrader PR #4173) -> as many bars from before it", () => {
    // Nothing was traded for two hours, and a store has been told so.
    const quiet = { from: instant("2024-03-08T15:00:00Z"), to: instant("2024-03-08T17:00:00Z") };
    const traded = barsOf(truth).filter(
      ({ openTime }) => openTime < quiet.from || openTime >= quiet.to,
    );
    const holed = new Truth(truth.series, truth.grid, BarColumns.of(traded), 7);
    const market = new KeptMarket(holed, START - HOUR_MS, 0);
    const told = market.world(mode, { strategy });
    // A first life declares the series; what it fetched is forgotten again.
    told.life(START - HOUR_MS, START - HOUR_MS + SECOND_MS);
    const store = told.disk.open();
    const bars = new BarStore(store);
    const { key } = holed.series;
    store.write((writer) => bars.forget(writer, key, { from: 0, to: START }));
    store.write((writer) =>
      bars.update(writer, key, { covered: [quiet], source: "test", receivedAt: START }),
    );
    expect(bars.find(key)).toMatchObject({ count: 0, complete: [quiet] });
    const life = told.begin({ name: "another" }, START).playTo(START + 12 * MINUTE_MS);
    life.kill();
    const warmUp = life.gaps.filter(({ at }) => at <= life.readyAt!);
    expect(warmUp.length).toBeGreaterThan(1);
    for (const { range } of warmUp) {
      expect(range.to <= quiet.from || range.from >= quiet.to).toBe(true);
    }
    expect(life.log.states.at(-1)!.to).toBe("READY");
    const { log } = playedAgain(told);
    expect(log.bars("5m").length).toBeGreaterThanOrEqual(WARM_UP);
    expectSame(log, uninterrupted(holed, strategy()).log, log.bars("5m").at(-1)!.closeTime);
  });

  test("7: no subscription after a reconnection, and a kill (NautilusTrader #3001) -> the next life goes on behind the last bar that went out", () => {
    const world = kept();
    const goneAt = START + 20 * MINUTE_MS;
    world.gateway.inflict({ kind: "down", forMs: 17 * MINUTE_MS }, goneAt);
    world.gateway.inflict({ kind: "down", forMs: MINUTE_MS }, goneAt + 18 * MINUTE_MS);
    const dead = world.begin({}, START).playTo(goneAt + 18 * MINUTE_MS + 20 * SECOND_MS);
    // It was READY again and lost the gateway once more: it tries to subscribe as it dies.
    expect(dead.kept!.run.state).toBe("SUSPENDED");
    const before = dead.log.handled.at(-1)!.bar;
    dead.kill();
    const life = world.begin({}, goneAt + 18 * MINUTE_MS + 40 * SECOND_MS);
    life.playTo(START + HOUR_MS).stop();
    expect(life.log.handled[0]!.bar).toEqual(barsOf(truth, before.closeTime)[0]);
    expectNoneFetchedAgain(life);
    expectUnhurt(world, unhurt());
  });

  test.each([
    ["for four minutes", 4 * MINUTE_MS],
    ["for an hour", HOUR_MS],
    ["over the weekend", instant("2024-03-11T13:33:00Z") - KILLED],
  ])("37: a bar is corrected while the run is down %s -> a revision", (_, downMs) => {
    const week = new KeptMarket(
      market({
        calendar: calendarByName("XNYS"),
        size: "5m",
        from: "2024-03-06T00:00:00Z",
        bars: 4 * 78,
      }),
      START,
      0,
    );
    const world = week.world(mode, { strategy });
    world.life(START, KILLED);
    // The last bar that went out, five minutes after its close.
    const known = playedAgain(world).log.bars("5m").at(-1)!;
    world.gateway.inflict({ kind: "revise", back: 1 }, known.closeTime + 299 * SECOND_MS);
    const back = KILLED + downMs;
    const life = world.begin({}, back).playTo(back + 17 * MINUTE_MS);
    const told = life.log.of("revision").map(({ before, after, version }) => ({
      before: plain(before!),
      after: plain(after),
      version,
    }));
    expect(told).toEqual([{ version: 2, before: known, after: expect.anything() }]);
    const { after } = told[0]!;
    expect(after.close).not.toBe(known.close);
    life.kill();
    const bars = barsOf(week.truth).map((bar) => (bar.openTime === known.openTime ? after : bar));
    const whole = uninterrupted(week.truth, strategy(), { bars }).log;
    const { log } = playedAgain(world);
    const revisedBy = back + 6 * MINUTE_MS;
    const values = saidAfter(log.values, revisedBy);
    const end = log.bars("5m").at(-1)!.closeTime;
    expect(values.length).toBeGreaterThan(0);
    expect(values).toEqual(
      saidAfter(whole.values, revisedBy).filter(({ closeTime }) => closeTime <= end),
    );
    const store = storedBars(world);
    expect(store.verify(truth.series.key)).toEqual([]);
    expect(store.provenance(truth.series.key, known.openTime)).toMatchObject({ version: 2 });
    expect([...store.read(truth.series.key)].map(plain)).toContainEqual(after);
  });

  test("37: a bar is corrected a moment before its run is killed -> a revision in the next life", () => {
    const world = newYork.world(mode, { strategy });
    world.life(START, START + 3 * MINUTE_MS + 30 * SECOND_MS);
    world.gateway.inflict({ kind: "revise", back: 1 });
    const life = world.begin({}, START + 4 * MINUTE_MS).playTo(START + 7 * MINUTE_MS);
    life.kill();
    expect(life.log.of("revision").length).toBe(1);
    playedAgain(world);
  });

  test("42: days-old data after a restart (freqtrade #11725), no history and no live bar -> not READY, says why, lets no order out", () => {
    const buying = () => averageStrategy(WARM_UP, (trade) => trade.buy(1));
    const world = newYork.world(mode, { strategy: buying });
    world.life(START, KILLED);
    const submitted = playedAgain(world, buying()).log.orders.length;
    expect(submitted).toBeGreaterThan(0);
    const life = world.begin({}, KILLED + HOUR_MS).playUntil(() => world.last.kept !== undefined);
    world.gateway.inflict({ kind: "farm", forMs: 30 * MINUTE_MS, kills: true });
    life.playTo(KILLED + 80 * MINUTE_MS);
    expect(life.kept!.run.state).toBe("SUSPENDED");
    expect(life.readyAt).toBeUndefined();
    expect(life.log.states.at(-1)!.reason).toMatch(/^(backfilling|interrupted|stale)/);
    expect(life.log.handled).toEqual([]);
    expect(life.log.orders).toEqual([]);
    life.playTo(KILLED + 110 * MINUTE_MS).kill();
    expect(life.readyAt!).toBeGreaterThan(KILLED + 90 * MINUTE_MS);
    expect(life.readyAt!).toBeLessThan(KILLED + 92 * MINUTE_MS);
    // Those that were asked for on bars that had to be caught up with were refused.
    const late = life.log.orders.filter(({ at }) => at <= life.readyAt!);
    expect(late.filter(({ status }) => status === "submitted")).toEqual([]);
    expect(late.filter(({ status }) => status === "rejected").length).toBeGreaterThan(10);
    playedAgain(world, buying());
    expectNoneFetchedAgain(life);
  });

  test("42: days-old data after a restart (freqtrade #11725), history without the last days -> not READY on it", () => {
    const world = newYork.world(mode, { strategy });
    world.life(START, KILLED);
    world.gateway.inflict({ kind: "history", what: { kind: "empty" }, count: 1_000 });
    const life = world.begin({}, KILLED + HOUR_MS).playTo(KILLED + HOUR_MS + 10 * MINUTE_MS);
    expect(life.readyAt).toBeUndefined();
    expect(life.kept!.run.state).toBe("SUSPENDED");
    expect(life.log.handled).toEqual([]);
    life.kill();
    playedAgain(world);
  });
});

test("20: consolidating the store deleted its source rows (NautilusTrader PR #4443, #3866) -> killed at every step, the run goes on with all of its bars", () => {
  const old = market({ size: "1m", from: "2024-03-01T00:00:00Z", bars: 9_000 });
  const start = barAt(old, 8_950).openTime + 7 * SECOND_MS;
  const lived = (disk: SimDisk): KeptWorld =>
    new KeptWorld(old, start, { strategy: () => crossStrategy(3, WARM_UP), disk });
  /** A run of some minutes, in a store with many bars of before in blocks that are not full. */
  const before = (faults: ConstructorParameters<typeof SimDisk>[0] = []) => {
    const disk = new SimDisk(faults);
    lived(disk).life(start, start + 3 * MINUTE_MS);
    const store = disk.open();
    const bars = new BarStore(store);
    for (const from of [5_000, 2_000, 3_500, 500]) {
      const to = from + 1_500;
      const range = { from: barAt(old, from).openTime, to: barAt(old, to).openTime };
      const some = BarColumns.of(barsOf(old, range.from, range.to));
      const update = { bars: some, covered: [range], source: "csv", receivedAt: start };
      store.write((writer) => bars.update(writer, old.series.key, update));
    }
    return { disk, bars };
  };
  const { disk, bars } = before();
  const calls = disk.calls;
  expect(bars.consolidate(old.series.key)).toBeGreaterThan(0);
  const steps = disk.calls - calls;
  expect(steps).toBeGreaterThan(2);
  for (let step = 0; step <= steps; step += 1) {
    const call = calls + step + 1;
    const hurt = before(step === steps ? [] : [{ kind: "kill", call, moment: "torn" }]);
    if (step < steps) expect(() => hurt.bars.consolidate(old.series.key)).toThrow(ProcessKilled);
    const world = lived(hurt.disk);
    const life = world.begin({}, start + 3 * MINUTE_MS + 5 * SECOND_MS);
    life.playTo(start + 6 * MINUTE_MS).kill();
    expectFetched(life, world, start + 3 * MINUTE_MS);
    const store = storedBars(world);
    expect(store.verify(old.series.key)).toEqual([]);
    const stored = [...store.read(old.series.key)].map(plain);
    const stays = (index: number): boolean => index >= 500 && (index < 6_500 || index >= 8_930);
    expect(stored).toEqual(
      barsOf(old, 0, start + 6 * MINUTE_MS - MINUTE_MS).filter((_, index) => stays(index)),
    );
    playedAgain(world);
  }
});
