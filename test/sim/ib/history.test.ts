import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ibBarSize } from "../../../adapters/ib/port/bar-sizes.ts";
import { ibUtcTime } from "../../../adapters/ib/port/ib-time.ts";
import { aggregate } from "../../../core/feed/aggregation/aggregate.ts";
import { MemorySource } from "../../../core/feed/memory-source.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { NEW_YORK, UTC, type Zone } from "../../../core/time/zone.ts";
import type { Truth } from "../../../sim/index.ts";
import { FeedLog } from "../../support/feed-log.ts";
import { barAt, changed, market } from "../../support/market.ts";
import { futureTruth, GatewayWorld, OPEN, prices } from "./gateway-fixture.ts";

const ZONES: Readonly<Record<string, Zone>> = { UTC, "America/New_York": NEW_YORK };
const EVENING = instant("2024-03-05T10:00:00Z");

/** What core makes of a truth in larger bars. */
function aggregated(truth: Truth, size: string, from: number, to: number) {
  const grids = new Map<string, BarGrid>([[truth.series.size.label, truth.grid]]);
  const source = aggregate(new MemorySource(truth.bars), {
    base: truth.series.size,
    grid: (of) => grids.get(of.size.label) ?? new BarGrid(truth.grid.calendar, of.size, "clock"),
  });
  const log = new FeedLog(new VirtualTime(0));
  source.open({ series: series(truth.series.instrument, barSize(size)), to }, log);
  const finals = log.finals.filter(({ openTime }) => openTime >= from);
  return finals.map((bar) => ({
    time: String(bar.openTime / SECOND_MS),
    ...prices({
      ...bar,
      average: 0,
      count: 0,
    }),
  }));
}

// Goal: history is the truth in whatever size it is asked for, neither more nor less of it.
describe("history of a closed market", () => {
  it.each([
    ["5m", "15m"],
    ["5m", "30m"],
    ["5m", "1h"],
    ["15m", "2h"],
    ["1m", "20m"],
  ])("made of %s is in %s what core aggregates", (base, size) => {
    fc.assert(
      fc.property(fc.constantFrom(0, 0.3), fc.integer({ min: 1, max: 3 }), (emptyShare, days) => {
        const truth = futureTruth(base, emptyShare, 2_500);
        const world = new GatewayWorld({}, EVENING, truth);
        const bars = world.history({
          duration: `${days} D`,
          barSize: ibBarSize(barSize(size)),
        });
        const sessions = [5, 4, 1].slice(0, days);
        const from = instant(`2024-03-0${sessions[days - 1]}T00:00:00Z`);
        const told = bars.map((bar) => ({ time: bar.time, ...prices(bar) }));
        expect(told).toEqual(aggregated(truth, size, from, EVENING));
      }),
      { numRuns: 4 },
    );
  });

  it("in its own size is the truth as it is", () => {
    const world = new GatewayWorld({}, EVENING);
    const told = world.history({ duration: "3 D" });
    const from = world.truth.indexFrom(instant("2024-03-01T00:00:00Z"));
    for (const [index, bar] of told.entries()) {
      const { openTime, open, high, low, close, volume } = barAt(world.truth, from + index);
      expect(bar.time).toBe(String(openTime / SECOND_MS));
      expect(prices(bar)).toEqual({ open, high, low, close, volume });
    }
    expect(told).toHaveLength(48);
  });

  it("in smaller bars than the truth has adds up to the truth", () => {
    const world = new GatewayWorld({}, EVENING);
    const small = world.history({ barSize: "5 secs", duration: "7200 S" });
    const { bars } = world.truth;
    const first = world.truth.indexFrom(instant("2024-03-05T05:00:00Z"));
    for (let index = first; index < first + 8; index += 1) {
      const bar = barAt(world.truth, index);
      const own = small.filter(({ time }) => {
        const at = Number(time) * SECOND_MS;
        return at >= bar.openTime && at < bar.closeTime;
      });
      expect(own[0]!.open).toBe(bar.open);
      expect(Math.max(...own.map(({ high }) => high))).toBe(bar.high);
      expect(Math.min(...own.map(({ low }) => low))).toBe(bar.low);
      expect(own.at(-1)!.close).toBe(bar.close);
      expect(own.reduce((total, { volume }) => total + volume, 0)).toBe(bar.volume);
    }
    expect(bars.closeTime[first + 7]).toBe(instant("2024-03-05T07:00:00Z"));
  });

  it("names daily bars by their trading day, in every form", () => {
    const calendar = calendarByName("CMES");
    const truth = market({ calendar, size: "1h", from: "2024-03-04T00:00:00Z", bars: 60 });
    const world = new GatewayWorld({}, instant("2024-03-05T23:30:00Z"), truth);
    const days = world.history({ barSize: "1 day", duration: "3 D" });
    // Tuesday evening in Chicago belongs to Wednesday.
    expect(days.map(({ time }) => time)).toEqual(["20240304", "20240305", "20240306"]);
  });

  it("cuts bars on the clock: the first hour of New York is half as long", () => {
    const calendar = calendarByName("XNYS");
    const truth = market({ calendar, size: "15m", from: "2024-03-04T00:00:00Z", bars: 60 });
    const world = new GatewayWorld({}, instant("2024-03-04T22:00:00Z"), truth);
    const bars = world.history({ barSize: "1 hour", formatDate: 1 });
    expect(bars.map(({ time }) => time.slice(9))).toEqual(
      ["09:30", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"].map(
        (time) => `${time}:00 America/New_York`,
      ),
    );
  });

  it("cuts bars of the truth that lie across, by their trades", () => {
    const calendar = calendarByName("XNYS");
    // These open at 09:30, 10:30 and so on; the gateway's at 09:30, 10:00, 11:00.
    const truth = market({ calendar, size: "1h", from: "2024-03-04T00:00:00Z", bars: 7 });
    const world = new GatewayWorld({}, instant("2024-03-04T22:00:00Z"), truth);
    const bars = world.history({ barSize: "1 hour" });
    const whole = [...truth.bars];
    const sum = (all: readonly { readonly volume: number }[]) =>
      all.reduce((total, { volume }) => total + volume, 0);
    expect(bars).toHaveLength(7);
    expect(sum(bars)).toBe(sum(whole));
    expect(Math.max(...bars.map(({ high }) => high))).toBe(
      Math.max(...whole.map((each) => each.high)),
    );
    expect(Math.min(...bars.map(({ low }) => low))).toBe(
      Math.min(...whole.map((each) => each.low)),
    );
    expect([bars[0]!.open, bars[6]!.close]).toEqual([whole[0]!.open, whole[6]!.close]);
  });

  it("of daily bars trades in smaller ones only while the exchange does", () => {
    const calendar = calendarByName("CFFEX");
    const truth = market({ calendar, size: "1d", from: "2024-03-04T00:00:00Z", bars: 2 });
    const bars = new GatewayWorld({}, EVENING, truth).history({ barSize: "30 mins" });
    expect(bars).toHaveLength(8);
    const { open, close, volume } = barAt(truth, 1);
    expect(bars.reduce((total, bar) => total + bar.volume, 0)).toBe(volume);
    expect([bars[0]!.open, bars[7]!.close]).toEqual([open, close]);
  });

  it("in regular hours leaves out what is traded outside of them", () => {
    const allHours = calendarByName("XNYS-EXTENDED");
    const truth = market({
      calendar: allHours,
      size: "30m",
      from: "2024-03-04T00:00:00Z",
      bars: 40,
    });
    const at = instant("2024-03-05T03:00:00Z");
    const hours = { regularHours: calendarByName("XNYS"), allHours };
    const count = (useRegularHours: boolean) =>
      new GatewayWorld({}, at, truth, hours).history({ barSize: "30 mins", useRegularHours })
        .length;
    expect(count(true)).toBe(13);
    expect(count(false)).toBe(32);
  });

  it("has no bar where nothing was traded", () => {
    const truth = futureTruth("15m", 0.5, 90);
    const world = new GatewayWorld({}, EVENING, truth);
    const bars = world.history({ duration: "5 D" });
    const opens = [...truth.bars].map(({ openTime }) => String(openTime / SECOND_MS));
    expect(bars.length).toBeLessThan(80);
    expect(bars.every(({ time }) => opens.includes(time))).toBe(true);
  });
});

// Goal: what was asked for is what comes, from the beginning of the duration to its end, exclusive.
describe("the range of history", () => {
  it.each([
    ["3600 S", 4],
    ["14400 S", 16],
    ["18000 S", 20],
    ["1 D", 16],
    ["2 D", 32],
    ["1 W", 80],
  ])("of %s back from the close holds %d bars of 15 minutes", (duration, count) => {
    const world = new GatewayWorld({}, EVENING);
    expect(world.history({ duration })).toHaveLength(count);
  });

  it("in months and years goes by the civil calendar", () => {
    const calendar = calendarByName("CFFEX");
    const truth = market({ calendar, size: "1d", from: "2022-01-01T00:00:00Z", bars: 800 });
    const world = new GatewayWorld({}, instant("2024-03-31T10:00:00Z"), truth);
    const days = (duration: string, requestId: number) =>
      world.history({ requestId, duration, barSize: "1 day" }).map(({ time }) => time);
    // The 31st of February is its last day; an evening's duration begins after that day's opening.
    expect(days("1 M", 1).slice(0, 1)).toEqual(["20240301"]);
    expect(days("1 Y", 2).slice(0, 1)).toEqual(["20230403"]);
  });

  it("ends before a given instant, in UTC or with a zone", () => {
    const world = new GatewayWorld({}, EVENING);
    const last = (end: string, requestId: number) =>
      world.history({ end, requestId, duration: "3600 S" }).at(-1)?.time;
    const at = instant("2024-03-05T02:30:00Z");
    const before = String((at - 15 * MINUTE_MS) / SECOND_MS);
    expect(last(ibUtcTime(at), 1)).toBe(before);
    expect(last("20240305 10:30:00 Asia/Shanghai", 2)).toBe(before);
    expect(last("20240304 21:30:00 US/Eastern", 3)).toBe(before);
    expect(world.ear.codes(3)).toEqual([]);
  });

  it("without a zone is read in the exchange's, with a warning", () => {
    const world = new GatewayWorld({}, EVENING);
    const bars = world.history({ end: "20240305 10:30:00", duration: "900 S" });
    expect(bars.at(-1)?.time).toBe(String(instant("2024-03-05T02:15:00Z") / SECOND_MS));
    expect(world.ear.codes(1)).toEqual([2174]);
  });

  it("without a zone is read in the gateway's where that is set", () => {
    const world = new GatewayWorld({ timeZone: NEW_YORK }, EVENING);
    const bars = world.history({ end: "20240304 21:30:00", duration: "900 S" });
    expect(bars.at(-1)?.time).toBe(String(instant("2024-03-05T02:15:00Z") / SECOND_MS));
  });

  it("begins with the calendar where that is later", () => {
    const calendar = calendarByName("CFFEX");
    const truth = market({ calendar, size: "15m", from: "2010-04-16T00:00:00Z", bars: 18 });
    const world = new GatewayWorld({}, instant("2010-04-16T10:00:00Z"), truth);
    expect(world.history({ duration: "30 D" })).toHaveLength(18);
    expect(world.history({ duration: "86400 S", requestId: 2 })).toHaveLength(18);
  });

  it("holds as many bars as the gateway gives, the newest", () => {
    const whole = new GatewayWorld({}, EVENING).history({ duration: "1 W" });
    const some = new GatewayWorld({ maxBars: 10 }, EVENING).history({ duration: "1 W" });
    expect(some).toEqual(whole.slice(-10));
  });

  it("reaches back no further than six months in small bars", () => {
    const world = new GatewayWorld({}, OPEN + 200 * DAY_MS);
    world.history({ end: ibUtcTime(OPEN + HOUR_MS), barSize: "30 secs", duration: "1800 S" });
    world.history({ end: ibUtcTime(OPEN + HOUR_MS), barSize: "1 min", requestId: 2 });
    expect(world.ear.codes(1)).toEqual([162]);
    expect(world.ear.bars(2).length).toBeGreaterThan(0);
  });
});

// Goal: the present shows as it does in a real gateway.
describe("history of the present", () => {
  it("ends with the bar in progress, as far as it has got", () => {
    const world = new GatewayWorld({ historyLagMs: 0 }, OPEN + 22 * MINUTE_MS);
    const bars = world.history();
    const whole = barAt(world.truth, world.truth.indexFrom(OPEN + 15 * MINUTE_MS));
    expect(bars).toHaveLength(2);
    expect(bars[1]!.open).toBe(whole.open);
    expect(bars[1]!.volume).toBeLessThan(whole.volume);
    expect(bars[1]!.volume).toBeGreaterThan(0);
  });

  it("shows a bar only some time after its close", () => {
    const at = OPEN + 30 * MINUTE_MS;
    const count = (historyLagMs: number, historyShowsUnsettled = false) =>
      new GatewayWorld({ historyLagMs, historyShowsUnsettled }, at).history().length;
    // The answer is made 45 ms after the question; the bar that closed at `at` is the second.
    expect(count(40)).toBe(2);
    expect(count(50)).toBe(1);
    expect(count(50, true)).toBe(2);
  });

  it("takes so long, and longer for more bars", () => {
    const arrival = (duration: string) => {
      const options = { latencyMs: 10, historyDelayMs: 100, historyDelayMsPerBar: 1 };
      const world = new GatewayWorld(options, EVENING);
      world.history({ duration });
      return world.ear.heard[0]!.at - EVENING;
    };
    expect(arrival("3600 S")).toBe(124);
    expect(arrival("1 D")).toBe(136);
  });

  it("tells a revised bar from when it was corrected", () => {
    const calendar = calendarByName("CFFEX");
    const truth = market({
      calendar,
      size: "15m",
      from: "2024-03-05T00:00:00Z",
      bars: 16,
      revise: (bars) => [{ at: OPEN + HOUR_MS, bar: changed(bars.at(0), { volume: 1 }) }],
    });
    const volume = (at: number) => new GatewayWorld({}, at, truth).history()[0]!.volume;
    expect(volume(OPEN + 30 * MINUTE_MS)).toBe(barAt(truth, 0).volume);
    expect(volume(OPEN + 2 * HOUR_MS)).toBe(1);
  });
});

// Goal: other prices follow from the trades by rule, and times are in the form asked for.
describe("the form of history", () => {
  it("derives quotes from trades, without volume", () => {
    const world = new GatewayWorld({}, EVENING);
    const bar = (whatToShow: "TRADES" | "MIDPOINT" | "BID" | "ASK" | "BID_ASK", id: number) =>
      world.history({ whatToShow, requestId: id, duration: "900 S" })[0]!;
    const trades = bar("TRADES", 1);
    expect(prices(bar("MIDPOINT", 2))).toEqual({ ...prices(trades), volume: -1 });
    expect(bar("BID", 3).high).toBeCloseTo(trades.high - 0.01, 9);
    expect(bar("ASK", 4).low).toBeCloseTo(trades.low + 0.01, 9);
    expect(bar("ASK", 5)).toMatchObject({ volume: -1, average: -1, count: -1 });
    const quotes = bar("BID_ASK", 6);
    expect(quotes.high).toBeCloseTo(trades.high + 0.01, 9);
    expect(quotes.low).toBeCloseTo(trades.low - 0.01, 9);
  });

  it.each([
    ["exchange", "20240305 14:45:00 Asia/Shanghai"],
    ["America/New_York", "20240305 01:45:00 America/New_York"],
    ["UTC", "20240305-06:45:00"],
  ])("in form 1 gives times of %s as %s", (name, text) => {
    const zone = ZONES[name];
    const options = zone === undefined ? {} : { timeZone: zone };
    const world = new GatewayWorld(options, EVENING);
    expect(world.history({ formatDate: 1, duration: "900 S" })[0]!.time).toBe(text);
  });
});

// Goal: what a real gateway refuses, this one does.
describe("a request for history that cannot be meant", () => {
  it.each([
    [{ barSize: "7 mins" }, 321],
    [{ whatToShow: "YIELD" as "TRADES" }, 321],
    [{ duration: "1 X" }, 321],
    [{ duration: "90000 S" }, 321],
    [{ duration: "0 D" }, 321],
    [{ end: "20240305-02:00:00", keepUpToDate: true }, 321],
    [{ end: "20240305-02:00:00", whatToShow: "ADJUSTED_LAST" }, 321],
    [{ keepUpToDate: true, barSize: "1 secs", duration: "60 S" }, 321],
    [{ keepUpToDate: true, whatToShow: "BID_ASK" }, 321],
    [{ end: "20240305 02:00:00 GMT" }, 10314],
    [{ end: "20240305 02:00:00 Mars/Olympus" }, 10314],
    [{ end: "2024-03-05 02:00" }, 10314],
    [{ barSize: "1 secs", duration: "1 D" }, 162],
    [{ end: "20200305-02:00:00" }, 162],
  ] as const)("%j is answered by %d", (asked, code) => {
    const world = new GatewayWorld({}, EVENING);
    expect(world.history(asked)).toEqual([]);
    expect(world.ear.codes(1)).toEqual([code]);
  });

  it.each([
    ["1800 S", "1 secs", true],
    ["3600 S", "1 secs", false],
    ["1800 S", "1 hour", false],
    ["1 D", "30 secs", false],
    ["1 D", "1 min", true],
    ["1 W", "2 mins", false],
    ["1 M", "30 mins", true],
    ["1 Y", "1 hour", false],
  ])("by the older table: %s of %s is legal: %s", (duration, size, isLegal) => {
    const world = new GatewayWorld({ strictDurations: true }, EVENING);
    world.history({ duration, barSize: size }, 20_000);
    const texts = world.ear.all("notice").map(({ message }) => message);
    expect(texts.some((text) => text.includes("invalid step"))).toBe(!isLegal);
    expect(world.ear.bars().length > 0).toBe(isLegal);
  });
});
