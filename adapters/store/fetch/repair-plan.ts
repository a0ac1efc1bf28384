import { slotsTouching } from "../../../core/feed/whole-slots.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { Zone } from "../../../core/time/zone.ts";
import type { BarStore, StoredSeries } from "../bars/bar-store.ts";
import { tradingCalendar } from "../bars/stored-calendar.ts";
import type { VerifyFinding } from "../bars/verify-series.ts";
import type { OrderedStore } from "../port/ordered-store.ts";
import { missingSlots } from "./missing-slots.ts";

/** Something to be put right by fetching it again. */
export interface RepairItem {
  /** `gap`: nothing is known of these slots; `lost`: they could not be had; else it is faulty. */
  readonly kind: "gap" | "lost" | VerifyFinding["kind"];
  readonly range: TimeRange;
  /** Slots that are fetched again. */
  readonly slots: number;
  readonly problem: string;
}

/** What is wrong with a series, and what is to be fetched for it. */
export type RepairPlan =
  | {
      readonly kind: "plan";
      readonly of: StoredSeries;
      /** Ascending by their range. */
      readonly items: readonly RepairItem[];
    }
  /** It cannot be read at all: only removing it helps. */
  | { readonly kind: "beyond-repair"; readonly problem: string };

/** Looks at all of a series. Changes nothing. */
export function planRepair(
  bars: BarStore,
  seriesKey: string,
  zoneNamed: (name: string) => Zone,
  onProgress?: (done: number, of: number) => void,
): RepairPlan {
  const findings = bars.verify(seriesKey, onProgress);
  const broken = findings.find(({ range }) => range === undefined);
  if (broken !== undefined) return { kind: "beyond-repair", problem: broken.problem };
  const of = bars.find(seriesKey)!;
  const { calendar, series } = of;
  const grid = new BarGrid(tradingCalendar(calendar, zoneNamed), series.size, calendar.alignment);
  const slotsOf = (range: TimeRange): number => {
    const touched = slotsTouching(grid, range);
    return touched === undefined ? 0 : grid.count(touched);
  };
  const item = (kind: RepairItem["kind"], range: TimeRange, problem: string): RepairItem => {
    return { kind, range, slots: slotsOf(range), problem };
  };
  const items = [
    ...findings.map(({ kind, range, problem }) => item(kind, range!, problem)),
    ...of.lost.map(({ range, reason }) => item("lost", range, reason)),
    ...missingSlots(grid, of, spanOf(of, grid)).map((range) =>
      item("gap", range, "it is not known to be complete"),
    ),
  ];
  return { kind: "plan", of, items: items.sort((a, b) => a.range.from - b.range.from) };
}

/**
 * Forgets what is faulty and notes that it is lost, all in one transaction: a repair that ends
 * before it has fetched the bars leaves behind what the next one finds.
 */
export function forgetFaulty(
  store: OrderedStore,
  bars: BarStore,
  of: StoredSeries,
  items: readonly RepairItem[],
  at: number,
): void {
  const faulty = items.filter(({ kind }) => kind !== "gap" && kind !== "lost");
  if (faulty.length === 0) return;
  store.write((writer) => {
    // First all of them: what is beside one of them can be faulty as well.
    for (const { range } of faulty) bars.forget(writer, of.key, range);
    const lost = faulty
      .filter(({ slots }) => slots > 0)
      .map(({ range, problem }) => ({ range, reason: `to be fetched again: ${problem}` }));
    bars.update(writer, of.key, { source: "repair", receivedAt: at, lost });
  });
}

/** What is to be fetched for some items, as whole slots of a grid; ascending and disjoint. */
export function repairRanges(grid: BarGrid, items: readonly RepairItem[]): readonly TimeRange[] {
  const ranges = new RangeSet();
  for (const { range } of items) {
    const touched = slotsTouching(grid, range);
    if (touched !== undefined) ranges.add(touched);
  }
  return ranges.ranges;
}

/** From the first to the last instant of which the series knows something. */
function spanOf({ complete, lost, first, last }: StoredSeries, grid: BarGrid): TimeRange {
  const known = [...complete, ...lost.map(({ range }) => range)];
  if (first !== undefined && last !== undefined) {
    known.push({ from: first, to: grid.slotAt(last)?.closeTime ?? last + 1 });
  }
  if (known.length === 0) return { from: 0, to: 0 };
  return {
    from: known.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: known.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}
