import { planBackfill } from "../../../core/feed/backfill-plan.ts";
import type { PriceType } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { localDay } from "../../../core/time/zone.ts";
import { ibUtcTime } from "../port/ib-time.ts";
import { type Duration, type DurationTable, durationsFor, durationText } from "./durations.ts";
import { DEFAULT_PAGE_BARS, historyOptions, MOST_BARS } from "./history-options.ts";

/** One request for history. */
export interface Page {
  /** The slots that it is to tell of, from the first one's open to the last one's close. */
  readonly range: TimeRange;
  /** How many slots these are. */
  readonly slots: number;
  /** As the request says it: empty for the present. */
  readonly end: string;
  /** As the request says it. */
  readonly duration: string;
}

/** How pages are cut. */
export interface PageRules {
  readonly grid: BarGrid;
  /** Bars a page at the most. */
  readonly pageBars: number;
  readonly table: DurationTable;
  /** For what cannot be asked for up to a date: every page ends at the present, however old. */
  readonly onlyToPresent: boolean;
}

/** A page whose end is this near to the present, in bars, is asked for with an empty end. */
const NEAR_BARS = 3;

/** The present goes on while a request is on its way: so much more a duration is to reach back. */
const ON_ITS_WAY_MS = 60_000;

/**
 * The page that ends with the last slot to close in a range, and begins with its first slot or as
 * far back as one request may reach; a little further, so that the answer shows what lies before.
 * Undefined when no slot lies in the range, or when it can only be asked for together with more
 * bars than one answer may hold (up to the present).
 *
 * @param isNewest whether nothing newer was asked for before: its end may be left empty then.
 */
export function pageOf(
  rules: PageRules,
  range: TimeRange,
  now: UnixMs,
  isNewest: boolean,
): Page | undefined {
  const { grid, pageBars, onlyToPresent } = rules;
  const last = grid.slotClosedBy(range.to);
  if (last === undefined || last.openTime < range.from) return undefined;
  const isNear = onlyToPresent || (isNewest && isNearPresent(grid, last.closeTime, now));
  for (let bars = pageBars; ; bars = Math.floor(bars * 0.8)) {
    const { from, slots } = slotsBack(grid, last.closeTime, bars, range.from);
    const cut = { from, to: last.closeTime };
    // The newest page is cut for the present first: a dated end is far slower.
    for (const end of isNear ? [now, last.closeTime] : [last.closeTime]) {
      const isPresent = end === now && isNear;
      if (onlyToPresent && !isPresent) continue;
      const latest = isPresent ? end + ON_ITS_WAY_MS : end;
      const duration = shortestFor(rules, reachedFrom(grid, cut, bars), latest);
      if (duration === undefined) continue;
      return { range: cut, slots, end: isPresent ? "" : ibUtcTime(end), duration };
    }
    if (bars <= 1) return undefined;
  }
}

/** What a plan of pages may differ in from the usual. */
export interface PlanOptions {
  /** 1 to 4,000; default 2,000. */
  readonly pageBars?: number;
  /** Default `current`. */
  readonly table?: DurationTable;
  /** Adjusted prices can only be had up to the present; default `trades`. */
  readonly priceType?: PriceType;
}

/** The rules by which a source cuts the pages of a series. */
export function pageRules(grid: BarGrid, options: PlanOptions = {}): PageRules {
  const { pageBars } = historyOptions({ pageBars: options.pageBars ?? DEFAULT_PAGE_BARS });
  const onlyToPresent = options.priceType === "adjusted";
  const table = options.table ?? "current";
  return { grid, table, onlyToPresent, pageBars: onlyToPresent ? MOST_BARS : pageBars };
}

/**
 * The pages that a warm-up of so many bars needs when the gateway answers each of them in full,
 * newest first: the very ones that the source asks for.
 */
export function describePages(
  grid: BarGrid,
  now: UnixMs,
  bars: number,
  options: PlanOptions = {},
): Page[] {
  const range = planBackfill(grid, now, bars)?.range;
  return range === undefined ? [] : describeRange(grid, now, range, options);
}

/** The pages that a range needs, alike. */
export function describeRange(
  grid: BarGrid,
  now: UnixMs,
  range: TimeRange,
  options: PlanOptions = {},
): Page[] {
  const rules = pageRules(grid, options);
  const pages: Page[] = [];
  for (let to = range.to; ; ) {
    const page = pageOf(rules, { from: range.from, to }, now, pages.length === 0);
    if (page === undefined) return pages;
    pages.push(page);
    to = page.range.from;
  }
}

/** Whether no more than a few slots closed since. */
function isNearPresent(grid: BarGrid, closeTime: UnixMs, now: UnixMs): boolean {
  const slot = grid.nthBack(now, NEAR_BARS);
  return slot === undefined || slot.closeTime <= closeTime;
}

function slotsBack(
  grid: BarGrid,
  to: UnixMs,
  most: number,
  least: UnixMs,
): { from: UnixMs; slots: number } {
  let from = to;
  let slots = 0;
  while (slots < most) {
    const slot = grid.slotClosedBy(from);
    if (slot === undefined || slot.openTime < least) break;
    from = slot.openTime;
    slots += 1;
  }
  return { from, slots };
}

/** Where a request for a page is to begin: a few slots early, where there is room for them. */
function reachedFrom(grid: BarGrid, { from, to }: TimeRange, most: number): UnixMs {
  const slots = grid.count({ from, to });
  const margin = Math.min(2 + Math.floor(slots / 20), Math.max(0, most - slots));
  return margin < 1 ? from : (grid.nthBack(from, margin)?.openTime ?? from);
}

/** The shortest duration that reaches back from an end and cannot bring too many bars. */
function shortestFor(rules: PageRules, from: UnixMs, end: UnixMs): string | undefined {
  const { grid, table } = rules;
  const { zone } = grid.calendar;
  const session = grid.calendar.segmentAtOrAfter(from);
  const firstDay = Math.min(session?.day ?? Number.POSITIVE_INFINITY, localDay(zone, from));
  const lastDay = Math.max(grid.calendar.segmentBefore(end)?.day ?? 0, localDay(zone, end - 1));
  const reach = { clockMs: end - from, days: lastDay - firstDay + 1 };
  for (const duration of durationsFor(grid.size.ms, reach, table)) {
    if (mostBars(grid, duration, end) <= MOST_BARS) return durationText(duration);
  }
  return undefined;
}

/** The most bars that a request can bring, whichever way the gateway counts its duration. */
function mostBars(grid: BarGrid, { unit, count }: Duration, end: UnixMs): number {
  if (unit === "S") return Math.ceil((count * 1_000) / grid.size.ms);
  const days = { D: 1, W: 7, M: 31, Y: 366 }[unit];
  const byClock = grid.count({ from: end - count * days * DAY_MS, to: end });
  return unit === "D" ? Math.max(byClock, barsOfSessions(grid, count, end)) : byClock;
}

/** The bars of so many sessions, the one in progress included; no more than are too many. */
function barsOfSessions(grid: BarGrid, sessions: number, end: UnixMs): number {
  let from = end;
  let bars = 0;
  for (let session = 0; session < sessions && bars <= MOST_BARS; session += 1) {
    const segment = grid.calendar.segmentBefore(from);
    if (segment === undefined) break;
    const opens = grid.calendar.sessionOn(segment.day)!.segments[0]!.from;
    bars += grid.count({ from: opens, to: from });
    from = opens;
  }
  return bars;
}
