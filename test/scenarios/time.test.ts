import { describe, expect, test } from "vitest";
import { calendarFromHours } from "../../core/time/calendars/calendar-from-hours.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import {
  DAY_MS,
  formatInstant,
  HOUR_MS,
  instant,
  MINUTE_MS,
  parseInstant,
  SECOND_MS,
} from "../../core/time/instant.ts";
import { NEW_YORK } from "../../core/time/zone.ts";
import { barAt, barsOf, changed, market } from "../support/market.ts";
import { readyHistory, ScriptedSource } from "../support/scripted-source.ts";
import { averageStrategy } from "../support/strategies.ts";
import { uninterrupted, World } from "../support/world.ts";

// Goal: bars lie where the exchange's own clock puts them, on both sides of a change of that clock,
// and an instant means the same whoever writes it.

describe("daylight saving", () => {
  test("19: a fixed offset drifts an hour (NautilusTrader #4398) -> the session follows New York", () => {
    // New York goes forward on Sunday, 2024-03-10: Friday opens at 14:30Z and Monday at 13:30Z.
    const calendar = calendarByName("XNYS");
    const truth = market({ calendar, size: "15m", from: "2024-03-07T00:00:00Z", bars: 26 * 4 });
    const start = instant("2024-03-08T15:00:00Z");
    const world = new World(truth, start);
    const { run, log } = world.run(averageStrategy(10));
    world.runTo(instant("2024-03-11T15:00:01Z"));
    const opens = log.bars("15m").map(({ openTime }) => formatInstant(openTime));
    const on = (day: string): string[] => opens.filter((open) => open.startsWith(day));
    expect(on("2024-03-08").at(0)).toBe("2024-03-08T14:30:00.000Z");
    expect(on("2024-03-08").length).toBe(26);
    expect(on("2024-03-11").at(0)).toBe("2024-03-11T13:30:00.000Z");
    expect(on("2024-03-11").length).toBe(6);
    expect(log.of("gap")).toEqual([]);
    expect(log.path).toEqual(["WARMING_UP", "READY"]);

    // A backfill over the change finds as many bars as it asked for, where they are.
    const monday = new World(truth, instant("2024-03-11T14:00:00Z"));
    const backfilled = monday.run(averageStrategy(40));
    monday.runTo(instant("2024-03-11T14:01:00Z"));
    expect(backfilled.log.bars("15m")).toEqual(barsOf(truth).slice(14, 54));
    expect(backfilled.log.bars("15m")[0]!.openTime).toBe(instant("2024-03-07T18:00:00Z"));
    expect(backfilled.run.state).toBe("READY");
    expect(run.outcome).toBeUndefined();
  });

  for (const [name, day, hours] of [
    ["forward", "2024-03-10", 23],
    ["back", "2024-11-03", 25],
  ] as const) {
    test(`27: a bar is out of order when the clock goes ${name} (Lean #4925) -> ascending, each once, ${hours} hours a day`, () => {
      // A market that never closes, on New York's days: the repeated or skipped hour is traded.
      const calendar = calendarFromHours({
        name: "NEVER-CLOSED",
        zone: NEW_YORK,
        firstDay: "2024-01-01",
        lastDay: "2024-12-31",
        hours: "00:00-24:00",
        weekdays: [1, 2, 3, 4, 5, 6, 7],
      });
      const dayBefore = formatInstant(instant(`${day}T00:00:00Z`) - DAY_MS).slice(0, 10);
      const truth = market({ calendar, size: "15m", from: `${dayBefore}T00:00:00Z`, bars: 300 });
      const start = instant(`${day}T04:20:00Z`);
      const gateway = { reorders: true, jitterMs: 20 * MINUTE_MS, seed: 11 };
      const patient = { graceMs: 25 * MINUTE_MS, staleMs: 40 * MINUTE_MS };
      const splice = { sequencer: patient, backfillMs: HOUR_MS, fetch: { silenceMs: HOUR_MS } };
      const world = new World(truth, start, { gateway, splice });
      const feed = world.feed(10);
      world.runTo();
      const first = feed.finals[0]!;
      expect(feed.finals).toEqual(barsOf(truth, first.openTime));
      expect(first.openTime).toBeLessThan(start - 2 * HOUR_MS);
      const session = calendar.sessionOn(calendar.firstDay + dayOfYear(day))!;
      const { from, to } = session.segments[0]!;
      expect(to - from).toBe(hours * HOUR_MS);
      expect(truth.grid.count({ from, to })).toBe(hours * 4);
    });
  }
});

/** Days since the first of January. */
function dayOfYear(day: string): number {
  return (instant(`${day}T00:00:00Z`) - instant("2024-01-01T00:00:00Z")) / DAY_MS;
}

describe("UTC at the door", () => {
  test("39: history in exchange time, real time in UTC (ib_async #181, ib_insync #481) -> one instant, or a refusal", () => {
    const forms = [
      "2024-03-08T14:30:00Z",
      "2024-03-08 09:30:00-05:00",
      "2024-03-08T22:30:00+0800",
      "2024-03-08T14:30:00.000Z",
    ];
    expect(new Set(forms.map((form) => parseInstant(form)))).toEqual(
      new Set([instant("2024-03-08T14:30:00Z")]),
    );
    // A wall time without its zone would be a guess.
    expect(parseInstant("2024-03-08 09:30:00")).toBeUndefined();
  });

  test("39: history labels Shanghai's wall time as UTC (ib_insync #329, #576) -> refused bar by bar, never mixed in", () => {
    // Eight hours off, no bar falls into the session: 09:30 in Shanghai is read as 17:30.
    const calendar = calendarByName("CFFEX");
    const truth = market({ calendar, size: "15m", from: "2024-03-04T00:00:00Z", bars: 16 * 6 });
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        source.say(
          barsOf(truth, from, to).map((bar) =>
            changed(bar, {
              openTime: bar.openTime + 8 * HOUR_MS,
              closeTime: bar.closeTime + 8 * HOUR_MS,
            }),
          ),
        );
        source.cover(from!, to!);
        source.end({ kind: "complete" });
      },
    });
    const start = barAt(truth, 48).openTime;
    const world = new World(truth, start, { splice: { history } });
    const { log } = world.run(averageStrategy(20));
    world.runTo();
    const faults = log.of("rejection").map(({ fault }) => fault);
    // Twelve of them fall into the ranges that were asked for; the others answer no question.
    expect(faults.length).toBe(12);
    expect(new Set(faults)).toEqual(new Set(["off-grid"]));
    expect(log.bars("15m")).toEqual(barsOf(truth, start));
    expect(log.readyAt).toBe(barAt(truth, 67).closeTime + 20);
  });
});

describe("the order of closes", () => {
  test("13: a bar is handled before its close or after a later one (NautilusTrader #4577) -> by close, on the clock", () => {
    // Live with late and reordered finals, and the backtest: both by the same rule.
    const truth = market({ size: "5m", from: "2024-01-02T00:00:00Z", bars: 120, emptyShare: 0.1 });
    const start = barAt(truth, 60).openTime + MINUTE_MS;
    const gateway = { reorders: true, jitterMs: 4 * SECOND_MS, lateShare: 0.3, lateMs: MINUTE_MS };
    const world = new World(truth, start, { gateway });
    const { log } = world.run(averageStrategy(20));
    world.runTo();
    const whole = uninterrupted(truth, averageStrategy(20)).log;
    expect(log.handled.length).toBeGreaterThan(60);
    for (const { handled } of [log, whole]) {
      let before = Number.NEGATIVE_INFINITY;
      for (const { bar, at } of handled) {
        expect(bar.closeTime).toBeGreaterThan(before);
        expect(at).toBeGreaterThanOrEqual(bar.closeTime);
        before = bar.closeTime;
      }
    }
  });

  test("1: live bars of a whole day wait behind a slow history -> in order, none ahead of another", () => {
    const truth = market({ size: "15m", from: "2024-01-02T00:00:00Z", bars: 200 });
    const start = barAt(truth, 60).openTime + MINUTE_MS;
    let answer = (): void => {};
    const ready = readyHistory(truth);
    const history = {
      open: (query: Parameters<typeof ready.open>[0], sink: Parameters<typeof ready.open>[1]) => {
        answer = () => ready.open(query, sink);
        return { close: () => {}, pause: () => {}, resume: () => {} };
      },
    };
    const fetch = { silenceMs: 2 * DAY_MS };
    const world = new World(truth, start, { splice: { history, fetch, backfillMs: 2 * DAY_MS } });
    const feed = world.feed(40);
    world.runTo(start + DAY_MS);
    expect(feed.received).toEqual([]);
    answer();
    expect(feed.finals).toEqual(
      barsOf(truth, barAt(truth, 20).openTime, start + DAY_MS - HOUR_MS / 4),
    );
    expect(feed.states).toEqual(["backfilling", "live"]);
  });
});
