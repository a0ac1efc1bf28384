import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IbBar } from "../../../adapters/ib/port/ib-event.ts";
import { sumVolumes } from "../../../core/feed/aggregation/volume-sum.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { barAt, market } from "../../support/market.ts";
import {
  type Ear,
  futureTruth,
  GatewayWorld,
  history,
  OPEN,
  prices,
  realTimeBars,
} from "./gateway-fixture.ts";

const SIZE_MS = 15 * MINUTE_MS;

/** Updates with the milliseconds at which they came after an instant, latency taken off. */
function updates(ear: Ear, since = OPEN) {
  return ear.heard.flatMap(({ at, event }) =>
    event.kind === "update" ? [{ after: at - since - 5, bar: event.bar }] : [],
  );
}

const openOf = (bar: IbBar): number => Number(bar.time) * SECOND_MS;

// Goal: the bar in progress is restated on the grid, once more after its end, and agrees with
// history.
describe("a history that is kept up to date", () => {
  it("restates the bar in progress every 5 seconds, and once 1 second after its end", () => {
    const world = new GatewayWorld({}, OPEN + 2_345);
    world.ear.ask(history({ keepUpToDate: true }));
    world.pass(SIZE_MS + 10_000);
    const all = updates(world.ear);
    const first = all.filter(({ bar }) => openOf(bar) === OPEN);
    const last = first.at(-1)!;
    expect(last.after).toBe(SIZE_MS + 1_000);
    expect(first.slice(0, -1).every(({ after }) => after % 5_000 === 0)).toBe(true);
    expect(first.slice(0, -1).every(({ after }) => after > 0 && after < SIZE_MS)).toBe(true);
    const { open, high, low, close, volume } = barAt(world.truth, world.truth.indexFrom(OPEN));
    expect(prices(last.bar)).toEqual({ open, high, low, close, volume });
    expect(all[first.length]!.after).toBe(SIZE_MS + 5_000);
    expect(openOf(all[first.length]!.bar)).toBe(OPEN + SIZE_MS);
  });

  it("leaves out what nobody traded in, for up to a minute", () => {
    const calendar = calendarByName("CFFEX");
    const from = "2024-03-05T00:00:00Z";
    const quiet = market({ calendar, size: "15m", from, bars: 16 });
    for (let index = 0; index < 16; index += 1) quiet.bars.volume[index] = 2;
    const world = new GatewayWorld({}, OPEN + SIZE_MS + MINUTE_MS, quiet);
    world.ear.ask(history({ keepUpToDate: true }));
    world.pass(SIZE_MS - 2 * MINUTE_MS);
    const times = updates(world.ear).map(({ after }) => after);
    const waits = times.slice(1).map((time, index) => time - times[index]!);
    expect(Math.max(...waits)).toBeLessThanOrEqual(MINUTE_MS);
    expect(waits.filter((wait) => wait === MINUTE_MS).length).toBeGreaterThan(8);
  });

  it("begins empty at the opening, and tells of the first bar when it trades", () => {
    const world = new GatewayWorld();
    world.ear.ask(history({ keepUpToDate: true }));
    world.pass(6_000);
    expect(world.ear.all("history")).toEqual([{ kind: "history", requestId: 1, bars: [] }]);
    expect(updates(world.ear).map(({ bar }) => openOf(bar))).toEqual([OPEN]);
  });

  it("says nothing over a break, and goes on after it", () => {
    const noon = OPEN + 2 * HOUR_MS;
    const world = new GatewayWorld({}, noon - MINUTE_MS);
    world.ear.ask(history({ keepUpToDate: true }));
    world.pass(2 * HOUR_MS);
    const after = updates(world.ear, noon).map((each) => each.after);
    const break1 = after.filter((each) => each > 1_000 && each <= 90 * MINUTE_MS);
    expect(after).toContain(1_000);
    expect(break1).toEqual([]);
    expect(after.find((each) => each > 1_000)).toBe(90 * MINUTE_MS + 5_000);
  });

  it("restates larger bars than the truth has, and smaller ones", () => {
    for (const [barSize, sizeMs] of [
      ["1 hour", HOUR_MS],
      ["5 secs", 5_000],
    ] as const) {
      const world = new GatewayWorld({}, OPEN + 3 * MINUTE_MS);
      world.ear.ask(history({ keepUpToDate: true, barSize }));
      world.pass(100 * MINUTE_MS);
      const final = new Map(updates(world.ear).map(({ bar }) => [bar.time, bar]));
      const late = new GatewayWorld({}, OPEN + 5 * HOUR_MS);
      const known = late.history({ barSize, duration: "1 D" });
      const over = known.filter(
        (bar) => final.has(bar.time) && openOf(bar) + sizeMs <= OPEN + 100 * MINUTE_MS,
      );
      expect(over.length).toBeGreaterThan(0);
      for (const bar of over) expect(final.get(bar.time)).toEqual(bar);
    }
  });

  it("never tells a correction: only history does", () => {
    const world = new GatewayWorld({}, OPEN + 20 * MINUTE_MS);
    world.ear.ask(history({ keepUpToDate: true }));
    world.ear.forget(1_000);
    world.gateway.inflict({ kind: "revise", back: 1 });
    world.pass(SIZE_MS);
    expect(updates(world.ear).some(({ bar }) => openOf(bar) === OPEN)).toBe(false);
    const [first] = world.history({ requestId: 9 });
    const { close } = barAt(world.truth, world.truth.indexFrom(OPEN));
    expect(Math.abs(first!.close - close)).toBeCloseTo(0.01, 9);
  });
});

// Goal: 5-second bars come as they close and are the bars of the truth again.
describe("real-time bars", () => {
  it("add up to the truth exactly, whatever is asked and however much was traded", () => {
    const someSize = fc.constantFrom("1m", "5m", "15m", "1h");
    fc.assert(
      fc.property(someSize, fc.constantFrom(0, 0.4), fc.integer(), (size, emptyShare, seed) => {
        const truth = futureTruth(size, emptyShare, 3_000);
        const world = new GatewayWorld({ seed }, OPEN - SECOND_MS, truth);
        world.ear.ask(realTimeBars());
        world.pass(2 * HOUR_MS + 10_000);
        const bars = world.ear.all("real-time-bar").map(({ bar }) => bar);
        let used = 0;
        for (let index = truth.indexFrom(OPEN); ; index += 1) {
          const whole = barAt(truth, index);
          if (whole.openTime >= OPEN + 2 * HOUR_MS) break;
          const own = bars.filter(
            (bar) => openOf(bar) >= whole.openTime && openOf(bar) < whole.closeTime,
          );
          used += own.length;
          expect(own).toHaveLength((whole.closeTime - whole.openTime) / 5_000);
          expect(own[0]!.open).toBe(whole.open);
          expect(Math.max(...own.map(({ high }) => high))).toBe(whole.high);
          expect(Math.min(...own.map(({ low }) => low))).toBe(whole.low);
          expect(own.at(-1)!.close).toBe(whole.close);
          const volumes = Float64Array.from(own, ({ volume }) => volume);
          expect(sumVolumes(volumes, 0, own.length)).toBe(whole.volume);
        }
        expect(used).toBe(bars.length);
      }),
      { numRuns: 12 },
    );
  });

  it("come every 5 seconds, right after they closed, flat where nothing was traded", () => {
    const world = new GatewayWorld({}, OPEN + 1_234);
    world.ear.ask(realTimeBars());
    world.pass(5 * MINUTE_MS);
    const heard = world.ear.heard.flatMap(({ at, event }) =>
      event.kind === "real-time-bar" ? [{ at, bar: event.bar }] : [],
    );
    expect(heard).toHaveLength(60);
    for (const { at, bar } of heard) expect(at).toBe(openOf(bar) + 5_000 + 5);
    const flat = heard.filter(({ bar }) => bar.count === 0);
    expect(flat.length).toBeGreaterThan(0);
    for (const { at, bar } of flat) {
      const before = heard.find((other) => other.at === at - 5_000)!.bar;
      const { close } = before;
      expect(prices(bar)).toEqual({ open: close, high: close, low: close, close, volume: 0 });
    }
  });

  it("do not come while the market is closed", () => {
    const world = new GatewayWorld({}, OPEN + 90 * MINUTE_MS);
    world.ear.ask(realTimeBars());
    world.pass(DAY_MS + 10);
    const opens = world.ear.all("real-time-bar").map(({ bar }) => openOf(bar));
    // Half an hour before noon, two hours after it, and an hour and a half of the next morning.
    expect(opens).toHaveLength(4 * 720);
    expect(opens.every((open) => world.truth.grid.calendar.isOpen(open))).toBe(true);
    expect(opens).toContain(instant("2024-03-06T01:30:00Z"));
  });

  it("in regular hours leave out the others", () => {
    const allHours = calendarByName("XNYS-EXTENDED");
    const regularHours = calendarByName("XNYS");
    const truth = market({
      calendar: allHours,
      size: "30m",
      from: "2024-03-04T00:00:00Z",
      bars: 40,
    });
    const world = new GatewayWorld({}, instant("2024-03-04T09:00:00Z"), truth, {
      regularHours,
      allHours,
    });
    world.ear.ask(realTimeBars(), realTimeBars({ requestId: 3, useRegularHours: false }));
    world.ear.ask(history({ requestId: 4, keepUpToDate: true }));
    world.pass(16 * HOUR_MS + 1_000);
    const regular = updates(world.ear, instant("2024-03-04T14:30:00Z"));
    expect(regular[0]!.after).toBe(5_000);
    expect(regular.at(-1)!.after).toBe(6.5 * HOUR_MS + 1_000);
    const count = (requestId: number) =>
      world.ear.all("real-time-bar").filter((bar) => bar.requestId === requestId).length;
    expect(count(2)).toBe(6.5 * 720);
    expect(count(3)).toBe(16 * 720);
  });

  it("are refused for prices they are not made of", () => {
    const world = new GatewayWorld();
    world.ear.ask(realTimeBars({ whatToShow: "BID_ASK" }));
    world.pass(100);
    expect(world.ear.codes(2)).toEqual([321]);
  });

  it("end with the truth, and leave no timer behind", () => {
    const world = new GatewayWorld({}, OPEN, futureTruth("15m", 0, 100));
    world.ear.ask(realTimeBars(), history({ keepUpToDate: true }));
    // The truth ends in the middle of the last hour.
    world.ear.ask(history({ keepUpToDate: true, requestId: 3, barSize: "1 hour" }));
    world.pass(40 * DAY_MS);
    expect(world.ear.all("real-time-bar").length).toBeGreaterThan(0);
    expect(world.time.nextAt).toBeUndefined();
    expect(world.gateway.openConnections).toBe(1);
  });
});
