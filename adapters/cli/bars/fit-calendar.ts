import { BarGrid, type GridAlignment } from "../../../core/time/bar-grid.ts";
import type { BarSize } from "../../../core/time/bar-size.ts";
import { calendarByName, calendarNames } from "../../../core/time/calendars/catalog.ts";
import { fail } from "../../../core/time/failure.ts";
import {
  DAY_MS,
  type DayNumber,
  HOUR_MS,
  type UnixMs,
  utcDay,
} from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import {
  calendarOfSessions,
  type Session,
  type TradingCalendar,
} from "../../../core/time/trading-calendar.ts";
import { UTC } from "../../../core/time/zone.ts";

/** A calendar that bars lie on, and how well. */
export interface CalendarFit {
  readonly calendar: TradingCalendar;
  readonly alignment: GridAlignment;
  /** The opening of the first of the bars. */
  readonly startsAt: UnixMs;
  /** Share of the calendar's slots between the first and the last bar that have a bar, 0 to 1. */
  readonly filled: number;
  /** Names of other calendars that fit just as well. */
  readonly others: readonly string[];
}

type Fit = Omit<CalendarFit, "others">;

/** Below this share of slots with bars a calendar is not taken for the bars' own. */
const LEAST_FILLED = 0.25;
/** A market has a bar on every day it opens; a calendar with more days is another market's. */
const LEAST_FILLED_DAILY = 0.99;
/** What cannot come about by chance more often than this did not come about by chance. */
const LEAST_CHANCE = 1e-4;
/** More than this share of the bars off a calendar are not a few. */
const MOST_OFF = 0.02;
const ALIGNMENTS: readonly GridAlignment[] = ["session", "clock"];
const DAILY: readonly GridAlignment[] = ["session"];
/** Hours of a day and days of a week. */
const HOURS = 24;
const BUCKETS = HOURS + 7;

/**
 * The known calendar on whose grid all of these bars open (or close, by the label) and that they
 * fill best; undefined where none fits. A calendar does not fit where the bars keep out of an hour
 * or a weekday of it: a market of eight hours is not one of twenty-four with gaps. Times ascend and
 * are those of the file's label; a daily bar may be given as the midnight of its day, in any zone.
 */
export function fitCalendar(
  times: readonly UnixMs[],
  size: BarSize,
  label: "open" | "close" = "open",
): CalendarFit | undefined {
  const fits: Fit[] = [];
  for (const name of calendarNames) {
    const fit = fitOn(times, size, calendarByName(name), label);
    if (fit !== undefined) fits.push(fit);
  }
  fits.sort((a, b) => b.filled - a.filled);
  const [best, ...rest] = fits;
  if (best === undefined) return undefined;
  const asGood = rest.filter(({ filled }) => filled === best.filled);
  return { ...best, others: asGood.map(({ calendar }) => calendar.name) };
}

/**
 * A known calendar that all but a few of the bars fit, and the times of those few: more likely they
 * are wrong than the calendar. For bars that `fitCalendar` finds no calendar for.
 */
export function nearlyFitting(
  times: readonly UnixMs[],
  size: BarSize,
  label: "open" | "close" = "open",
): { readonly calendar: TradingCalendar; readonly off: readonly UnixMs[] } | undefined {
  for (const name of calendarNames) {
    const calendar = calendarByName(name);
    for (const alignment of size.ms === DAY_MS ? DAILY : ALIGNMENTS) {
      const grid = new BarGrid(calendar, size, alignment);
      const off = times.filter((at) => Number.isNaN(openOn(grid, at, label)));
      if (off.length > times.length * MOST_OFF) continue;
      const others = new Set(off);
      const fitting = times.filter((at) => !others.has(at));
      if (fitOn(fitting, size, calendar, label) !== undefined) return { calendar, off };
    }
  }
  return undefined;
}

function fitOn(
  times: readonly UnixMs[],
  size: BarSize,
  calendar: TradingCalendar,
  label: "open" | "close",
): Fit | undefined {
  const isDaily = size.ms === DAY_MS;
  for (const alignment of isDaily ? DAILY : ALIGNMENTS) {
    const grid = new BarGrid(calendar, size, alignment);
    const openTimes = times.map((at) => openOn(grid, at, label));
    if (openTimes.length === 0 || openTimes.some(Number.isNaN)) continue;
    const range = { from: openTimes[0]!, to: openTimes[openTimes.length - 1]! + 1 };
    const filled = openTimes.length / grid.count(range);
    if (filled < (isDaily ? LEAST_FILLED_DAILY : LEAST_FILLED)) return undefined;
    if (keepsOut(grid, openTimes, range, filled)) return undefined;
    return { calendar, alignment, filled, startsAt: range.from };
  }
  return undefined;
}

/** The opening of the bar that a time names; NaN where the grid has none. */
export function openOn(grid: BarGrid, at: UnixMs, label: "open" | "close"): UnixMs {
  if (grid.size.ms === DAY_MS) return openOfDay(grid, at);
  if (label === "open") return grid.opensAt(at) ? at : Number.NaN;
  const slot = grid.slotAt(at - 1);
  return slot?.closeTime === at ? slot.openTime : Number.NaN;
}

/** A daily bar is given by the opening of its session, or by its midnight in any zone. */
function openOfDay(grid: BarGrid, at: UnixMs): UnixMs {
  if (grid.opensAt(at)) return at;
  // Midnight of all but a few zones is within half a day of that of UTC.
  const day = utcDay(at + DAY_MS / 2);
  return grid.calendar.sessionOn(day)?.segments[0]?.from ?? Number.NaN;
}

/** Whether an hour or a weekday has slots and none is filled, and not by chance. */
function keepsOut(
  grid: BarGrid,
  openTimes: readonly UnixMs[],
  range: TimeRange,
  filled: number,
): boolean {
  if (filled === 1) return false;
  const seen = new Uint8Array(BUCKETS);
  for (const at of openTimes) for (const bucket of bucketsOf(at)) seen[bucket] = 1;
  const slots = new Float64Array(BUCKETS);
  for (const { openTime } of grid.slots(range)) {
    for (const bucket of bucketsOf(openTime)) slots[bucket]! += 1;
  }
  return slots.some((count, bucket) => seen[bucket] === 0 && (1 - filled) ** count < LEAST_CHANCE);
}

function bucketsOf(at: UnixMs): readonly [number, number] {
  const day = utcDay(at);
  return [Math.floor((at - day * DAY_MS) / HOUR_MS), HOURS + (((day % 7) + 7) % 7)];
}

/**
 * A calendar made of the bars themselves, for a market that no known calendar fits: each unbroken
 * run of bars is a stretch of trading, cut at midnight UTC. Open times ascend.
 */
export function calendarOfBars(openTimes: readonly UnixMs[], size: BarSize): TradingCalendar {
  const sessions: { day: DayNumber; segments: TimeRange[] }[] = [];
  let from = Number.NaN;
  let previous = Number.NaN;
  const close = (to: UnixMs): void => {
    if (Number.isNaN(from)) return;
    const day = utcDay(from);
    const last = sessions[sessions.length - 1];
    if (last?.day === day) last.segments.push({ from, to });
    else sessions.push({ day, segments: [{ from, to }] });
  };
  for (const openTime of openTimes) {
    if (openTime !== previous + size.ms || utcDay(openTime) !== utcDay(from)) {
      close(Math.min(previous + size.ms, openTime));
      from = openTime;
    }
    previous = openTime;
  }
  close(previous + size.ms);
  if (sessions.length === 0) fail("no-bars", "there is no bar to make a calendar of");
  return calendarOfSessions("of the file", UTC, sessions satisfies readonly Session[]);
}
