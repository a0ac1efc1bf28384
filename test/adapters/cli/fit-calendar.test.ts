import { describe, expect, it } from "vitest";
import {
  calendarOfBars,
  fitCalendar,
  nearlyFitting,
} from "../../../adapters/cli/bars/fit-calendar.ts";
import { systemZone } from "../../../adapters/system/zone.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import {
  DAY_MS,
  formatInstant,
  HOUR_MS,
  instant,
  MINUTE_MS,
  type UnixMs,
  utcDay,
  weekday,
} from "../../../core/time/instant.ts";
import { localDay, wallTime } from "../../../core/time/zone.ts";
import { market } from "./markets.ts";

// Goal: the calendar found is the market's own, also where bars are missing; and where it is none
// of those known, none is taken for it, however well its bars would lie on one.

const FROM = "2024-02-01T00:00:00Z";
const TO = "2024-04-20T00:00:00Z";

function timesOf(...args: Parameters<typeof market>): UnixMs[] {
  return market(...args).map(({ openTime }) => openTime);
}

/** Bars from one wall-clock time to another on weekdays, but for some days. */
function hours(
  zoneName: string,
  open: number,
  close: number,
  size: string,
  holidays = "",
): UnixMs[] {
  const zone = systemZone(zoneName);
  const times: UnixMs[] = [];
  for (let day = localDay(zone, instant(FROM)); day < utcDay(instant(TO)); day += 1) {
    if (weekday(day) > 5 || holidays.includes(formatInstant(day * DAY_MS).slice(0, 10))) continue;
    const to = wallTime(zone, day, close);
    for (let at = wallTime(zone, day, open); at < to; at += barSize(size).ms) times.push(at);
  }
  return times;
}

describe("the calendar that bars fit", () => {
  it.each([
    ["XNYS", "1m"],
    ["XNYS", "15m"],
    ["XNYS-EXTENDED", "15m"],
    ["CMES", "1h"],
    ["XSHG", "15m"],
    ["FX", "15m"],
    ["FX", "4h"],
    ["24/7", "1h"],
  ])("is the one they were made by: %s in %s", (name, size) => {
    const fit = fitCalendar(timesOf(name, size, FROM, TO), barSize(size));
    expect(fit?.calendar.name).toBe(name);
    expect(fit?.filled).toBe(1);
  });

  it.each([
    ["XNYS", "1m", 0.6],
    ["XNYS", "15m", 0.6],
    ["XNYS", "15m", 0.35],
    ["FX", "1h", 0.6],
    ["24/7", "15m", 0.6],
  ])("is found where bars are missing at random: %s in %s, %d there", (name, size, share) => {
    const times = timesOf(name, size, FROM, TO, (_at, draw) => draw() < share);
    const fit = fitCalendar(times, barSize(size));
    expect(fit?.calendar.name).toBe(name);
    expect(fit?.filled).toBeCloseTo(share, 1);
  });

  it("is found where days of a market that never closes are missing", () => {
    const isThere = (at: UnixMs): boolean => utcDay(at) % 10 !== 0 && at % (31 * HOUR_MS) > HOUR_MS;
    const times = timesOf("24/7", "1h", FROM, TO, isThere);
    expect(fitCalendar(times, barSize("1h"))?.calendar.name).toBe("24/7");
  });

  it("names the others that fit just as well", () => {
    const fit = fitCalendar(timesOf("XSHG", "15m", FROM, TO), barSize("15m"));
    expect(fit?.others).toEqual(["XSHE", "CFFEX"]);
    const week = timesOf("FX", "1h", "2024-03-05T00:00:00Z", "2024-03-07T00:00:00Z");
    expect(fitCalendar(week, barSize("1h"))).toMatchObject({ others: ["24/7"], filled: 1 });
  });

  it("has the alignment of the bars, and their labels", () => {
    const size = barSize("1h");
    const bars = market("XNYS", "1h", FROM, TO, () => true, "clock");
    const times = bars.map(({ openTime }) => openTime);
    expect(fitCalendar(times, size)).toMatchObject({ alignment: "clock", startsAt: times[0] });
    const closes = bars.map(({ closeTime }) => closeTime);
    expect(fitCalendar(closes, size)).toBeUndefined();
    const byClose = fitCalendar(closes, size, "close");
    expect(byClose).toMatchObject({ alignment: "clock", startsAt: times[0], filled: 1 });
  });

  it.each<[string, UnixMs[]]>([
    ["London", hours("Europe/London", 8 * HOUR_MS, 16.5 * HOUR_MS, "15m")],
    ["Frankfurt's long day", hours("Europe/Berlin", HOUR_MS, 22 * HOUR_MS, "15m")],
    ["Mumbai", hours("Asia/Kolkata", 9.25 * HOUR_MS, 15.5 * HOUR_MS, "15m")],
    ["Tokyo", hours("Asia/Tokyo", 9 * HOUR_MS, 15 * HOUR_MS, "15m")],
    ["a dealer who rests at weekends", hours("UTC", 0, 24 * HOUR_MS, "15m")],
    ["a dealer who leaves early", hours("America/New_York", 0, 16 * HOUR_MS, "15m")],
  ])("is none of those known for %s", (_market, times) => {
    expect(fitCalendar(times, barSize("15m"))).toBeUndefined();
    expect(nearlyFitting(times, barSize("15m"))).toBeUndefined();
  });

  it("is nothing for no bars", () => {
    expect(fitCalendar([], barSize("1h"))).toBeUndefined();
    expect(nearlyFitting([], barSize("1h"))).toBeUndefined();
  });
});

describe("the calendar that daily bars fit", () => {
  const day = barSize("1d");
  const sessions = (name: string): number[] => {
    const calendar = calendarByName(name);
    const first = utcDay(instant("2022-01-01T00:00:00Z"));
    const days = Array.from({ length: 730 }, (_, at) => first + at);
    return days.filter((each) => calendar.sessionOn(each) !== undefined);
  };

  it.each(["XNYS", "CMES", "XSHG", "24/7"])("is the one of their days: %s", (name) => {
    const days = sessions(name).map((each) => each * DAY_MS);
    expect(fitCalendar(days, day)?.calendar.name).toBe(name);
  });

  it("is found from midnights of the exchange's zone, and from openings", () => {
    const midnights = sessions("XSHG").map((each) => each * DAY_MS - 8 * HOUR_MS);
    expect(fitCalendar(midnights, day)?.calendar.name).toBe("XSHG");
    const grid = new BarGrid(fitCalendar(midnights, day)!.calendar, day);
    const openings = midnights.map((at) => grid.slotAtOrAfter(at)!.openTime);
    expect(fitCalendar(openings, day)).toMatchObject({ filled: 1, startsAt: openings[0] });
  });

  it("is not that of another country, whose holidays are others", () => {
    const year = "2024-02-01 2024-03-29 2024-04-01";
    const frankfurt = hours("UTC", 0, 1, "1d", year);
    expect(fitCalendar(frankfurt, day)).toBeUndefined();
    const weekdays = hours("UTC", 0, 1, "1d");
    expect(fitCalendar(weekdays, day)?.calendar.name).toBe("FX");
  });
});

describe("a few bars off a calendar", () => {
  const size = barSize("15m");
  const times = timesOf("XNYS", "15m", FROM, TO);

  it("are found", () => {
    const wrong = instant("2024-03-02T15:00:00Z");
    const mixed = [...times, wrong].sort((a, b) => a - b);
    expect(fitCalendar(mixed, size)?.calendar.name).not.toBe("XNYS");
    expect(nearlyFitting(mixed, size)).toMatchObject({ calendar: { name: "XNYS" }, off: [wrong] });
  });

  it("are not a few when they are one in twenty", () => {
    const late = times.map((at, index) => (index % 20 === 0 ? at + MINUTE_MS : at));
    expect(nearlyFitting(late, size)).toBeUndefined();
  });
});

describe("a calendar made of the bars", () => {
  it("has a slot for every bar and no other", () => {
    for (const size of ["1m", "15m", "1h", "4h"]) {
      const of = barSize(size);
      const times = timesOf("FX", size, FROM, "2024-02-20T00:00:00Z", (_at, draw) => draw() < 0.9);
      const grid = new BarGrid(calendarOfBars(times, of), of);
      const slots = [...grid.slots({ from: times[0]!, to: times.at(-1)! + 1 })];
      expect(slots.map(({ openTime }) => openTime)).toEqual(times);
    }
  });

  it("has shorter slots where the next bar comes early", () => {
    const size = barSize("1h");
    const times = timesOf("XNYS", "1h", FROM, TO, () => true, "clock");
    const grid = new BarGrid(calendarOfBars(times, size), size);
    expect(times.every((at) => grid.opensAt(at))).toBe(true);
    expect(grid.closeOf(times[0]!)).toBe(times[1]);
  });

  it("needs a bar", () => {
    expect(() => calendarOfBars([], barSize("1h"))).toThrow(/no bar to make a calendar of/);
  });
});
