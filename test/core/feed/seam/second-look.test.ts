import { describe, expect, it } from "vitest";
import type { BarSink } from "../../../../core/feed/bar-source.ts";
import { fetchOptions } from "../../../../core/feed/seam/range-fetch.ts";
import { SecondLook, type SecondLookOptions } from "../../../../core/feed/seam/second-look.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { FollowedCalendar } from "../../../../core/time/followed-calendar.ts";
import {
  DAY_MS,
  dayNumber,
  HOUR_MS,
  instant,
  MINUTE_MS,
  SECOND_MS,
  type UnixMs,
} from "../../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { UTC } from "../../../../core/time/zone.ts";
import type { GatewayOptions, TruthRevision } from "../../../../sim/index.ts";
import { barAt, barsOf, changed, market, plain } from "../../../support/market.ts";
import { World } from "../../../support/world.ts";

// Goal: what went out is compared with history once more, each bar once, so that a correction that
// no stream announces becomes a revision; and nothing ever waits for such a look.

const AFTER_MS = 90 * SECOND_MS;

function correction(bars: BarColumns, index: number, afterMs: number): TruthRevision {
  const bar = changed(bars.at(index), { volume: bars.volume[index]! + 100 });
  return { at: bar.closeTime + afterMs, bar };
}

/** Corrected within the 90 seconds, and long after them. */
const truth = market({
  size: "1m",
  from: "2024-01-02T00:00:00Z",
  bars: 40,
  revise: (bars) => [correction(bars, 12, 30 * SECOND_MS), correction(bars, 15, 30 * MINUTE_MS)],
});
const start = barAt(truth, 10).openTime + 30 * SECOND_MS;

function world(
  secondLook: Partial<SecondLookOptions> = { afterMs: AFTER_MS, everyMs: 0 },
  gateway: GatewayOptions = {},
): World {
  return new World(truth, start, {
    gateway: { sendsRevisions: false, ...gateway },
    splice: { secondLook },
  });
}

/** Looks by themselves, at a history that refuses, or does whatever else it is told. */
function bare(
  grid: BarGrid,
  now: UnixMs,
  answer: (sink: BarSink) => void = (sink) =>
    sink.end({ kind: "failed", fault: { code: "gone", message: "", retry: "never" } }),
) {
  const time = new VirtualTime(now);
  const asked: { readonly at: UnixMs; readonly from: UnixMs; readonly to: UnixMs }[] = [];
  const look = new SecondLook({
    series: truth.series,
    grid,
    history: {
      open: ({ from, to }, sink) => {
        asked.push({ at: time.now(), from: from!, to: to! });
        answer(sink);
        return { close: () => {}, pause: () => {}, resume: () => {} };
      },
    },
    clock: time,
    fetch: fetchOptions(),
    options: { afterMs: AFTER_MS, everyMs: 0, reachMs: 0 },
    take: () => {},
  });
  return { look, time, asked };
}

describe("the second look", () => {
  it("turns what history has corrected meanwhile into a revision", () => {
    const played = world();
    const log = played.feed(5);
    played.runTo();
    const revisions = log.of("revision");
    expect(revisions.map(({ before, after }) => [before!.volume, after.volume])).toEqual([
      [barAt(truth, 12).volume, barAt(truth, 12).volume + 100],
    ]);
    expect(log.finals).toEqual(barsOf(truth, barAt(truth, 5).openTime));
    expect(log.gaps).toEqual([]);
  });

  it("comes once for each bar that closed shortly before it went out, and for no other", () => {
    const played = world();
    played.feed(5);
    played.runTo();
    const [backfill, ...looks] = played.asked;
    expect(backfill!.to).toBe(barAt(truth, 9).closeTime);
    // Of the backfill only the last bar had closed within the 90 seconds, and of the last bars the
    // stream ends before their time has come.
    const looked = barsOf(truth, barAt(truth, 9).openTime, barAt(truth, -2).openTime);
    expect(looks.map(({ from, to }) => [from, to])).toEqual(
      looked.map((bar) => [bar.openTime, bar.closeTime]),
    );
  });

  it("takes several bars together where looks have a distance", () => {
    const played = world({ afterMs: AFTER_MS, everyMs: 10 * MINUTE_MS });
    const log = played.feed(5);
    played.runTo();
    const looks = played.asked.slice(1);
    expect(looks.map(({ from, to }) => (to! - from!) / MINUTE_MS)).toEqual([1, 10, 10]);
    expect(looks[0]!.from).toBe(barAt(truth, 9).openTime);
    expect(log.of("revision")).toHaveLength(1);
  });

  it("reaches back to bars that it has looked at before", () => {
    const played = world({ afterMs: AFTER_MS, everyMs: 0, reachMs: 20 * MINUTE_MS });
    const log = played.feed(5);
    played.runTo();
    expect(played.asked.slice(1).map(({ from, to }) => (to! - from!) / MINUTE_MS)).toEqual(
      new Array(played.asked.length - 1).fill(21),
    );
    // The stream ends before the one that comes half an hour later is known.
    expect(log.of("revision")).toHaveLength(1);
    expect(log.finals).toEqual(barsOf(truth, barAt(truth, 5).openTime));

    const late = market({
      size: "1m",
      from: "2024-01-02T00:00:00Z",
      bars: 40,
      revise: (bars) => [correction(bars, 12, 10 * MINUTE_MS)],
    });
    const splice = { secondLook: { afterMs: AFTER_MS, everyMs: 0, reachMs: 20 * MINUTE_MS } };
    const reaching = new World(late, start, { gateway: { sendsRevisions: false }, splice });
    const found = reaching.feed(5);
    reaching.runTo();
    expect(found.of("revision").map(({ after }) => after.openTime)).toEqual([
      barAt(late, 12).openTime,
    ]);
  });

  it("asks about slots in which nothing traded as well, and leaves them be", () => {
    const holed = market({ size: "1m", from: "2024-01-02T00:00:00Z", bars: 40, emptyShare: 0.3 });
    const opened = new World(holed, start, {
      gateway: { sendsRevisions: false },
      splice: { secondLook: { afterMs: AFTER_MS, everyMs: 0 } },
    });
    const log = opened.feed(5);
    opened.runTo();
    expect(log.finals.at(-1)).toEqual(barAt(holed, -1));
    expect(log.of("revision")).toEqual([]);
    expect(log.gaps.every((gap) => gap.startsWith("empty") || gap.startsWith("suspected"))).toBe(
      true,
    );
  });

  it("does not come by default", () => {
    const played = world({});
    played.feed(5);
    played.runTo();
    expect(played.asked).toHaveLength(1);
  });

  it("is let go when history refuses, and costs the stream nothing", () => {
    const played = world(undefined, {
      historyFaults: [undefined!, ...Array.from({ length: 40 }, () => "denied" as const)],
    });
    const log = played.feed(5);
    played.runTo();
    expect(log.finals).toEqual(barsOf(truth, barAt(truth, 5).openTime));
    expect(log.of("revision")).toEqual([]);
    expect(log.gaps).toEqual([]);
  });

  it("knows breaks, and the end of the calendar", () => {
    const minutes = (from: number, to: number) => ({
      from: instant("2024-01-02T00:00:00Z") + from * MINUTE_MS,
      to: instant("2024-01-02T00:00:00Z") + to * MINUTE_MS,
    });
    const day = dayNumber(2024, 1, 2);
    const segments = [minutes(0, 10), minutes(60, 70)];
    const calendar = calendarOfSessions("SHORT", UTC, [{ day, segments }]);
    const short = market({ calendar, size: "1m", from: "2024-01-02T00:00:00Z", bars: 20 });
    const { look, time, asked } = bare(short.grid, minutes(10, 10).from);
    look.settled(minutes(9, 10));
    time.advanceTo(minutes(30, 30).from);
    // Settled so late that there is nothing to look at again, in a break and past the end.
    look.settled(minutes(8, 9));
    time.advanceTo(minutes(70, 70).from);
    look.settled(minutes(69, 70));
    time.advanceTo(minutes(90, 90).from);
    look.settled(minutes(68, 69));
    time.advanceTo(minutes(200, 200).from);
    const told = asked.map(({ from, to }) =>
      [from, to].map((at) => (at - minutes(0, 0).from) / MINUTE_MS),
    );
    expect(told).toEqual([
      [9, 10],
      [69, 70],
    ]);
    expect(time.nextAt).toBeUndefined();
  });

  describe("at bars that went out before the stream began", () => {
    /** Of a market with a correction 5 minutes after the close of bar 12, which went out last. */
    const corrected = market({
      size: "1m",
      from: "2024-01-02T00:00:00Z",
      bars: 90,
      revise: (bars) => [correction(bars, 12, 5 * MINUTE_MS), correction(bars, 8, MINUTE_MS)],
    });

    /** A stream that goes on behind bar 12. */
    function goesOn(at: number, secondLook: Partial<SecondLookOptions>) {
      const played = new World(corrected, at, {
        gateway: { sendsRevisions: false },
        splice: { secondLook: { afterMs: AFTER_MS, ...secondLook } },
      });
      const known = BarColumns.of(barsOf(corrected, 0, barAt(corrected, 13).openTime));
      return { played, log: played.feed(0, { known, from: barAt(corrected, 13).openTime }) };
    }

    /** Of the requests: minutes after the start of the market, from and to. */
    const minutes = ({ asked }: World): number[][] =>
      asked.map(({ from, to }) =>
        [from!, to!].map((at) => (at - barAt(corrected, 0).openTime) / MINUTE_MS),
      );

    it.each([20, 60])("comes after minute %s, when the start has had its turn", (minute) => {
      const at = barAt(corrected, minute).openTime + 30 * SECOND_MS;
      const { played, log } = goesOn(at, { everyMs: 0 });
      played.runTo(at + AFTER_MS - SECOND_MS);
      expect(log.of("revision")).toEqual([]);
      expect(minutes(played)[0]).toEqual([13, minute]);
      played.runTo(at + AFTER_MS + SECOND_MS);
      expect(minutes(played)).toContainEqual([11, 13]);
      expect(
        log.of("revision").map(({ before, after }) => [plain(before!), after.openTime]),
      ).toEqual([[barAt(corrected, 12), barAt(corrected, 12).openTime]]);
      played.runTo();
      // All others are of bars that went out since.
      const others = minutes(played)
        .slice(1)
        .filter(([, to]) => to !== 13);
      expect(others.every(([from]) => from! >= minute - 2)).toBe(true);
      expect(log.of("revision")).toHaveLength(1);
    });

    it("reaches back as far as any", () => {
      const at = barAt(corrected, 20).openTime;
      const { played, log } = goesOn(at, { everyMs: 0, reachMs: 10 * MINUTE_MS });
      played.runTo(at + AFTER_MS + SECOND_MS);
      expect(minutes(played)).toContainEqual([1, 13]);
      expect(log.of("revision").map(({ after }) => after.openTime)).toEqual(
        [8, 12].map((index) => barAt(corrected, index).openTime),
      );
    });

    it("takes in all that an earlier stream may have left for later", () => {
      const at = barAt(corrected, 20).openTime;
      const { played } = goesOn(at, { everyMs: 5 * MINUTE_MS });
      played.runTo(at + AFTER_MS + SECOND_MS);
      expect(minutes(played)).toContainEqual([6, 13]);
    });

    it("leaves alone what is no bar on the calendar any more", () => {
      const { look, time } = bare(corrected.grid, barAt(corrected, 20).openTime);
      const [bar] = barsOf(corrected);
      look.known(BarColumns.of([{ ...bar!, openTime: bar!.openTime + SECOND_MS }]));
      expect(time.nextAt).toBeUndefined();
      look.known(BarColumns.of([bar!]));
      expect(time.nextAt).toBe(time.now() + AFTER_MS);
      look.close();
      expect(time.nextAt).toBeUndefined();
    });
  });

  describe("when a day opens", () => {
    const truth = market({
      calendar: calendarByName("CFFEX"),
      size: "15m",
      from: "2024-03-07T00:00:00Z",
      bars: 3 * 16,
    });
    const CLOSE = barAt(truth, 15).closeTime;
    const OPEN = barAt(truth, 16).openTime;

    it("looks at the last bar of the day before, and at none in a break", () => {
      const { look, time, asked } = bare(truth.grid, barAt(truth, 0).openTime);
      for (const bar of truth.bars) {
        time.advanceTo(bar.closeTime);
        look.settled({ from: bar.openTime, to: truth.grid.slotAtOrAfter(bar.closeTime)!.openTime });
      }
      const atOpening = asked.filter(({ at }) => (at - OPEN) % DAY_MS === 0);
      expect(atOpening.map(({ from, to }) => [from, to])).toEqual(
        [15, 31].map((index) => [barAt(truth, index).openTime, barAt(truth, index).closeTime]),
      );
      expect(atOpening.map(({ at }) => at)).toEqual([OPEN, barAt(truth, 32).openTime]);
      // Each bar once by the clock as well, but for the last.
      expect(asked.length).toBe(2 + truth.bars.length - 1);
    });

    it.each([
      ["in the night", CLOSE + HOUR_MS, [0, OPEN - CLOSE - HOUR_MS]],
      ["in the first bar of the day", OPEN + MINUTE_MS, [0]],
      ["after the first bar of the day", OPEN + HOUR_MS, [AFTER_MS]],
    ])("has it at once after a start %s", (_, at, afterMs) => {
      const { look, time, asked } = bare(truth.grid, at);
      look.known(BarColumns.of(barsOf(truth, 0, CLOSE)));
      time.advanceTo(at + DAY_MS);
      expect(asked.map((each) => each.at - at)).toEqual(afterMs);
      for (const { from, to } of asked) expect([from, to]).toEqual([CLOSE - 15 * MINUTE_MS, CLOSE]);
    });

    it("waits until the day that opens is one, and then until there is one", () => {
      const calendar = new FollowedCalendar(truth.grid.calendar);
      const grid = new BarGrid(calendar, truth.grid.size);
      const { look, time, asked } = bare(grid, CLOSE);
      look.settled({ from: CLOSE - 15 * MINUTE_MS, to: OPEN });
      look.settled({ from: CLOSE - 15 * MINUTE_MS, to: OPEN });
      const { name, zone } = calendar;
      const days = [0, 32].map(
        (index) => calendar.segmentAtOrAfter(barAt(truth, index).openTime)!.day,
      );
      const sessions = days.map((day) => calendar.sessionOn(day)!);
      calendar.turnTo(calendarOfSessions(name, zone, sessions));
      time.advanceTo(barAt(truth, 32).openTime + DAY_MS);
      const lookedAt = asked.map(({ at }) => at);
      expect(lookedAt).toEqual([CLOSE + AFTER_MS, barAt(truth, 32).openTime]);
      look.settled({ from: barAt(truth, 47).openTime, to: barAt(truth, 47).closeTime });
      expect(time.nextAt).toBeUndefined();
    });

    it("is given up with the stream", () => {
      const { look, time } = bare(truth.grid, OPEN - MINUTE_MS, () => {});
      look.settled({ from: CLOSE - 15 * MINUTE_MS, to: OPEN });
      expect(time.nextAt).toBe(OPEN);
      time.advanceTo(OPEN);
      expect(time.nextAt).toBeDefined();
      look.settled({ from: OPEN, to: barAt(truth, 32).openTime });
      look.close();
      expect(time.nextAt).toBeUndefined();
    });
  });

  it("leaves nothing behind once the stream is closed", () => {
    const played = world();
    const subscription = played.source.open(
      { series: truth.series, warmUpBars: 5 },
      { bars: () => {}, coverage: () => {}, event: () => {}, end: () => {} },
    );
    played.runTo(barAt(truth, 20).openTime + SECOND_MS);
    const asked = played.asked.length;
    subscription.close();
    played.runTo(start + DAY_MS);
    expect(played.asked).toHaveLength(asked);
  });

  it("refuses times that make no sense", () => {
    expect(() => world({ afterMs: -1 })).toThrow("afterMs");
    expect(() => world({ everyMs: -1 })).toThrow("everyMs");
    expect(() => world({ reachMs: -1 })).toThrow("reachMs");
  });
});
