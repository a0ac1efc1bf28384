import { BarGrid, type GridAlignment } from "../../core/time/bar-grid.ts";
import type { BarSize } from "../../core/time/bar-size.ts";
import { calendarByName, calendarNames } from "../../core/time/calendars/catalog.ts";
import { fail } from "../../core/time/failure.ts";
import { DAY_MS, type UnixMs, utcDay } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import {
  calendarOfSessions,
  type Session,
  type TradingCalendar,
} from "../../core/time/trading-calendar.ts";
import { UTC } from "../../core/time/zone.ts";

/** A calendar that bars lie on, and how it was come by. */
export interface CalendarFit {
  readonly calendar: TradingCalendar;
  readonly alignment: GridAlignment;
  /** Share of the calendar's slots between the first and the last bar that have a bar, 0 to 1. */
  readonly filled: number;
  /** Names of other calendars that fit just as well. */
  readonly others: readonly string[];
}

type Fit = Omit<CalendarFit, "others">;

/** Below this share of slots with bars a calendar is not taken for the bars' own. */
const LEAST_FILLED = 0.5;

/**
 * The known calendar on whose grid all of these bars open and that they fill best; undefined where
 * none fits. Daily bars are given as midnight UTC of their trading days.
 */
export function fitCalendar(openTimes: readonly UnixMs[], size: BarSize): CalendarFit | undefined {
  const fits: Fit[] = [];
  for (const name of calendarNames) {
    const calendar = calendarByName(name);
    const fit =
      size.ms === DAY_MS ? dailyFit(openTimes, calendar) : intradayFit(openTimes, size, calendar);
    if (fit !== undefined && fit.filled >= LEAST_FILLED) fits.push(fit);
  }
  fits.sort((a, b) => b.filled - a.filled);
  const [best, ...rest] = fits;
  if (best === undefined) return undefined;
  const asGood = rest.filter(({ filled }) => filled === best.filled);
  return { ...best, others: asGood.map(({ calendar }) => calendar.name) };
}

function intradayFit(
  openTimes: readonly UnixMs[],
  size: BarSize,
  calendar: TradingCalendar,
): Fit | undefined {
  for (const alignment of ["session", "clock"] as const) {
    const grid = new BarGrid(calendar, size, alignment);
    if (!openTimes.every((at) => grid.opensAt(at))) continue;
    const slots = grid.count({ from: openTimes[0]!, to: openTimes[openTimes.length - 1]! + 1 });
    return { calendar, alignment, filled: openTimes.length / slots };
  }
  return undefined;
}

function dailyFit(openTimes: readonly UnixMs[], calendar: TradingCalendar): Fit | undefined {
  const days = openTimes.map(utcDay);
  if (!days.every((day) => calendar.sessionOn(day) !== undefined)) return undefined;
  let sessions = 0;
  for (let day = days[0]!; day <= days[days.length - 1]!; day += 1) {
    if (calendar.sessionOn(day) !== undefined) sessions += 1;
  }
  return { calendar, alignment: "session", filled: days.length / sessions };
}

/**
 * A calendar made of the bars themselves, for a market that no known calendar fits: each unbroken run
 * of bars is a stretch of trading, cut at midnight UTC.
 */
export function calendarOfBars(openTimes: readonly UnixMs[], size: BarSize): TradingCalendar {
  const sessions: { day: number; segments: TimeRange[] }[] = [];
  let from = Number.NaN;
  let to = Number.NaN;
  const close = (): void => {
    if (Number.isNaN(from)) return;
    const day = utcDay(from);
    const last = sessions[sessions.length - 1];
    if (last?.day === day) last.segments.push({ from, to });
    else sessions.push({ day, segments: [{ from, to }] });
  };
  for (const openTime of openTimes) {
    if (openTime !== to || utcDay(openTime) !== utcDay(from)) {
      close();
      from = openTime;
    }
    to = openTime + size.ms;
  }
  close();
  if (sessions.length === 0) fail("no-bars", "there is no bar to make a calendar of");
  return calendarOfSessions("of the file", UTC, sessions satisfies readonly Session[]);
}
