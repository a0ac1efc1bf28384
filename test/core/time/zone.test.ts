// Goal: the pinned rules are those of the IANA database, and wall time and instants fit together.
import { tzOffset } from "@date-fns/tz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BarlineError } from "../../../core/time/failure.ts";
import { DAY_MS, HOUR_MS, instant, parseDay, utcDay } from "../../../core/time/instant.ts";
import {
  CHICAGO,
  fixedZone,
  localDay,
  NEW_YORK,
  pinnedZone,
  SHANGHAI,
  UTC,
  wallTime,
  type Zone,
} from "../../../core/time/zone.ts";

/** The offset by the platform's own copy of the IANA database. */
function platformOffsetMs(zone: Zone, at: number): number {
  return tzOffset(zone.name, new Date(at)) * 60_000;
}

const FROM = instant("1990-01-01T00:00:00Z");
const TO = instant("2038-01-01T00:00:00Z");
const zones = [UTC, NEW_YORK, CHICAGO, SHANGHAI];
const anyZone = fc.constantFrom(...zones, fixedZone("+05:30", 5.5 * HOUR_MS));
const anyInstant = fc.integer({ min: FROM, max: TO - 1 });

/** Instants at which the platform changes the offset, to the millisecond, found by halving. */
function transitions(zone: Zone, from: number, to: number): number[] {
  const found: number[] = [];
  for (let start = from; start < to; start += 7 * DAY_MS) {
    let low = start;
    let high = Math.min(start + 7 * DAY_MS, to);
    if (platformOffsetMs(zone, low) === platformOffsetMs(zone, high)) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (platformOffsetMs(zone, middle) === platformOffsetMs(zone, low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

describe.each([
  [UTC, "1990-01-01", 0],
  [NEW_YORK, "1976-01-01", 2 * 62],
  [CHICAGO, "1976-01-01", 2 * 62],
  [SHANGHAI, "1987-01-01", 2 * 5],
])("$name", (zone, since, count) => {
  test("has the platform's offset at every hour around every change, and changes as often", () => {
    const changes = transitions(zone, parseDay(since)! * DAY_MS, TO);
    expect(changes).toHaveLength(count);
    for (const change of changes) {
      expect(zone.offsetMsAt(change - 1)).toBe(platformOffsetMs(zone, change - 1));
      for (let hours = -30; hours <= 30; hours += 1) {
        const at = change + hours * HOUR_MS;
        expect(zone.offsetMsAt(at)).toBe(platformOffsetMs(zone, at));
      }
    }
  });

  test("has the platform's offset at any instant, asked in any order", () => {
    fc.assert(
      fc.property(anyInstant, (at) => {
        expect(zone.offsetMsAt(at)).toBe(platformOffsetMs(zone, at));
      }),
      { numRuns: 500 },
    );
  });
});

test("before its first rule a zone keeps standard time", () => {
  expect(NEW_YORK.offsetMsAt(instant("1970-07-01T00:00:00Z"))).toBe(-5 * HOUR_MS);
});

test("China kept daylight saving in 1986 from May on, at nine hours", () => {
  expect(SHANGHAI.offsetMsAt(instant("1986-05-03T17:59:59Z"))).toBe(8 * HOUR_MS);
  expect(SHANGHAI.offsetMsAt(instant("1986-05-03T18:00:00Z"))).toBe(9 * HOUR_MS);
  expect(SHANGHAI.offsetMsAt(instant("1986-09-13T16:59:59Z"))).toBe(9 * HOUR_MS);
  expect(SHANGHAI.offsetMsAt(instant("1986-09-13T17:00:00Z"))).toBe(8 * HOUR_MS);
});

describe("wall time", () => {
  test("every instant outside a repeated hour is the wall time it shows", () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (zone, at) => {
        const shown = at + zone.offsetMsAt(at);
        const day = utcDay(shown);
        expect(localDay(zone, at)).toBe(day);
        const back = wallTime(zone, day, shown - day * DAY_MS);
        // In the hour that occurs twice it is the first of the two.
        expect([at, at - HOUR_MS]).toContain(back);
        expect(back + zone.offsetMsAt(back)).toBe(shown);
      }),
      { numRuns: 1_000 },
    );
  });

  test("it may lie outside its day, and an hour further on the wall is never earlier", () => {
    fc.assert(
      fc.property(
        anyZone,
        fc.integer({ min: utcDay(FROM), max: utcDay(TO) - 3 }),
        fc.integer({ min: -DAY_MS, max: 2 * DAY_MS }),
        (zone, day, msOfDay) => {
          const at = wallTime(zone, day, msOfDay);
          expect(wallTime(zone, day + 1, msOfDay - DAY_MS)).toBe(at);
          expect(wallTime(zone, day - 1, msOfDay + DAY_MS)).toBe(at);
          expect(wallTime(zone, day, msOfDay + HOUR_MS)).toBeGreaterThanOrEqual(at);
        },
      ),
    );
  });

  test.each([
    // The clocks go from 02:00 to 03:00: 02:30 does not exist and moves on by the hour.
    [NEW_YORK, "2024-03-10", 1.5, "2024-03-10T06:30:00Z"],
    [NEW_YORK, "2024-03-10", 2, "2024-03-10T07:00:00Z"],
    [NEW_YORK, "2024-03-10", 2.5, "2024-03-10T07:30:00Z"],
    [NEW_YORK, "2024-03-10", 3, "2024-03-10T07:00:00Z"],
    // The clocks go from 02:00 to 01:00: 01:30 occurs twice and is the first.
    [NEW_YORK, "2024-11-03", 0.5, "2024-11-03T04:30:00Z"],
    [NEW_YORK, "2024-11-03", 1.5, "2024-11-03T05:30:00Z"],
    [NEW_YORK, "2024-11-03", 2, "2024-11-03T07:00:00Z"],
    [CHICAGO, "2024-11-04", -7, "2024-11-03T23:00:00Z"],
    [SHANGHAI, "1991-04-14", 2.5, "1991-04-13T18:30:00Z"],
  ])("of %o on %s, hour %d, is %s", (zone, day, hours, expected) => {
    expect(wallTime(zone, parseDay(day)!, hours * HOUR_MS)).toBe(instant(expected));
  });
});

test("pinned zones are found by name, and any other name is refused with the list", () => {
  for (const zone of zones) expect(pinnedZone(zone.name)).toBe(zone);
  expect(() => pinnedZone("Europe/London")).toThrow(BarlineError);
  expect(() => pinnedZone("Europe/London")).toThrow(
    expect.objectContaining({
      code: "unknown-zone",
      message: expect.stringContaining('"Europe/London" is not a time zone that Barline'),
    }),
  );
  expect(() => pinnedZone("Europe/London")).toThrow(
    "use one of UTC, America/New_York, America/Chicago, Asia/Shanghai",
  );
});
