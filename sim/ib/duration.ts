import type { BarSize } from "../../core/time/bar-size.ts";
import {
  civilDate,
  DAY_MS,
  dayNumber,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type UnixMs,
} from "../../core/time/instant.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import { localDay, wallTime } from "../../core/time/zone.ts";

/** `S` seconds of trading, `D` trading days, `W`, `M` and `Y` by the civil calendar. */
export interface Duration {
  readonly count: number;
  readonly unit: "S" | "D" | "W" | "M" | "Y";
}

/** The longest of each unit. */
const LONGEST = { S: 86_400, D: 365, W: 52, M: 12, Y: 68 } as const;
/** What a unit is taken for where durations are compared. */
const UNIT_MS = {
  S: SECOND_MS,
  D: DAY_MS,
  W: 7 * DAY_MS,
  M: 30 * DAY_MS,
  Y: 365 * DAY_MS,
} as const;
/** Bars of one second reach this far, by the current table. */
const LONGEST_OF_SECONDS_MS = 2_000 * SECOND_MS;

/** The stricter, older table: up to this duration, bars from this size to that. */
const STRICT: readonly (readonly [number, number, number])[] = [
  [1_800 * SECOND_MS, SECOND_MS, 30 * MINUTE_MS],
  [3_600 * SECOND_MS, 5 * SECOND_MS, HOUR_MS],
  [14_400 * SECOND_MS, 10 * SECOND_MS, 3 * HOUR_MS],
  [28_800 * SECOND_MS, 30 * SECOND_MS, 8 * HOUR_MS],
  [DAY_MS, MINUTE_MS, DAY_MS],
  [2 * DAY_MS, 2 * MINUTE_MS, DAY_MS],
  [7 * DAY_MS, 3 * MINUTE_MS, DAY_MS],
  [31 * DAY_MS, 30 * MINUTE_MS, DAY_MS],
  [Number.POSITIVE_INFINITY, DAY_MS, DAY_MS],
];

/** Reads `1800 S`; undefined for what is no duration, or longer than its unit allows. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^([1-9]\d{0,5}) ([SDWMY])$/.exec(text);
  if (match === null) return undefined;
  const count = Number(match[1]);
  const unit = match[2] as Duration["unit"];
  return count <= LONGEST[unit] ? { count, unit } : undefined;
}

/** Whether bars of a size are given over a duration. */
export function isStepLegal(size: BarSize, duration: Duration, isStrict: boolean): boolean {
  const lengthMs = duration.count * UNIT_MS[duration.unit];
  if (!isStrict) return size.ms > SECOND_MS || lengthMs <= LONGEST_OF_SECONDS_MS;
  const [, least, most] = STRICT.find(([longest]) => lengthMs <= longest)!;
  return size.ms >= least && size.ms <= most;
}

/** Where a duration that ends at `end` begins. */
export function durationStart(
  calendar: TradingCalendar,
  end: UnixMs,
  { count, unit }: Duration,
): UnixMs {
  if (unit === "S") return secondsBack(calendar, end, count);
  if (unit === "D") return tradingDaysBack(calendar, end, count);
  const { zone } = calendar;
  const day = localDay(zone, end);
  const msOfDay = end + zone.offsetMsAt(end) - day * DAY_MS;
  return wallTime(zone, unit === "W" ? day - 7 * count : monthsBack(day, unit, count), msOfDay);
}

function secondsBack(calendar: TradingCalendar, end: UnixMs, seconds: number): UnixMs {
  let leftMs = seconds * SECOND_MS;
  let from = end;
  while (leftMs > 0) {
    const segment = calendar.segmentBefore(from);
    if (segment === undefined) return from;
    const to = Math.min(from, segment.to);
    from = Math.max(segment.from, to - leftMs);
    leftMs -= to - from;
  }
  return from;
}

/** The opening of the `count`-th trading day back; the one in progress is the first. */
function tradingDaysBack(calendar: TradingCalendar, end: UnixMs, count: number): UnixMs {
  let from = end;
  for (let left = count; left > 0; left -= 1) {
    const segment = calendar.segmentBefore(from);
    if (segment === undefined) return from;
    from = calendar.sessionOn(segment.day)!.segments[0]!.from;
  }
  return from;
}

function monthsBack(from: number, unit: "M" | "Y", count: number): number {
  const { year, month, day } = civilDate(from);
  const months = year * 12 + (month - 1) - (unit === "Y" ? 12 * count : count);
  const first = dayNumber(Math.floor(months / 12), (months % 12) + 1, 1);
  const next = dayNumber(Math.floor((months + 1) / 12), ((months + 1) % 12) + 1, 1);
  // The 31st of a month of 30 days is the 30th.
  return Math.min(first + day - 1, next - 1);
}
