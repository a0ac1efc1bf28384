import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sessionVwap } from "../../../core/indicators/session-vwap.ts";
import type { Bar } from "../../../core/market/bar.ts";
import {
  DAY_MS,
  formatInstant,
  HOUR_MS,
  instant,
  MINUTE_MS,
  utcDay,
} from "../../../core/time/instant.ts";
import { calendarOfSessions, type Session } from "../../../core/time/trading-calendar.ts";
import { UTC } from "../../../core/time/zone.ts";
import { describeBarIndicator } from "../../contracts/indicator-contract.ts";
import { barStream, boundedPrice, futuresBars } from "../../contracts/indicator-inputs.ts";
import { add, compare, divide, multiply, rational, subtract } from "./rational.ts";
import { sessionPriceOf } from "./textbook.ts";

// Goal: the session VWAP begins anew with every trading day, knows it from a calendar or a
// function, is within its bound of the exact average, and keeps the contract.

/** 01:30 to 03:30 and 05:00 to 07:00 UTC, as at the exchange the shipped futures trade at. */
function sessionsOf(days: Iterable<number>): Session[] {
  return [...new Set(days)].map((day) => ({
    day,
    segments: [
      { from: day * DAY_MS + 90 * MINUTE_MS, to: day * DAY_MS + 210 * MINUTE_MS },
      { from: day * DAY_MS + 5 * HOUR_MS, to: day * DAY_MS + 7 * HOUR_MS },
    ],
  }));
}

const calendar = calendarOfSessions(
  "test",
  UTC,
  sessionsOf(futuresBars.map((bar) => utcDay(bar.openTime))),
);

function bar(openTime: number, price: number, volume: number): Bar {
  const closeTime = openTime + 15 * MINUTE_MS;
  return { openTime, closeTime, open: price, high: price, low: price, close: price, volume };
}

for (const [title, sessions] of [
  ["calendar", calendar],
  ["function", utcDay],
] as const) {
  describeBarIndicator(`VWAP by ${title}`, {
    create: () => sessionVwap(sessions, { barsPerSession: 16 }),
    reference: (bars) => [sessionPriceOf(bars, (each) => utcDay(each.openTime))],
    referenceTolerance: 1e-13,
    start: {},
    // Sixteen bars a day as the real ones have, so that every stream crosses sessions.
    stream: barStream(boundedPrice, { minLength: 17, maxLength: 50 }).map((bars) =>
      bars.map((each, index) => {
        const { openTime, closeTime } = futuresBars[index]!;
        return { ...each, openTime, closeTime };
      }),
    ),
  });
}

describe("session VWAP", () => {
  it("begins anew on every trading day and not after a break", () => {
    const average = sessionVwap(calendar, { barsPerSession: 16 });
    expect(average.update(bar(instant("2023-12-04T01:30:00Z"), 10, 1))).toBe(10);
    expect(average.update(bar(instant("2023-12-04T05:00:00Z"), 40, 2))).toBe(30);
    expect(average.update(bar(instant("2023-12-05T01:30:00Z"), 7, 5))).toBe(7);
    expect(average.update(bar(instant("2023-12-05T01:45:00Z"), 9, 5))).toBe(8);
  });

  it("counts time before a session to the one that follows", () => {
    const average = sessionVwap(calendar, { barsPerSession: 16 });
    average.update(bar(instant("2023-12-04T06:45:00Z"), 10, 1));
    expect(average.update(bar(instant("2023-12-04T23:00:00Z"), 4, 1))).toBe(4);
    expect(average.update(bar(instant("2023-12-05T01:30:00Z"), 6, 1))).toBe(5);
  });

  it("takes back a bar that began a session, and gives the old session back with it", () => {
    const average = sessionVwap(calendar, { barsPerSession: 16 });
    average.update(bar(instant("2023-12-04T01:30:00Z"), 10, 1));
    average.update(bar(instant("2023-12-05T01:30:00Z"), 99, 1));
    expect(average.replace(bar(instant("2023-12-04T01:45:00Z"), 20, 1))).toBe(15);
    expect(average.update(bar(instant("2023-12-04T02:00:00Z"), 30, 2))).toBe(22.5);
  });

  it("is the typical price as long as nothing was traded", () => {
    const average = sessionVwap(() => 1, { barsPerSession: 9 });
    expect(average.update({ ...bar(0, 10, 0), high: 13, low: 7 })).toBe(10);
    expect(average.update(bar(1, 12, 0))).toBe(12);
    expect(average.update(bar(2, 8, 3))).toBe(8);
    expect(average.update(bar(3, 80, 0))).toBe(8);
  });

  it("refuses a session longer than declared, and stays as it was", () => {
    const average = sessionVwap(utcDay, { barsPerSession: 2 });
    average.update(bar(0, 10, 1));
    average.update(bar(1, 20, 1));
    expect(() => average.update(bar(2, 30, 1))).toThrow(
      /more than 2 bars; give the largest number/,
    );
    expect(() => average.update(bar(2, 30, 1))).toThrow(
      expect.objectContaining({ code: "session-too-long", where: "VWAP(session)" }),
    );
    expect(average.value).toBe(15);
    average.update(bar(DAY_MS, 50, 1));
    expect(() => average.replace(bar(3, 30, 1))).toThrow(/more than 2 bars/);
    expect(average.update(bar(DAY_MS + 1, 70, 1))).toBe(60);
  });

  it("refuses a bar past the last session, one out of the calendar, and no session", () => {
    const average = sessionVwap(calendar, { barsPerSession: 16 });
    const last = futuresBars.at(-1)!.closeTime;
    expect(() => average.update(bar(last, 10, 1))).toThrow(/no session of test is at or after/);
    expect(() => average.update(bar(last, 10, 1))).toThrow(
      expect.objectContaining({
        code: "outside-calendar",
        where: formatInstant(last),
        cure: expect.stringContaining("calendar that knows the sessions"),
      }),
    );
    expect(() => average.update(bar(last + 9 * DAY_MS, 10, 1))).toThrow(/outside calendar test/);
    const lost = sessionVwap(() => Number.NaN, { barsPerSession: 16 });
    expect(() => lost.update(bar(0, 10, 1))).toThrow(/cannot take NaN/);
    expect(average.isReady || lost.isReady).toBe(false);
  });

  it("refuses a negative volume and one too large", () => {
    const average = sessionVwap(() => 1, { barsPerSession: 16 });
    for (const volume of [-1, Number.NaN, 1e200]) {
      expect(() => average.update(bar(0, 10, volume))).toThrow(/cannot take/);
    }
  });

  it("does not lose small trades beside a huge one", () => {
    const average = sessionVwap(() => 1, { barsPerSession: 5_001 });
    average.update(bar(0, 1, 1e15));
    for (let count = 0; count < 5_000; count += 1) average.update(bar(0, 2, 0.1));
    // 500 of 1e15 were traded at 2. A plain sum drifts by some 600 units in the last place.
    expect(Math.abs(average.value - (1 + 5e-13))).toBeLessThan(2 ** -50);
  });

  it("is within 2^-50 of the exact average of positive prices, relatively", () => {
    const traded = fc.record({
      price: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      volume: fc.oneof(fc.nat(1_000_000), fc.double({ min: 1e-9, max: 1e12, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(traded, { minLength: 1, maxLength: 300 }), (trades) => {
        const average = sessionVwap(() => 1, { barsPerSession: 300 });
        let money = rational(0);
        let volume = rational(0);
        for (const each of trades) {
          average.update(bar(0, each.price, each.volume));
          money = add(money, multiply(rational(each.price), rational(each.volume)));
          volume = add(volume, rational(each.volume));
        }
        if (volume.numerator === 0n) return;
        const exact = divide(money, volume);
        const error = subtract(rational(average.value), exact);
        const bound = multiply(exact, rational(2 ** -50));
        expect(compare(error, bound)).toBeLessThan(0);
        expect(compare(subtract(rational(0), error), bound)).toBeLessThan(0);
      }),
      { numRuns: 60 },
    );
  });
});
