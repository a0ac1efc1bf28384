// Goal: a calendar made of what a gateway reports is the exchange's own where it was told, and a
// good guess where it was not.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedDays, parseHoursText } from "../../../../adapters/ib/contracts/hours-text.ts";
import { ReportedCalendar } from "../../../../adapters/ib/contracts/reported-calendar.ts";
import { readSchedule } from "../../../../adapters/ib/contracts/reported-schedule.ts";
import type { IbSession } from "../../../../adapters/ib/port/ib-event.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import {
  DAY_MS,
  type DayNumber,
  formatDay,
  formatInstant,
  instant,
  parseDay,
  weekday,
} from "../../../../core/time/instant.ts";
import type { Session, TradingCalendar } from "../../../../core/time/trading-calendar.ts";
import { NEW_YORK, SHANGHAI, UTC } from "../../../../core/time/zone.ts";

const day = (text: string): DayNumber => parseDay(text)!;
const reportOf = (calendar: TradingCalendar, first: DayNumber, last: DayNumber) => {
  const sessions: Session[] = [];
  for (let each = first; each <= last; each += 1) {
    const session = calendar.sessionOn(each);
    if (session !== undefined) sessions.push(session);
  }
  return { sessions, closed: closedDays(sessions, [first, last]) };
};
const scheduleOf = (...lines: readonly string[]): IbSession[] =>
  lines.map((line) => {
    const [start, end, tradingDay] = line.split(" ");
    return { start: start!, end: end!, day: tradingDay! };
  });
const hoursOn = (calendar: TradingCalendar, text: string): string | undefined =>
  calendar
    .sessionOn(day(text))
    ?.segments.map(({ from, to }) => `${clock(from)}-${clock(to)}`)
    .join(" ");
const clock = (at: number): string => formatInstant(at).slice(11, 16);

describe("ReportedCalendar", () => {
  // Goal: no word of the gateway is changed by guessing.
  it("agrees with the exchange on every day that was reported", () => {
    const names = ["XNYS", "XSHG", "CMES", "CFFEX", "24/7"];
    const from = day("2021-01-01");
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(500),
        fc.integer({ min: 20, max: 400 }),
        (name, at, length) => {
          const truth = calendarByName(name);
          const [first, last] = [from + at, from + at + length];
          const calendar = new ReportedCalendar(
            name,
            truth.zone,
            reportOf(truth, first, last),
            "schedule",
          );
          for (let each = first; each <= last; each += 1) {
            expect(calendar.sessionOn(each)).toEqual(truth.sessionOn(each));
          }
          expect([calendar.knownFrom, calendar.knownTo]).toEqual([first, last]);
        },
      ),
      { numRuns: 60 },
    );
  });

  // Goal: a run of weeks and a warm-up of years never come to an end of the calendar.
  it("guesses what comes before and after, holidays apart", () => {
    for (const name of ["XNYS", "XSHG", "CMES", "CFFEX", "24/7"]) {
      const truth = calendarByName(name);
      const report = reportOf(truth, day("2023-05-08"), day("2023-07-14"));
      const calendar = new ReportedCalendar(name, truth.zone, report, "schedule");
      let last = Number.NEGATIVE_INFINITY;
      for (let each = day("2022-01-03"); each <= day("2024-12-20"); each += 1) {
        const guess = calendar.sessionOn(each);
        const real = truth.sessionOn(each);
        // A guess knows no holiday and no early close; it never makes a session too short.
        if (real !== undefined) expect(guess, `${name} ${formatDay(each)}`).toBeDefined();
        if (weekday(each) > 5 && name !== "24/7") expect(guess).toBeUndefined();
        if (guess === undefined) continue;
        expect(guess.segments[0]!.from).toBeGreaterThanOrEqual(last);
        last = guess.segments.at(-1)!.to;
      }
      const grid = new BarGrid(calendar, barSize("15m"));
      expect(grid.nthForward(day("2023-07-20") * DAY_MS, 20_000)).toBeDefined();
      expect(grid.nthBack(day("2023-05-08") * DAY_MS, 20_000)).toBeDefined();
    }
  });

  it("keeps the wall clock across a change of the clocks", () => {
    const hours = parseHoursText("20240304:0930-1600;20240305:0930-1600", NEW_YORK);
    const calendar = new ReportedCalendar("US", NEW_YORK, hours, "hours-text");
    expect(hoursOn(calendar, "2024-03-08")).toBe("14:30-21:00");
    expect(hoursOn(calendar, "2024-03-11")).toBe("13:30-20:00");
    expect(hoursOn(calendar, "2024-03-09")).toBeUndefined();
  });

  it("does not take a single holiday or early close for a habit", () => {
    const text = "20241127:0930-1600;20241128:CLOSED;20241129:0930-1300;20241202:0930-1600";
    const calendar = new ReportedCalendar(
      "US",
      NEW_YORK,
      parseHoursText(text, NEW_YORK),
      "hours-text",
    );
    expect(hoursOn(calendar, "2024-11-28")).toBeUndefined();
    expect(hoursOn(calendar, "2024-11-29")).toBe("14:30-18:00");
    for (const each of ["2024-12-05", "2024-12-06", "2024-11-21", "2024-11-22"]) {
      expect(hoursOn(calendar, each)).toBe("14:30-21:00");
    }
  });

  it("expects a weekend only where one was seen", () => {
    const all = parseHoursText("20240308:0000-2400;20240309:0000-2400;20240310:0000-2400", UTC);
    const calendar = new ReportedCalendar("C", UTC, all, "hours-text");
    expect(hoursOn(calendar, "2024-03-16")).toBe("00:00-00:00");
    expect(hoursOn(calendar, "2024-03-20")).toBe("00:00-00:00");
  });

  // Goal: what is learned while it is in use counts at once.
  it("learns, and takes the later word", () => {
    const calendar = new ReportedCalendar(
      "US",
      NEW_YORK,
      parseHoursText("20240701:0930-1600;20240702:0930-1600", NEW_YORK),
      "hours-text",
    );
    expect(hoursOn(calendar, "2024-07-03")).toBe("13:30-20:00");
    expect(hoursOn(calendar, "2024-07-04")).toBe("13:30-20:00");
    const later = "20240702:0930-1600;20240703:0930-1300;20240704:CLOSED;20240705:0930-1600";
    calendar.learn(parseHoursText(later, NEW_YORK), "hours-text");
    expect(hoursOn(calendar, "2024-07-03")).toBe("13:30-17:00");
    expect(hoursOn(calendar, "2024-07-04")).toBeUndefined();
    expect(formatDay(calendar.knownTo)).toBe("2024-07-05");
    expect(formatDay(calendar.knownFrom)).toBe("2024-07-01");
  });

  // Goal: an early close that is announced on the day itself counts for the bar in progress.
  it("changes what a grid says of the session in progress", () => {
    const text = "20240702:0930-1600;20240703:0930-1600";
    const calendar = new ReportedCalendar(
      "US",
      NEW_YORK,
      parseHoursText(text, NEW_YORK),
      "hours-text",
    );
    const grid = new BarGrid(calendar, barSize("1d"));
    const noon = instant("2024-07-03T16:00:00Z");
    expect(formatInstant(grid.slotAt(noon)!.closeTime)).toBe("2024-07-03T20:00:00.000Z");
    const { version } = calendar;
    calendar.learn(parseHoursText(text, NEW_YORK), "hours-text");
    expect(calendar.version).toBe(version);
    calendar.learn(parseHoursText("20240703:0930-1300", NEW_YORK), "hours-text");
    expect(calendar.version).toBe(version + 1);
    expect(formatInstant(grid.slotAt(noon)!.closeTime)).toBe("2024-07-03T17:00:00.000Z");
    expect(grid.slotClosedBy(instant("2024-07-03T18:00:00Z"))).toEqual(grid.slotAt(noon));
  });

  it("takes the breaks from the hours in words where the schedule leaves them out", () => {
    const schedule = readSchedule(
      scheduleOf(
        "20240304-09:30:00 20240304-15:00:00 20240304",
        "20240305-09:30:00 20240305-11:30:00 20240305",
      ),
      SHANGHAI,
    );
    const calendar = new ReportedCalendar("CN", SHANGHAI, schedule, "schedule");
    expect(hoursOn(calendar, "2024-03-04")).toBe("01:30-07:00");
    calendar.learn(parseHoursText("20240306:0930-1130,1300-1500", SHANGHAI), "hours-text");
    expect(hoursOn(calendar, "2024-03-04")).toBe("01:30-03:30 05:00-07:00");
    expect(hoursOn(calendar, "2024-03-05")).toBe("01:30-03:30");
    expect(hoursOn(calendar, "2024-02-28")).toBe("01:30-03:30 05:00-07:00");
  });

  it("leaves a break to the schedule that tells it on any day", () => {
    const schedule = readSchedule(
      scheduleOf(
        "20240301-09:30:00 20240301-11:30:00 20240301",
        "20240301-13:00:00 20240301-15:00:00 20240301",
        "20240304-09:30:00 20240304-15:00:00 20240304",
      ),
      SHANGHAI,
    );
    const calendar = new ReportedCalendar("CN", SHANGHAI, schedule, "schedule");
    calendar.learn(parseHoursText("20240306:0930-1130,1300-1500", SHANGHAI), "hours-text");
    expect(hoursOn(calendar, "2024-03-01")).toBe("01:30-03:30 05:00-07:00");
    expect(hoursOn(calendar, "2024-03-04")).toBe("01:30-07:00");
  });

  it("invents no break where the hours in words have none", () => {
    const text = "20240305:0930-1130,1300-1500;20240306:0930-1500";
    const schedule = readSchedule(
      scheduleOf("20240304-09:30:00 20240304-15:00:00 20240304"),
      SHANGHAI,
    );
    const calendar = new ReportedCalendar("CN", SHANGHAI, schedule, "schedule");
    calendar.learn(parseHoursText(text, SHANGHAI), "hours-text");
    expect(hoursOn(calendar, "2024-03-04")).toBe("01:30-07:00");
  });

  it("refuses a report without a session", () => {
    expect(() => new ReportedCalendar("X", UTC, { sessions: [], closed: [] }, "schedule")).toThrow(
      "no session of X",
    );
  });
});

describe("readSchedule", () => {
  it("keeps the trading day of a night, and puts the parts of a day together", () => {
    const { sessions, closed } = readSchedule(
      scheduleOf(
        "20240304-09:00:00 20240304-15:00:00 20240304",
        "20240301-21:00:00 20240302-02:30:00 20240304",
        "20240306-09:00:00 20240306-15:00:00 20240306",
        "garbage 20240306-15:00:00 20240306",
      ),
      SHANGHAI,
    );
    expect(sessions.map((each) => [formatDay(each.day), each.segments.length])).toEqual([
      ["2024-03-04", 2],
      ["2024-03-06", 1],
    ]);
    expect(closed.map(formatDay)).toEqual(["2024-03-05"]);
  });
});
