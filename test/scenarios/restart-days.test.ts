import { describe, expect, test } from "vitest";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, SECOND_MS } from "../../core/time/instant.ts";
import { KeptMarket } from "../support/kept-market.ts";
import { expectFetched, expectNoneFetchedAgain, expectUnhurt } from "../support/kept-outcome.ts";
import { market } from "../support/market.ts";
import { shanghai } from "../support/real-market.ts";

// Goal: whatever the calendar does while a run is down, lunch, a short day, a holiday week, a
// change of the clocks, it knows which bars it missed when it is back, asks for these and no more.

function newYork(from: string, days: number, start: string, end: string): KeptMarket {
  const calendar = calendarByName("XNYS");
  const truth = market({ calendar, size: "30m", from, bars: 13 * days });
  return new KeptMarket(truth, instant(start), instant(end));
}

const MARKETS = {
  "Spring Festival in Shanghai": new KeptMarket(
    shanghai(instant("2024-02-01T00:00:00Z"), instant("2024-02-21T00:00:00Z")),
    instant("2024-02-08T02:07:30.123Z"),
    instant("2024-02-19T03:00:00Z"),
  ),
  "the clocks of New York go back": newYork(
    "2024-10-25T00:00:00Z",
    8,
    "2024-11-01T15:02:00.013Z",
    "2024-11-04T18:02:00Z",
  ),
  "Christmas in New York": newYork(
    "2024-12-17T00:00:00Z",
    8,
    "2024-12-23T18:02:00.013Z",
    "2024-12-26T18:02:00Z",
  ),
};

const CASES: readonly (readonly [
  where: keyof typeof MARKETS,
  what: string,
  killed: string,
  back: string,
])[] = [
  [
    "Spring Festival in Shanghai",
    "in the lunch break",
    "2024-02-08T03:10:00Z",
    "2024-02-08T04:11:11Z",
  ],
  [
    "Spring Festival in Shanghai",
    "in the lunch break, dead since it began",
    "2024-02-08T03:40:00Z",
    "2024-02-08T04:11:11Z",
  ],
  [
    "Spring Festival in Shanghai",
    "in the afternoon, dead since the morning",
    "2024-02-08T03:10:00Z",
    "2024-02-08T05:20:00Z",
  ],
  [
    "Spring Festival in Shanghai",
    "in the middle of the festival, dead since the evening",
    "2024-02-08T08:00:00Z",
    "2024-02-14T02:00:00Z",
  ],
  [
    "Spring Festival in Shanghai",
    "after the festival, in a bar",
    "2024-02-08T06:40:00Z",
    "2024-02-19T02:07:00Z",
  ],
  [
    "the clocks of New York go back",
    "on the Sunday",
    "2024-11-01T19:40:00Z",
    "2024-11-03T12:00:00Z",
  ],
  [
    "the clocks of New York go back",
    "in the first bar",
    "2024-11-01T19:40:00Z",
    "2024-11-04T14:31:00Z",
  ],
  [
    "the clocks of New York go back",
    "after some bars",
    "2024-11-01T18:40:00Z",
    "2024-11-04T16:10:00Z",
  ],
  [
    "Christmas in New York",
    "on the eve, after it closed early",
    "2024-12-24T16:40:00Z",
    "2024-12-24T19:00:00Z",
  ],
  ["Christmas in New York", "on Christmas Day", "2024-12-24T16:40:00Z", "2024-12-25T16:00:00Z"],
  ["Christmas in New York", "on the day after", "2024-12-23T20:40:00Z", "2024-12-26T15:40:00Z"],
];

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  test.each(CASES)(
    "%s: started again %s -> READY at once, and as if it had never stopped",
    (where, _, killed, back) => {
      const market = MARKETS[where];
      const world = market.world(mode);
      world.life(market.start, instant(killed));
      const life = world.begin({}, instant(back));
      life.playTo(market.soonAfter(instant(back))).kill();
      expectFetched(life, world, instant(killed));
      expect(life.readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
      expectUnhurt(world, market.unhurt(mode));
    },
  );

  test.each([
    ["in the middle of it", "2024-02-08T06:40:00Z", "2024-02-14T02:00:00Z"],
    ["before the first bar after it", "2024-02-08T08:00:00Z", "2024-02-19T01:20:00Z"],
  ])(
    "Spring Festival in Shanghai: started again %s -> one request finds that it was closed",
    (_, killed, back) => {
      const festival = MARKETS["Spring Festival in Shanghai"];
      const world = festival.world(mode);
      world.life(festival.start, instant(killed));
      const life = world.begin({}, instant(back));
      life.playTo(festival.soonAfter(instant(back))).kill();
      // A schedule ends with its last session: of the days since then nobody said that they were
      // closed, and what may have been missed is asked for.
      const { gaps, asked, readyAt, startedAt } = life;
      expect(gaps.filter(({ at }) => at < readyAt!).length).toBe(1);
      expect(asked.filter(({ at }) => at < readyAt!).length).toBe(1);
      expect(readyAt! - startedAt).toBeLessThan(SECOND_MS);
      expectNoneFetchedAgain(life);
      expectUnhurt(world, festival.unhurt(mode));
    },
  );
});
