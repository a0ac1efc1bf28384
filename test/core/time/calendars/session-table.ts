import { readFileSync } from "node:fs";
import {
  DAY_MS,
  type DayNumber,
  formatDay,
  HOUR_MS,
  MINUTE_MS,
  parseDay,
  weekday,
} from "../../../../core/time/instant.ts";
import type { TradingCalendar } from "../../../../core/time/trading-calendar.ts";

/** Reads a table of test/data/calendars: the hours of every session in UTC, by its day. */
export function sessionTable(file: string): ReadonlyMap<string, string> {
  const path = new URL(`../../../data/calendars/${file}`, import.meta.url);
  const sessions = new Map<string, string>();
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    if (line.startsWith("#")) continue;
    const [first = "", last = "", ...times] = line.split(" ");
    for (let day = parseDay(first)!; day <= parseDay(last)!; day += 1) {
      if (weekday(day) <= 5) sessions.set(formatDay(day), times.join(" "));
    }
  }
  return sessions;
}

/** The sessions of a calendar in the form of the tables. */
export function sessionsOf(
  calendar: TradingCalendar,
  first: string = formatDay(calendar.firstDay),
  last: string = formatDay(calendar.lastDay),
): ReadonlyMap<string, string> {
  const sessions = new Map<string, string>();
  for (let day = parseDay(first)!; day <= parseDay(last)!; day += 1) {
    const text = hoursOn(calendar, day);
    if (text !== undefined) sessions.set(formatDay(day), text);
  }
  return sessions;
}

function hoursOn(calendar: TradingCalendar, day: DayNumber): string | undefined {
  const times = calendar.sessionOn(day)?.segments.flatMap(({ from, to }) => [from, to]);
  return times?.map((at) => clock(day, at)).join(" ");
}

function clock(day: DayNumber, at: number): string {
  const ms = at - day * DAY_MS;
  const within = ms < 0 ? ms + DAY_MS : ms;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${ms < 0 ? "<" : ""}${two(within / HOUR_MS)}:${two((within % HOUR_MS) / MINUTE_MS)}`;
}

/** A session in words of a wall clock: `17:00-15:15 15:30-16:00`; `closed` without one. */
export function wallHours(calendar: TradingCalendar, date: string): string {
  const segments = calendar.sessionOn(parseDay(date)!)?.segments ?? [];
  const wall = new Intl.DateTimeFormat("en-GB", {
    timeZone: calendar.zone.name,
    hour: "2-digit",
    minute: "2-digit",
  });
  const spans = segments.map(({ from, to }) => `${wall.format(from)}-${wall.format(to)}`);
  return spans.length === 0 ? "closed" : spans.join(" ");
}

/** The days on which two sets of sessions differ, each with both sides. */
export function differences(
  ours: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
): string[] {
  const days = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return days
    .filter((day) => ours.get(day) !== theirs.get(day))
    .map((day) => `${day}: ${ours.get(day) ?? "closed"}, not ${theirs.get(day) ?? "closed"}`);
}
