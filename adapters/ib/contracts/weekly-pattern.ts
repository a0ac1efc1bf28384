import { type DayNumber, weekday } from "../../../core/time/instant.ts";
import type { Session } from "../../../core/time/trading-calendar.ts";
import { sessionAt, type WallClock, type WallHours } from "./session-spans.ts";

/** A day that was reported: its hours, or undefined when the exchange is closed. */
interface ReportedDay {
  readonly day: DayNumber;
  readonly hours: WallHours | undefined;
}

/** How many reports of one weekday are weighed: one holiday among them counts little. */
const WEIGHED = 5;
const FRIDAY = 5;

/**
 * Guesses the hours of days that nobody reported, from the nearest reports of the same weekday
 * before them, or after them for days before all reports.
 *
 * Most of them decide, so that a holiday is not taken for a habit; where only one is known and it
 * was closed or differs from the rest of the week only in its end, the rest of the week decides.
 */
export class WeeklyPattern {
  readonly #clock: WallClock;
  readonly #reported: readonly ReportedDay[];
  readonly #outside = new Map<number, WallHours | undefined>();

  /** @param reported ascending by day; undefined where the exchange was closed. */
  constructor(reported: ReadonlyMap<DayNumber, Session | undefined>, clock: WallClock) {
    this.#clock = clock;
    this.#reported = [...reported].map(([day, session]) => ({
      day,
      hours: session === undefined ? undefined : clock.hours(session),
    }));
  }

  /** The session to expect on a day; undefined when none is. */
  sessionOn(day: DayNumber): Session | undefined {
    const hours = this.#hoursOn(day);
    return hours === undefined ? undefined : sessionAt(day, hours, this.#clock.zone);
  }

  /** Of days that lie on one side of all that was reported, weekdays are alike. */
  #hoursOn(day: DayNumber): WallHours | undefined {
    const first = this.#reported[0]?.day ?? day;
    const last = this.#reported.at(-1)?.day ?? day;
    if (day >= first && day <= last) return this.#workedOut(day);
    const key = day < first ? -1 - weekday(day) : weekday(day);
    if (!this.#outside.has(key)) this.#outside.set(key, this.#workedOut(day));
    return this.#outside.get(key);
  }

  #workedOut(day: DayNumber): WallHours | undefined {
    const dayOfWeek = weekday(day);
    const own = this.#nearest(day, WEIGHED, (each) => weekday(each.day) === dayOfWeek);
    if (own.length > 1) return mostCommon(own);
    const alone = own[0]?.hours;
    if (dayOfWeek > FRIDAY) return alone;
    const week = this.#nearest(day, WEIGHED, (each) => {
      return weekday(each.day) <= FRIDAY && each.hours !== undefined;
    });
    const common = mostCommon(week);
    if (alone === undefined || common === undefined) return common;
    return alone.spans[0]!.from === common.spans[0]!.from ? common : alone;
  }

  /** The nearest reports before a day, nearest first; where there is none, those after it. */
  #nearest(day: DayNumber, count: number, fits: (each: ReportedDay) => boolean): ReportedDay[] {
    const fitting = this.#reported.filter(fits);
    const before = fitting.filter((each) => each.day < day);
    return before.length > 0 ? before.slice(-count).reverse() : fitting.slice(0, count);
  }
}

/** The hours of most days; the longer ones, then the nearer ones, where two are as common. */
function mostCommon(days: readonly ReportedDay[]): WallHours | undefined {
  const counts = new Map<string, number>();
  let best: WallHours | undefined;
  let bestCount = 0;
  for (const { hours } of days) {
    const key = hours?.key ?? "closed";
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const { hours } of days) {
    const count = counts.get(hours?.key ?? "closed")!;
    const isLonger = count === bestCount && (hours?.totalMs ?? 0) > (best?.totalMs ?? 0);
    if (count < bestCount || (count === bestCount && !isLonger)) continue;
    best = hours;
    bestCount = count;
  }
  return best;
}
