import { describe, expect, test } from "vitest";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { KeptMarket } from "../support/kept-market.ts";
import {
  expectFetched,
  expectNoneFetchedAgain,
  expectUnhurt,
  playedAgain,
  storedRuns,
} from "../support/kept-outcome.ts";
import type { KeptLife } from "../support/kept-world.ts";
import { market } from "../support/market.ts";

// Goal: however many lives a run has, and however short they are, killed in the middle of what a
// start does, the last one is READY soon, and nothing is missed, doubled or decided otherwise.

const START = instant("2024-03-08T17:02:00.013Z");
const newYork = new KeptMarket(
  market({
    calendar: calendarByName("XNYS"),
    size: "5m",
    from: "2024-03-06T00:00:00Z",
    bars: 3 * 78,
  }),
  START,
  instant("2024-03-08T20:02:00Z"),
);
/** A whole warm-up takes several requests. */
const PAGES = { history: { pageBars: 10 } };

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  const unhurt = () => newYork.unhurt(mode);

  test("20 lives in a row -> each READY at once, and all together as one that never stopped", () => {
    const world = newYork.world(mode);
    let from: UnixMs = START;
    let killed = 0;
    for (let number = 0; number < 20; number += 1) {
      // From a second to a quarter of an hour, at any moment of a bar.
      const to = from + SECOND_MS + ((number * 7_919_000) % (14 * MINUTE_MS));
      const life = world.life(from, to);
      expect(life.readyAt! - life.startedAt).toBeLessThan(2 * SECOND_MS);
      if (number > 0) expectFetched(life, world, killed);
      killed = to;
      from = to + ((number * 1_234_567) % (4 * MINUTE_MS));
    }
    expect(storedRuns(world).length).toBe(1);
    expectUnhurt(world, unhurt());
  });

  test("killed at every step of its first start -> begun anew, and READY with one warm-up", () => {
    for (const ms of [40, 80, 90, 130, 180, 230, 300]) {
      const world = newYork.world(mode, { feed: PAGES });
      const first = world.life(START, START + ms);
      const isReady = first.readyAt !== undefined;
      const life = world.begin({}, START + 5 * SECOND_MS).playTo(START + 12 * MINUTE_MS);
      life.kill();
      expect(life.readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
      expect(life.kept!.how).toBe(isReady ? "resumed" : "new");
      // In pages of another size it is READY at another moment.
      expectUnhurt(world, unhurt(), false);
      expectNoneFetchedAgain(life);
    }
  });

  test("killed between the subscription and the answer of history, again and again -> one gap in the end", () => {
    const world = newYork.world(mode);
    world.life(START, START + 20 * MINUTE_MS);
    let at = START + 50 * MINUTE_MS;
    for (let number = 0; number < 3; number += 1) {
      const life = world.begin({}, at).playUntil(() => world.last.asked.length === 1);
      expect(world.gateway.openHistory + world.gateway.openStreams).toBeGreaterThan(0);
      expect(life.log.handled).toEqual([]);
      life.kill();
      expect([world.gateway.openHistory, world.gateway.openStreams]).toEqual([0, 0]);
      at += 7 * MINUTE_MS;
    }
    const last = world.begin({}, at).playTo(at + 20 * MINUTE_MS);
    last.kill();
    expectFetched(last, world, START + 20 * MINUTE_MS);
    expectUnhurt(world, unhurt());
  });

  test("killed as the gap has just been filled -> nothing of it is asked for again", () => {
    const world = newYork.world(mode);
    world.life(START, START + 20 * MINUTE_MS);
    const second = world.begin({}, START + 50 * MINUTE_MS);
    second.playUntil(() => second.readyAt !== undefined).kill();
    const third = world.begin().playTo(START + 70 * MINUTE_MS);
    third.kill();
    expectFetched(third, world, second.readyAt!);
    expectUnhurt(world, unhurt());
  });

  test("killed in the middle of a gap of several pages -> the whole gap once more, in one", () => {
    const world = newYork.world(mode, { feed: { history: { pageBars: 4 } } });
    world.life(START, START + 20 * MINUTE_MS);
    const second = world.begin({}, START + 90 * MINUTE_MS);
    second.playUntil(() => second.asked.length === 2).kill();
    const third = world.begin().playTo(START + 110 * MINUTE_MS);
    third.kill();
    expect(third.readyAt! - third.startedAt).toBeLessThan(SECOND_MS);
    expectNoneFetchedAgain(third);
    expectUnhurt(world, unhurt(), false);
  });

  test("the gateway still has the connection of the life before -> READY when it lets go", () => {
    const world = newYork.world(mode);
    world.life(START, START + 20 * MINUTE_MS);
    world.gateway.inflict({ kind: "client-id", forMs: 20 * SECOND_MS });
    const life = world.begin().playTo(START + 40 * MINUTE_MS);
    life.kill();
    expect(life.readyAt! - life.startedAt).toBeGreaterThan(20 * SECOND_MS);
    expect(life.readyAt! - life.startedAt).toBeLessThan(2 * MINUTE_MS);
    expectFetched(life, world, START + 20 * MINUTE_MS);
    expectUnhurt(world, unhurt());
  });

  test("gateway and process die together, and the process is back first -> READY soon after the gateway", () => {
    const world = newYork.world(mode);
    world.life(START, START + 20 * MINUTE_MS);
    world.gateway.inflict({ kind: "down", forMs: 17 * MINUTE_MS });
    const life = world.begin({}, START + 22 * MINUTE_MS);
    life.playTo(START + 36 * MINUTE_MS);
    expect(life.kept).toBeUndefined();
    life.playTo(START + 60 * MINUTE_MS).stop();
    expect(life.readyAt! - (START + 37 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
    expectNoneFetchedAgain(life);
    expectUnhurt(world, unhurt());
  });

  test("the gateway dies between two lives' starts and takes the history with it -> caught up in the end", () => {
    const world = newYork.world(mode);
    world.life(START, START + 20 * MINUTE_MS);
    const life = world
      .begin({}, START + 50 * MINUTE_MS)
      .playUntil(() => world.last.asked.length === 1);
    world.gateway.inflict({ kind: "down", forMs: 11 * MINUTE_MS });
    life.playTo(START + 80 * MINUTE_MS).kill();
    expect(life.readyAt!).toBeGreaterThan(START + 61 * MINUTE_MS);
    expect(life.readyAt!).toBeLessThan(START + 63 * MINUTE_MS);
    expectNoneFetchedAgain(life);
    expectUnhurt(world, unhurt());
  });

  test("stopped in order, and started again -> like any other restart", () => {
    const world = newYork.world(mode);
    world
      .begin({}, START)
      .playTo(START + 20 * MINUTE_MS)
      .stop();
    const { played, log } = playedAgain(world);
    expect(played.run.outcome?.kind).toBe("stopped");
    expect(log.states.at(-1)).toMatchObject({ to: "STOPPED", reason: "stopped on request" });
    const life: KeptLife = world.begin({}, START + 40 * MINUTE_MS).playTo(START + 55 * MINUTE_MS);
    life.stop();
    expect(life.kept!.how).toBe("resumed");
    expectFetched(life, world, START + 20 * MINUTE_MS);
    expectUnhurt(world, unhurt());
  });
});
