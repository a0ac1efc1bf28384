// Goal: under every calendar, size and alignment the slots tile the sessions exactly, and every way
// of asking for a slot gives the same ones.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BarGrid, type BarSlot, type GridAlignment } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import {
  DAY_MS,
  formatInstant,
  HOUR_MS,
  instant,
  MINUTE_MS,
  parseDay,
} from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { localDay, UTC } from "../../../core/time/zone.ts";
import { acrossChanges, allCalendars, anyInstantOf, expectedSlots } from "./some-calendars.ts";

const SIZES = ["1m", "5m", "7m", "15m", "30m", "1h", "90m", "4h", "5h", "23h", "1d"];
const anyAlignment = fc.constantFrom<GridAlignment>("session", "clock");
const anySize = fc.constantFrom(...SIZES).map(barSize);

const anyCase = fc
  .tuple(fc.constantFrom(...allCalendars), anySize, anyAlignment)
  .chain(([calendar, size, alignment]) =>
    fc.record({
      grid: fc.constant(new BarGrid(calendar, size, alignment)),
      at: anyInstantOf(calendar),
      n: fc.integer({ min: 1, max: 12 }),
    }),
  );

/** The slots of the plain model around an instant: a dozen and more to either side. */
function slotsAround(grid: BarGrid, at: number): BarSlot[] {
  const day = localDay(grid.calendar.zone, at);
  const days = grid.size.ms < 60 * MINUTE_MS ? 24 : 100;
  return expectedSlots(grid, day - days, day + days);
}

describe("laws", () => {
  test("every question agrees with the plain list of slots", () => {
    fc.assert(
      fc.property(anyCase, ({ grid, at, n }) => {
        const slots = slotsAround(grid, at);
        const containing = slots.find(
          ({ openTime, closeTime }) => openTime <= at && at < closeTime,
        );
        const closed = slots.filter(({ closeTime }) => closeTime <= at);
        const coming = slots.filter(({ openTime }) => openTime >= at);
        expect(grid.slotAt(at)).toEqual(containing);
        expect(grid.opensAt(at)).toBe(containing?.openTime === at);
        expect(grid.slotClosedBy(at)).toEqual(closed.at(-1));
        expect(grid.slotAtOrAfter(at)).toEqual(coming[0]);
        expect(grid.nthBack(at, n)).toEqual(closed.at(-n));
        expect(grid.nthForward(at, n)).toEqual(coming[n - 1]);
      }),
      { numRuns: 400 },
    );
  });

  test("long counts are right however often and in whatever order they are asked for", () => {
    const grid = new BarGrid(calendarByName("XNYS"), barSize("15m"));
    const from = instant("2024-01-01T00:00:00Z");
    const ranges = [0, 1, 2, 3, 4, 5].flatMap((index) => [
      { from: from + index * HOUR_MS, to: from + 40 * DAY_MS },
      { from, to: from + 40 * DAY_MS + index * HOUR_MS },
    ]);
    for (const range of [...ranges, ...ranges, ...ranges.toReversed()]) {
      expect(grid.count(range)).toBe([...grid.slots(range)].length);
    }
  });

  test("slots ascend, are disjoint, fill the sessions, and are as many as count says", () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 4 * 1_440 }), ({ grid, at }, minutes) => {
        const range = { from: at, to: at + minutes * MINUTE_MS };
        const slots = [...grid.slots(range)];
        const expected = slotsAround(grid, at).filter(
          ({ openTime }) => openTime >= range.from && openTime < range.to,
        );
        expect(slots).toEqual(expected);
        expect(grid.count(range)).toBe(slots.length);
        slots.forEach(({ openTime, closeTime }, index) => {
          expect(closeTime).toBeGreaterThan(openTime);
          if (index > 0) expect(openTime).toBeGreaterThanOrEqual(slots[index - 1]!.closeTime);
        });
      }),
      { numRuns: 200 },
    );
  });

  test("the slots of a session are its segments cut up: joined again they give them back", () => {
    fc.assert(
      fc.property(anyCase, ({ grid, at }) => {
        const segment = grid.calendar.segmentAtOrAfter(at);
        if (segment === undefined || grid.size.label === "1d") return;
        const joined: TimeRange[] = [];
        for (const { openTime, closeTime } of grid.slots(segment)) {
          expect(closeTime - openTime).toBeLessThanOrEqual(grid.size.ms);
          const last = joined.at(-1);
          if (last?.to === openTime) joined[joined.length - 1] = { from: last.from, to: closeTime };
          else joined.push({ from: openTime, to: closeTime });
        }
        expect(joined).toEqual([{ from: segment.from, to: segment.to }]);
      }),
      { numRuns: 200 },
    );
  });

  test("next and previous are inverse, and whatever was asked before changes no answer", () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.array(fc.integer({ min: -9_999, max: 9_999 })),
        ({ grid, at }, asked) => {
          const slot = grid.slotAtOrAfter(at);
          if (slot === undefined) return;
          for (const minutes of asked) grid.slotAt(at + minutes * MINUTE_MS);
          expect(grid.closeOf(slot.openTime)).toBe(slot.closeTime);
          const next = grid.next(slot.openTime);
          if (next !== undefined) {
            for (const minutes of asked) grid.slotClosedBy(at + minutes * MINUTE_MS);
            expect(grid.previous(next.openTime)).toEqual(slot);
          }
          const previous = grid.previous(slot.openTime);
          if (previous !== undefined) expect(grid.next(previous.openTime)).toEqual(slot);
          expect(grid.nthBack(slot.closeTime, 1)).toEqual(slot);
          expect(grid.nthForward(slot.openTime, 2)).toEqual(next);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Slots in words: `13:30-14:00 14:00-15:00`, in UTC. */
function words(slots: Iterable<BarSlot>): string {
  const clock = (at: number) => formatInstant(at).slice(11, 16);
  return [...slots]
    .map(({ openTime, closeTime }) => `${clock(openTime)}-${clock(closeTime)}`)
    .join(" ");
}

function slotsOn(name: string, size: string, alignment: GridAlignment, date: string): string {
  const grid = new BarGrid(calendarByName(name), barSize(size), alignment);
  const { segments } = grid.calendar.sessionOn(parseDay(date)!)!;
  return words(grid.slots({ from: segments[0]!.from, to: segments.at(-1)!.to }));
}

describe("examples", () => {
  test("the first hour of US equities is half an hour by the clock, whole by the session", () => {
    expect(slotsOn("XNYS", "1h", "clock", "2024-07-01")).toBe(
      "13:30-14:00 14:00-15:00 15:00-16:00 16:00-17:00 17:00-18:00 18:00-19:00 19:00-20:00",
    );
    expect(slotsOn("XNYS", "1h", "session", "2024-07-01")).toBe(
      "13:30-14:30 14:30-15:30 15:30-16:30 16:30-17:30 17:30-18:30 18:30-19:30 19:30-20:00",
    );
  });

  test("an early close ends the last bar early", () => {
    expect(slotsOn("XNYS", "4h", "session", "2024-07-03")).toBe("13:30-17:00");
    expect(slotsOn("XNYS", "2h", "clock", "2024-11-29")).toBe(
      "14:30-15:00 15:00-17:00 17:00-18:00",
    );
  });

  test("no bar spans the lunch break, except the daily one", () => {
    expect(slotsOn("CFFEX", "1h", "session", "2024-07-01")).toBe(
      "01:30-02:30 02:30-03:30 05:00-06:00 06:00-07:00",
    );
    expect(slotsOn("CFFEX", "4h", "session", "2024-07-01")).toBe("01:30-03:30 05:00-07:00");
    expect(slotsOn("CFFEX", "1d", "session", "2024-07-01")).toBe("01:30-07:00");
    expect(slotsOn("CFFEX", "15m", "session", "2015-07-01").split(" ")).toHaveLength(18);
  });

  test("clock bars of an overnight session are counted from the midnight before it opens", () => {
    // Sunday 17:00 in Chicago is 22:00 UTC in summer: multiples of 4 h are 20:00, 00:00, ... there.
    expect(slotsOn("CMES", "4h", "clock", "2024-07-01")).toBe(
      "22:00-01:00 01:00-05:00 05:00-09:00 09:00-13:00 13:00-17:00 17:00-21:00",
    );
  });

  test("a daily bar over a change of the clocks is an hour shorter or longer than a day", () => {
    const grid = new BarGrid(acrossChanges, barSize("1440m"));
    const hoursOf = (text: string) => {
      const { openTime, closeTime } = grid.slotAt(instant(text))!;
      return (closeTime - openTime) / (60 * MINUTE_MS);
    };
    expect(hoursOf("2024-03-09T12:00:00Z")).toBe(24);
    expect(hoursOf("2024-03-10T12:00:00Z")).toBe(23);
    expect(hoursOf("2024-11-03T12:00:00Z")).toBe(25);
  });

  test.each([
    ["FX", "2024-03-08", "2024-03-07T22:00:00.000Z", "2024-03-08T22:00:00.000Z"],
    ["FX", "2024-03-11", "2024-03-10T21:00:00.000Z", "2024-03-11T21:00:00.000Z"],
    ["FX", "2024-11-04", "2024-11-03T22:00:00.000Z", "2024-11-04T22:00:00.000Z"],
    ["CMES", "2024-03-08", "2024-03-07T23:00:00.000Z", "2024-03-08T22:00:00.000Z"],
    ["CMES", "2024-03-11", "2024-03-10T22:00:00.000Z", "2024-03-11T21:00:00.000Z"],
    ["CMES", "2024-11-04", "2024-11-03T23:00:00.000Z", "2024-11-04T22:00:00.000Z"],
    ["24/7", "2024-03-10", "2024-03-10T00:00:00.000Z", "2024-03-11T00:00:00.000Z"],
  ])("the daily bar of %s on %s runs from %s to %s", (name, date, from, to) => {
    const grid = new BarGrid(calendarByName(name), barSize("1d"));
    const slot = grid.slotAt(instant(`${date}T12:00:00Z`))!;
    expect([formatInstant(slot.openTime), formatInstant(slot.closeTime)]).toEqual([from, to]);
  });

  test("weekend and holiday are no gap: after Friday's last bar comes Tuesday's first", () => {
    const grid = new BarGrid(calendarByName("XNYS"), barSize("15m"));
    const last = grid.slotClosedBy(instant("2024-01-13T00:00:00Z"))!;
    expect(formatInstant(last.openTime)).toBe("2024-01-12T20:45:00.000Z");
    expect(formatInstant(grid.next(last.openTime)!.openTime)).toBe("2024-01-16T14:30:00.000Z");
  });

  test("260 fifteen-minute bars of CFFEX are 16 days and an hour, a holiday skipped", () => {
    const grid = new BarGrid(calendarByName("CFFEX"), barSize("15m"));
    const at = instant("2024-07-01T01:30:00Z");
    const first = grid.nthBack(at, 260)!;
    expect(formatInstant(first.openTime)).toBe("2024-06-05T06:00:00.000Z");
    expect(grid.count({ from: first.openTime, to: at })).toBe(260);
  });
});

describe("at the ends of what the calendar knows", () => {
  const grid = new BarGrid(calendarByName("24/7"), barSize("1d"));
  const first = parseDay("2009-01-03")! * DAY_MS;
  const end = parseDay("2100-01-01")! * DAY_MS;

  test("there is no slot before the first and none after the last", () => {
    expect(grid.slotClosedBy(first)).toBeUndefined();
    expect(grid.slotClosedBy(first + DAY_MS - 1)).toBeUndefined();
    expect(grid.previous(first)).toBeUndefined();
    expect(grid.nthBack(first + DAY_MS, 2)).toBeUndefined();
    expect(grid.slotAtOrAfter(first - 99 * DAY_MS)?.openTime).toBe(first);
    expect(grid.next(end - DAY_MS)).toBeUndefined();
    expect(grid.slotAtOrAfter(end)).toBeUndefined();
    expect(grid.nthForward(end - DAY_MS, 2)).toBeUndefined();
    expect(grid.slotClosedBy(end + 99 * DAY_MS)?.closeTime).toBe(end);
    expect(grid.count({ from: end, to: end + DAY_MS })).toBe(0);
  });
});

/** A calendar of one session that can be told to end earlier or later. */
class Learning extends TradingCalendar {
  #hours = 8;

  constructor(day: number) {
    const from = day * DAY_MS;
    const sessionOn = () => ({ day, segments: [{ from, to: from + this.#hours * HOUR_MS }] });
    super({ name: "LEARNING", zone: UTC, firstDay: day, lastDay: day, sessionOn });
  }

  endAfter(hours: number): void {
    this.#hours = hours;
    this.sessionsChanged();
  }
}

// Goal: what a calendar learns of the session in progress counts at once, in every question.
describe("on a calendar that learns", () => {
  const from = instant("2024-07-03T00:00:00Z");
  const day = parseDay("2024-07-03")!;
  const questions: readonly [string, (grid: BarGrid) => unknown, unknown, unknown][] = [
    ["slotAt", (grid) => grid.slotAt(from + 5 * HOUR_MS), 8, undefined],
    ["opensAt", (grid) => grid.opensAt(from + 4 * HOUR_MS), true, false],
    ["closeOf", (grid) => grid.closeOf(from), 4, 3],
    ["slotAtOrAfter", (grid) => grid.slotAtOrAfter(from + HOUR_MS), 8, undefined],
    ["slotClosedBy", (grid) => grid.slotClosedBy(from + 8 * HOUR_MS), 8, 3],
    ["next", (grid) => grid.next(from), 8, undefined],
    ["count", (grid) => grid.count({ from, to: from + DAY_MS }), 2, 1],
    ["count of weeks", (grid) => grid.count({ from, to: from + 40 * DAY_MS }), 2, 1],
  ];
  const ends = (answer: unknown): unknown => {
    const at = typeof answer === "object" ? (answer as BarSlot).closeTime : answer;
    return typeof at === "number" && at >= from ? (at - from) / HOUR_MS : at;
  };

  test.each(questions)("%s", (_name, ask, before, after) => {
    const calendar = new Learning(day);
    const grid = new BarGrid(calendar, barSize("4h"));
    expect(calendar.version).toBe(0);
    expect(ends(ask(grid))).toBe(before);
    calendar.endAfter(3);
    expect(calendar.version).toBe(1);
    expect(ends(ask(grid))).toBe(after);
    calendar.endAfter(8);
    expect(ends(ask(grid))).toBe(before);
  });
});

test("asking for the bar after one that does not exist is refused by name", () => {
  const grid = new BarGrid(calendarByName("XNYS"), barSize("15m"));
  const ask = () => grid.closeOf(instant("2024-07-01T13:31:00Z"));
  expect(ask).toThrow(BarlineError);
  expect(ask).toThrow("no 15m bar of XNYS opens at 2024-07-01T13:31:00.000Z");
  expect(() => grid.next(instant("2024-07-04T14:00:00Z"))).toThrow(BarlineError);
});
