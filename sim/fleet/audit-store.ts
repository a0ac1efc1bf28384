import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import { formsOf, isDoubtful, isSameBar, type Known } from "./known.ts";
import { plainBar, type SeenBar } from "./seen.ts";

/**
 * What is wrong with the bars on a disk: each bar that a run had must be there, as the run knows it
 * now, and so must every bar of the market where the store says that it has all.
 *
 * @param bars what the run had, with all revisions.
 */
export function auditStore(
  store: OrderedStore,
  seriesKey: string,
  bars: readonly SeenBar[],
  known: Known,
): readonly string[] {
  const stored = new BarStore(store);
  const { complete } = stored.coverage(seriesKey);
  const byOpenTime = new Map<number, SeenBar>();
  for (const bar of stored.read(seriesKey)) byOpenTime.set(bar.openTime, plainBar(bar));
  for (const bar of bars) {
    const there = byOpenTime.get(bar.openTime);
    if (there === undefined) return [`[15] the bar at ${bar.openTime} is not in the store`];
    if (isSameBar(there, bar)) continue;
    return [`[15] the bar at ${bar.openTime} is another one in the store`];
  }
  for (const bar of known.bars) {
    const { openTime, closeTime } = bar;
    const isCovered = complete.some(({ from, to }) => openTime >= from && closeTime <= to);
    if (!isCovered || isDoubtful(known, bar)) continue;
    const there = byOpenTime.get(openTime);
    const isTrue = formsOf(known, openTime).some((form) => there && isSameBar(form, there));
    if (isTrue) continue;
    return [`[2] the store claims to have all of ${openTime}, and has not the market's bar`];
  }
  return [];
}
