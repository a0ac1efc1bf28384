import { describe, expect, test } from "vitest";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, SECOND_MS } from "../../core/time/instant.ts";
import { KeptMarket } from "../support/kept-market.ts";
import { expectFetched, expectNoneFetchedAgain, expectUnhurt } from "../support/kept-outcome.ts";
import { market } from "../support/market.ts";

// Goal: a live run that is killed and started again, whenever and for however long, is READY at
// once with one request for what it missed, and cannot be told from the run that never stopped.

/** Eight days of New York, with a change of its clocks on the Sunday before the seventh. */
const newYork = new KeptMarket(
  market({
    calendar: calendarByName("XNYS"),
    size: "15m",
    from: "2024-03-01T00:00:00Z",
    bars: 8 * 26,
  }),
  instant("2024-03-08T17:02:00.013Z"),
  instant("2024-03-12T14:32:00Z"),
);

const CASES: readonly (readonly [name: string, killed: string, back: string])[] = [
  ["after 5 seconds, within the same bar", "2024-03-08T17:36:00Z", "2024-03-08T17:36:05Z"],
  ["in the next bar", "2024-03-08T17:36:00Z", "2024-03-08T17:46:00Z"],
  ["after some bars", "2024-03-08T17:36:00Z", "2024-03-08T19:10:59.999Z"],
  ["in the evening of the same day", "2024-03-08T20:50:00Z", "2024-03-09T00:00:00Z"],
  ["at night, and it had been night", "2024-03-09T01:00:00Z", "2024-03-09T09:00:00Z"],
  ["on the Sunday of the clocks", "2024-03-08T17:36:00Z", "2024-03-10T17:00:00Z"],
  ["after that weekend", "2024-03-08T20:52:00Z", "2024-03-11T13:40:00Z"],
  ["days later", "2024-03-08T17:36:00Z", "2024-03-12T13:33:00Z"],
];

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  const unhurt = () => newYork.unhurt(mode);

  test.each(CASES)(
    "started again %s -> READY at once, and as if it had never stopped",
    (_, killed, back) => {
      const world = newYork.world(mode);
      world.life(newYork.start, instant(killed));
      const life = world.begin({}, instant(back));
      life.playTo(newYork.soonAfter(instant(back))).stop();
      expectFetched(life, world, instant(killed));
      expect(life.readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
      expectUnhurt(world, unhurt());
    },
  );

  test.each([
    ["killed there and started at once", "2024-03-08T17:45:00Z", "2024-03-08T17:45:00Z"],
    ["killed a moment before, started there", "2024-03-08T17:44:59.999Z", "2024-03-08T17:45:00Z"],
    ["killed there, started at the next", "2024-03-08T17:45:00Z", "2024-03-08T18:00:00Z"],
    [
      "killed there, started at the close of the day",
      "2024-03-08T17:45:00Z",
      "2024-03-08T21:00:00Z",
    ],
    ["killed there, started as the day opens", "2024-03-08T21:00:00Z", "2024-03-11T13:30:00Z"],
  ])("exactly at the boundary of two bars: %s -> as if it had never stopped", (_, killed, back) => {
    const world = newYork.world(mode);
    world.life(newYork.start, instant(killed));
    const life = world.begin({}, instant(back));
    life.playTo(newYork.soonAfter(instant(back))).stop();
    // What closed this very moment may lack its last trades for 3 s: it is asked for after that.
    const gaps = life.gaps.filter(({ at }) => at < life.readyAt!);
    expect(gaps.length).toBeLessThanOrEqual(1);
    expect(life.readyAt! - life.startedAt).toBeLessThan(3.5 * SECOND_MS);
    expectNoneFetchedAgain(life);
    expectUnhurt(world, unhurt());
  });
});
