import fc from "fast-check";
import type { BarGrid, GridAlignment } from "../../../core/time/bar-grid.ts";
import { calendarFromHours } from "../../../core/time/calendars/calendar-from-hours.ts";
import { calendarByName, calendarNames } from "../../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, type UnixMs, utcDay } from "../../../core/time/instant.ts";
import { calendarOfSessions, type TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { localDay, NEW_YORK, wallTime } from "../../../core/time/zone.ts";

/** Never closed, on a wall clock that changes twice a year in the middle of a session. */
export const acrossChanges: TradingCalendar = calendarFromHours({
  name: "ACROSS-CHANGES",
  zone: NEW_YORK,
  firstDay: "2010-01-01",
  lastDay: "2026-12-31",
  hours: "17:00-17:00",
  weekdays: [1, 2, 3, 4, 5, 6, 7],
});

/**
 * Sessions as a gateway can report them: odd lengths, and a Monday that opens on Friday evening.
 */
const oddSessions: TradingCalendar = calendarOfSessions(
  "ODD",
  NEW_YORK,
  Array.from({ length: 200 }, (_, week) => {
    const monday = utcDay(instant("2019-01-07T00:00:00Z")) + 7 * week;
    const start = wallTime(NEW_YORK, monday - 3, 20 * HOUR_MS);
    const segments = [
      { from: start, to: start + 7 * HOUR_MS + 1_000 },
      { from: start + 60 * HOUR_MS + 300_000, to: start + 61 * HOUR_MS + 17_000 },
      { from: start + 61 * HOUR_MS + 17_000, to: start + 70 * HOUR_MS },
    ];
    return { day: monday, segments };
  }),
);

export const allCalendars: readonly TradingCalendar[] = [
  ...calendarNames.map(calendarByName),
  acrossChanges,
  oddSessions,
];

/** Instants worth asking about: anywhere, and within two days of a change of the clocks. */
export const anyInstantOf = (calendar: TradingCalendar): fc.Arbitrary<UnixMs> => {
  const first = calendar.sessionOn(calendar.firstDay)?.segments[0]?.from;
  const from = (first ?? calendar.firstDay * 24 * HOUR_MS) - 5 * 24 * HOUR_MS;
  const to = calendar.lastDay * 24 * HOUR_MS + 5 * 24 * HOUR_MS;
  const changes = ["2019-03-10T07:00:00Z", "2019-11-03T06:00:00Z", "2021-03-14T07:00:00Z"];
  const anywhere = fc.integer({ min: Math.floor(from / 60_000), max: Math.floor(to / 60_000) });
  const nearChange = fc
    .tuple(fc.constantFrom(...changes.map(instant)), fc.integer({ min: -2_880, max: 2_880 }))
    .map(([change, minutes]) => change / 60_000 + minutes);
  return fc
    .tuple(fc.oneof(anywhere, nearChange), fc.constantFrom(0, 0, 1, 59_999))
    .map(([minute, ms]) => minute * 60_000 + ms);
};

interface ExpectedSlot {
  readonly openTime: UnixMs;
  readonly closeTime: UnixMs;
}

/** The slots of the trading days from one to another, by the plainest reading of the rules. */
export function expectedSlots(grid: BarGrid, firstDay: number, lastDay: number): ExpectedSlot[] {
  const { calendar, size, alignment } = grid;
  const slots: ExpectedSlot[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    const segments = calendar.sessionOn(day)?.segments ?? [];
    if (segments.length > 0 && size.label === "1d") {
      slots.push({ openTime: segments[0]!.from, closeTime: segments.at(-1)!.to });
      continue;
    }
    for (const { from, to } of segments) {
      const cuts = [from];
      for (let at = firstBoundary(calendar, from, alignment); at < to; at += size.ms) {
        if (at > from) cuts.push(at);
      }
      cuts.forEach((openTime, index) => {
        slots.push({ openTime, closeTime: cuts[index + 1] ?? to });
      });
    }
  }
  return slots;
}

function firstBoundary(calendar: TradingCalendar, from: UnixMs, alignment: GridAlignment): UnixMs {
  return alignment === "session" ? from : wallTime(calendar.zone, localDay(calendar.zone, from), 0);
}
