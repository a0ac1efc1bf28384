import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, type UnixMs } from "../../core/time/instant.ts";
import type { Random } from "../random.ts";
import { oneOf } from "./faults.ts";

/** Where in time and on which calendar a run lies. */
export interface Whereabouts {
  readonly calendar: string;
  readonly size: string;
  readonly grid: BarGrid;
  /** The run starts in the first slot from here on. */
  readonly near: UnixMs;
}

export const CALENDARS = ["XNYS", "CFFEX", "CMES", "24/7"] as const;
export const SIZES = ["1m", "1m", "5m", "5m", "15m", "1h"];
/** Days of the calendars on which something is special; the first of each is a change of clocks. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  XNYS: ["2024-03-10", "2024-11-03", "2024-07-03", "2024-11-29", "2024-12-24", "2024-03-29"],
  CFFEX: ["2024-03-10", "2024-04-04", "2024-05-01", "2024-02-09", "2024-06-10", "2024-09-16"],
  CMES: ["2024-03-10", "2024-11-03", "2024-07-04", "2024-11-28", "2024-12-24", "2024-03-29"],
  "24/7": ["2024-03-10", "2024-11-03", "2024-02-29", "2024-12-31"],
};
/** Changes of clocks, forward and back, and the calendars whose clocks are changed. */
const CHANGES = ["2024-03-10", "2024-11-03"];
const CHANGED: readonly string[] = ["XNYS", "CMES"];
/** Days that end early or have no session, by calendar. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  XNYS: ["2024-07-03", "2024-11-29", "2024-12-24", "2024-03-29"],
  CFFEX: ["2024-04-04", "2024-05-01", "2024-02-09", "2024-06-10", "2024-09-16"],
  CMES: ["2024-07-04", "2024-11-28", "2024-12-24", "2024-03-29"],
};
/** By this time of the day such a day is over, and no session has begun after it. */
const OVER_MS = 21 * HOUR_MS;
/** A run has at least so many bars, and so a start so many before an instant reaches it. */
const BARS_BEFORE = 11;

/** @param knob a stream of randomness by its name. */
export function drawWhereabouts(
  knob: (name: string) => Random,
  { changesClocks, isShort }: { readonly changesClocks: boolean; readonly isShort: boolean },
): Whereabouts {
  const any = oneOf(knob("calendar"), CALENDARS);
  const size = oneOf(knob("size"), SIZES);
  const special = knob("special");
  const fitting = changesClocks ? CHANGED : Object.keys(SHORT);
  const isFitting = !(changesClocks || isShort) || fitting.includes(any);
  const calendar = isFitting ? any : oneOf(special, fitting);
  const grid = new BarGrid(calendarByName(calendar), barSize(size), "clock");
  if (!(changesClocks || isShort)) {
    return { calendar, size, grid, near: drawNear(knob("near"), calendar) };
  }
  const day = oneOf(special, changesClocks ? CHANGES : SHORT[calendar]!);
  // The first bar after it can be the first of the run; then it lies in its history.
  const after = grid.slotAtOrAfter(instant(`${day}T00:00:00Z`) + OVER_MS)!.openTime;
  const back = special.integer(0, BARS_BEFORE);
  const near = back === 0 ? after : grid.nthBack(after, back)!.openTime;
  return { calendar, size, grid, near };
}

function drawNear(random: Random, calendar: string): UnixMs {
  const days = SPECIAL[calendar]!;
  const any = instant("2024-01-08T00:00:00Z") + random.integer(0, 330) * DAY_MS;
  const day = days[random.integer(0, days.length - 1)]!;
  const base = random.chance(0.3) ? instant(`${day}T00:00:00Z`) - DAY_MS : any;
  return base + random.integer(0, DAY_MS - 1);
}
