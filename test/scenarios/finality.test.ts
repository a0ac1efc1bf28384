import { describe, expect, test } from "vitest";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { barAt, barsOf, changed, market } from "../support/market.ts";
import { ScriptedSource } from "../support/scripted-source.ts";
import { World } from "../support/world.ts";

// Goal: a bar goes out once, when it has closed and its source has had its last word, and exactly
// as the source said it: never a forming one, never a mixture of two versions.

const GRACE_MS = 3_000;
const XNYS = calendarByName("XNYS");
/** The last hour of a Friday and the first of the Monday after, in bars of 15 minutes. */
const friday = { calendar: XNYS, size: "15m", from: "2024-03-15T13:30:00Z", bars: 40 };
const FRIDAY_CLOSE = instant("2024-03-15T20:00:00Z");
const MONDAY_OPEN = instant("2024-03-18T13:30:00Z");

describe("the last bar of a session", () => {
  test("9: it waits for the next bar (NautilusTrader #2671, PR #2764) -> it goes out on the calendar's clock", () => {
    // The source never calls a bar final, and the next one comes two and a half days later.
    const truth = market(friday);
    const start = FRIDAY_CLOSE - HOUR_MS;
    const world = new World(truth, start, { gateway: { sendsFinals: false } });
    const feed = world.feed(5);
    world.runTo(FRIDAY_CLOSE + MINUTE_MS);
    const last = feed.received.at(-1)!;
    expect(last.bar).toEqual(barAt(truth, 25));
    expect(last.bar.closeTime).toBe(FRIDAY_CLOSE);
    expect(last.at).toBe(FRIDAY_CLOSE + GRACE_MS);
    expect(last.origin).toBe("live");
    // History was asked for the warm-up alone: the clock closed the bar, not a repair.
    expect(world.asked.length).toBe(1);
  });

  test("10: it is published by the timer and by the next session's first update (NautilusTrader) -> once", () => {
    const truth = market(friday);
    const live = new ScriptedSource(truth.series, { impliesFinals: true });
    const world = new World(truth, FRIDAY_CLOSE - 15 * MINUTE_MS, { splice: { live } });
    const feed = world.feed(5);
    const last = barAt(truth, 25);
    world.runTo(FRIDAY_CLOSE - SECOND_MS);
    live.forming(last);
    world.runTo(FRIDAY_CLOSE + MINUTE_MS);
    expect(feed.finals.at(-1)).toEqual(last);
    const count = feed.finals.length;

    world.runTo(MONDAY_OPEN + SECOND_MS);
    live.forming(last);
    live.final(last);
    live.forming(barAt(truth, 26));
    world.runTo(MONDAY_OPEN + MINUTE_MS);
    expect(feed.finals.length).toBe(count);
    expect([feed.of("revision"), feed.of("rejection"), feed.gaps]).toEqual([[], [], []]);
  });
});

describe("one bar, one identity", () => {
  test("11: the same time is taken for a new bar (NautilusTrader #897) -> series and open time are the identity", () => {
    // Every message comes twice, pages of history as well.
    const truth = market({ size: "1m", from: "2024-01-02T00:00:00Z", bars: 60 });
    const start = barAt(truth, 30).openTime + 20 * SECOND_MS;
    const gateway = { duplicateShare: 1, pageBars: 7, seed: 5 };
    const world = new World(truth, start, { gateway });
    const feed = world.feed(20);
    world.runTo();
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 10).openTime));
    expect([feed.of("revision"), feed.of("rejection"), feed.gaps]).toEqual([[], [], []]);
    expect(feed.states).toEqual(["backfilling", "live"]);
  });

  test("11: the same time with other values -> a revision of it, no bar more", () => {
    const truth = market({ size: "1m", from: "2024-01-02T00:00:00Z", bars: 60 });
    const live = new ScriptedSource(truth.series);
    const world = new World(truth, barAt(truth, 30).openTime, { splice: { live } });
    const feed = world.feed(5);
    const bar = barAt(truth, 30);
    const other = changed(bar, { volume: bar.volume + 1 });
    world.runTo(bar.closeTime);
    for (const each of [bar, bar, other, other]) live.final(each);
    expect(feed.finals.slice(5)).toEqual([bar]);
    expect(feed.of("revision")).toMatchObject([{ version: 2, before: bar, after: other }]);
  });
});

describe("forming bars", () => {
  const truth = market({ size: "1m", from: "2024-01-02T00:00:00Z", bars: 60 });
  const bar = barAt(truth, 30);

  /** A live source without finals, a moment into a bar. */
  function restating(impliesFinals = true) {
    const live = new ScriptedSource(truth.series, { impliesFinals });
    const world = new World(truth, bar.openTime + SECOND_MS, { splice: { live } });
    const feed = world.feed(5);
    return { live, world, feed };
  }

  test("32: volume stays at the first update (OpenTrader: 500 recorded as 100) -> each restatement counts", () => {
    // The prices stand still: only the volume tells one restatement from the next.
    const { live, world, feed } = restating();
    for (const [second, volume] of [
      [10, 100],
      [30, 300],
      [58, 500],
    ] as const) {
      world.runTo(bar.openTime + second * SECOND_MS);
      live.forming(changed(bar, { volume }));
    }
    world.runTo(bar.closeTime + MINUTE_MS / 2);
    expect(feed.finals.slice(5)).toEqual([changed(bar, { volume: 500 })]);
  });

  test("41: high and low of a forming bar stay in the closed one (freqtrade PR #13397) -> the final as it was said", () => {
    // A bad tick widens the forming bar; the exchange busts it before the close.
    const { live, world, feed } = restating(false);
    const high = bar.high + 10;
    const low = bar.low - 10;
    live.forming(changed(bar, { high, low, volume: bar.volume + 100 }));
    world.runTo(bar.closeTime);
    live.final(bar);
    expect(feed.finals.slice(5)).toEqual([bar]);
    expect(feed.of("revision")).toEqual([]);
  });

  test("41: a forming bar from before a disconnect is merged with what comes after -> the newer one, whole", () => {
    const { live, world, feed } = restating();
    live.forming(changed(bar, { high: bar.high + 10, volume: 1 }));
    live.status("interrupted", "cable");
    live.status("live", "cable");
    world.runTo(bar.closeTime - SECOND_MS);
    live.forming(bar);
    world.runTo(bar.closeTime + GRACE_MS);
    expect(feed.finals.slice(5)).toEqual([bar]);
  });

  test("41: history and live tell one bar in two ways -> one of them whole, and the other is reported", () => {
    // History lags by twenty seconds: both versions of the bar are there before either goes out.
    const other = changed(bar, { high: bar.high + 1, low: bar.low - 1, volume: bar.volume + 5 });
    const live = new ScriptedSource(truth.series);
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        world.clock.schedule(world.clock.now() + 20 * SECOND_MS, () => {
          source.say(barsOf(truth, from, to));
          source.cover(from!, to!);
          source.end({ kind: "complete" });
        });
      },
    });
    const world = new World(truth, bar.closeTime, { splice: { live, history } });
    const feed = world.feed(5);
    world.runTo(bar.closeTime + SECOND_MS);
    live.final(other);
    world.runTo(bar.closeTime + 30 * SECOND_MS);
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 26).openTime, bar.closeTime));
    const conflict = { fault: "conflict", bar: other };
    expect(
      feed.of("rejection").map(({ fault, bar }) => ({ fault, bar: changed(bar, {}) })),
    ).toEqual([conflict]);
  });

  test("13: a bar stamped at its open is let through before it closed (NautilusTrader #4577) -> not before its close", () => {
    // The live source calls the bar final as it opens; history shows the bar in progress as final.
    const { live, world, feed } = restating(false);
    live.final(changed(bar, { high: bar.open, low: bar.open, close: bar.open, volume: 1 }));
    world.runTo(bar.closeTime - 1);
    expect(feed.finals.length).toBe(5);
    world.runTo(bar.closeTime + 10);
    live.final(bar);
    expect(feed.received.slice(5)).toEqual([{ bar, origin: "live", at: bar.closeTime + 10 }]);
  });

  test("13: history shows the bar in progress as final -> the stream never has it before its close", () => {
    const start = bar.openTime + 30 * SECOND_MS;
    const world = new World(truth, start, { gateway: { historyShowsForming: true } });
    const feed = world.feed(10);
    world.runTo();
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 20).openTime));
    for (const { bar, at } of feed.received) expect(at).toBeGreaterThanOrEqual(bar.closeTime);
  });
});
