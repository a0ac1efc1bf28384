import type { TimeRange } from "../../../core/time/range.ts";
import type { IbFeed } from "../../ib/ib-feed.ts";
import { reportedSessions } from "../../kept/reported-sessions.ts";
import type { BarStore } from "../../store/bars/bar-store.ts";
import type { SeriesAbout } from "../../store/bars/series-about.ts";
import type { WantedHistory } from "./download.ts";
import { requireOnGrid } from "./matching-calendar.ts";

/**
 * What is to be fetched of a feed, with its calendar as it is to be stored: for all that the store
 * has of it, and for what comes. Throws `other-calendar`.
 */
export function wantedHistory(
  bars: BarStore,
  { series, calendar, grid }: IbFeed,
  ranges: readonly TimeRange[],
  ignored: readonly TimeRange[] = [],
): WantedHistory {
  const before = bars.find(series.key);
  const known =
    before === undefined ? [] : [...before.complete, ...before.lost.map((l) => l.range)];
  const { first, last } = before ?? {};
  if (first !== undefined && last !== undefined) known.push({ from: first, to: last + 1 });
  const all = [...known, ...ranges];
  const from = all.reduce((least, each) => Math.min(least, each.from), Number.POSITIVE_INFINITY);
  const to = all.reduce((most, each) => Math.max(most, each.to), Number.NEGATIVE_INFINITY);
  let version = -1;
  let about: SeriesAbout | undefined;
  const current = (): SeriesAbout => {
    // A calendar that learned something is told anew.
    if (about === undefined || version !== calendar.version) {
      version = calendar.version;
      const told = reportedSessions(calendar, { from, to }, before?.calendar);
      about = { series, calendar: told };
    }
    return about;
  };
  if (before !== undefined) {
    requireOnGrid(bars, before, current().calendar, grid(series), ignored);
  }
  return { ranges, about: current };
}

/** The first instant of which a store knows something of a series; undefined without any. */
export function knownSince(bars: BarStore, seriesKey: string): number | undefined {
  const stored = bars.find(seriesKey);
  if (stored === undefined) return undefined;
  const { complete, lost, first } = stored;
  const starts = [complete[0]?.from, lost[0]?.range.from, first];
  const known = starts.filter((start) => start !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
