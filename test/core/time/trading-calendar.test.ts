// Goal: a calendar finds the segment around, after and before any instant, and explicit sessions
// make a calendar only when they are in order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { BarlineError, InvariantError } from "../../../core/time/failure.ts";
import { DAY_MS, HOUR_MS, instant, parseDay } from "../../../core/time/instant.ts";
import {
  calendarOfSessions,
  type Segment,
  type Session,
  TradingCalendar,
} from "../../../core/time/trading-calendar.ts";
import { localDay, UTC } from "../../../core/time/zone.ts";
import { allCalendars, anyInstantOf } from "./some-calendars.ts";

describe("laws of every calendar", () => {
  test.each(allCalendars.map((calendar) => [calendar.name, calendar] as const))(
    "%s: sessions ascend, are disjoint, and lie near their day",
    (_name, calendar) => {
      let last = Number.NEGATIVE_INFINITY;
      let sessions = 0;
      for (let day = calendar.firstDay; day <= calendar.lastDay; day += 1) {
        const session = calendar.sessionOn(day);
        if (session === undefined) continue;
        sessions += 1;
        const ordered = session.segments.every(({ from, to }) => {
          const inOrder = from >= last && from < to;
          last = to;
          return inOrder;
        });
        const lead = day - localDay(calendar.zone, session.segments[0]!.from);
        const lag = localDay(calendar.zone, last - 1) - day;
        if (session.day !== day || !ordered || lead > 3 || lag > 1) {
          expect.unreachable(`session ${day}: ${JSON.stringify(session)}`);
        }
      }
      expect(sessions).toBeGreaterThan(100);
    },
  );

  test("the segments after and before an instant are those of the plain list", () => {
    const anyCase = fc
      .constantFrom(...allCalendars)
      .chain((calendar) => fc.tuple(fc.constant(calendar), anyInstantOf(calendar)));
    fc.assert(
      fc.property(anyCase, ([calendar, at]) => {
        const day = localDay(calendar.zone, at);
        const near: Segment[] = [];
        for (let each = day - 24; each <= day + 24; each += 1) {
          const segments = calendar.sessionOn(each)?.segments ?? [];
          for (const { from, to } of segments) near.push({ from, to, day: each });
        }
        const after = near.find(({ to }) => to > at);
        expect(calendar.segmentAtOrAfter(at)).toEqual(after);
        expect(calendar.segmentBefore(at)).toEqual(near.filter(({ from }) => from < at).at(-1));
        expect(calendar.isOpen(at)).toBe(after !== undefined && after.from <= at);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the bounds", () => {
  const cmes = calendarByName("CMES");

  test("there is no session outside them", () => {
    expect(cmes.sessionOn(cmes.firstDay - 1)).toBeUndefined();
    expect(cmes.sessionOn(cmes.lastDay + 1)).toBeUndefined();
    expect(cmes.segmentAtOrAfter(instant("2031-01-02T12:00:00Z"))).toBeUndefined();
    expect(cmes.segmentBefore(instant("2012-11-16T12:00:00Z"))).toBeUndefined();
    expect(cmes.isOpen(instant("2031-01-02T12:00:00Z"))).toBe(false);
  });

  test("an instant on a known day, or in the evening that begins the first, is known", () => {
    for (const known of ["2012-11-18T23:00:00Z", "2012-11-19T12:00:00Z", "2030-12-31T23:00:00Z"]) {
      expect(() => cmes.requireKnown(instant(known))).not.toThrow();
    }
  });

  test.each(["2012-11-18T22:59:59Z", "2012-11-16T12:00:00Z", "2031-01-01T06:00:00Z"])(
    "%s is not, and the message says what is",
    (unknown) => {
      const ask = () => cmes.requireKnown(instant(unknown));
      expect(ask).toThrow(BarlineError);
      expect(ask).toThrow(expect.objectContaining({ code: "outside-calendar" }));
      expect(ask).toThrow("lies outside calendar CMES; it knows 2012-11-19 to 2030-12-31");
    },
  );

  test("a calendar that knows no day breaks an invariant", () => {
    const make = () =>
      new TradingCalendar({
        name: "X",
        zone: UTC,
        firstDay: 2,
        lastDay: 1,
        sessionOn: () => undefined,
      });
    expect(make).toThrow(InvariantError);
    expect(make).toThrow("a calendar knows at least one day");
  });
});

test("a session is computed once", () => {
  const asked: number[] = [];
  const sessionOn = (day: number) => {
    asked.push(day);
    return day === 1
      ? undefined
      : { day, segments: [{ from: day * DAY_MS, to: day * DAY_MS + 1 }] };
  };
  const calendar = new TradingCalendar({
    name: "X",
    zone: UTC,
    firstDay: 1,
    lastDay: 9,
    sessionOn,
  });
  for (let round = 0; round < 2; round += 1) {
    calendar.segmentAtOrAfter(DAY_MS);
    calendar.sessionOn(1);
  }
  expect(asked).toEqual([1, 2]);
});

describe("explicit sessions", () => {
  const day = parseDay("2024-07-01")!;
  const at = (hours: number) => day * DAY_MS + hours * HOUR_MS;
  const session = (offset: number, ...hours: [number, number][]): Session => ({
    day: day + offset,
    segments: hours.map(([from, to]) => ({
      from: at(24 * offset + from),
      to: at(24 * offset + to),
    })),
  });

  test("are given back, and the days between them are closed", () => {
    const sessions = [session(0, [-72, 2], [2, 8]), session(3, [9, 12], [13, 47])];
    const calendar = calendarOfSessions("TEST", UTC, sessions);
    expect([calendar.firstDay, calendar.lastDay]).toEqual([day, day + 3]);
    expect([0, 1, 2, 3].map((offset) => calendar.sessionOn(day + offset))).toEqual([
      sessions[0],
      undefined,
      undefined,
      sessions[1],
    ]);
    expect(calendar.segmentAtOrAfter(at(-72))).toEqual({ from: at(-72), to: at(2), day });
    expect(calendar.segmentAtOrAfter(at(72 + 46))?.day).toBe(day + 3);
  });

  test.each([
    ["none at all", []],
    ["one without hours", [session(0)]],
    ["the same day twice", [session(0, [1, 2]), { ...session(0, [3, 4]) }]],
    ["days that go back", [session(1, [-20, -19]), session(0, [6, 7])]],
    ["hours that overlap the day before", [session(0, [1, 30]), session(1, [5, 6])]],
    ["hours that overlap within the day", [session(0, [1, 3], [2, 4])]],
    ["empty hours", [session(0, [1, 1])]],
    ["hours that are no numbers", [session(0, [Number.NaN, 1])]],
    ["hours too long before their day", [session(0, [-73, 1])]],
    ["hours too long after their day", [session(0, [1, 49])]],
  ])("%s is refused", (_case, sessions) => {
    expect(() => calendarOfSessions("TEST", UTC, sessions)).toThrow(
      expect.objectContaining({ name: "BarlineError", code: "invalid-calendar" }),
    );
  });

  test.each([
    [[], "calendar TEST has no session"],
    [[session(0)], "the session has no hours"],
    [[session(1, [-20, -19]), session(0, [6, 7])], "days are not ascending"],
    [[session(0, [-73, 1])], "hours are far from their day"],
  ])("the message says what is wrong, case %#", (sessions, message) => {
    expect(() => calendarOfSessions("TEST", UTC, sessions)).toThrow(message);
  });

  test("hours may end with the day after theirs, and not a moment later", () => {
    const ending = (to: number) => () => calendarOfSessions("TEST", UTC, [session(0, [1, to])]);
    expect(ending(48)).not.toThrow();
    expect(ending(48 + 1e-6)).toThrow("hours are far from their day");
  });

  test("the message names the calendar and the day", () => {
    const sessions = [session(0, [1, 2]), session(1, [3, 2])];
    expect(() => calendarOfSessions("TEST", UTC, sessions)).toThrow(
      "calendar TEST, 2024-07-02: hours are empty or not ascending",
    );
  });
});
