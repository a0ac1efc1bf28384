import { expect } from "vitest";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { DownloadWorld } from "./download-world.ts";
import type { IbWorldOptions, LaterFault } from "./ib-world.ts";
import { barsOf, market, plain } from "./market.ts";

/** Eight days of New York with quiet slots, over a weekend and the change to daylight saving. */
export const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-05T00:00:00Z",
  bars: 8 * 75,
  emptyShare: 0.02,
});
export const START = instant("2024-03-14T23:00:00Z");
export const RANGE: TimeRange = { from: instant("2024-03-05T00:00:00Z"), to: START };
/** So many requests bring all of it: the shortest duration that holds 40 slots is two sessions. */
export const PAGES = 5;
/** The third page is on its way; each is of two days. */
export const MID_PAGE_MS = 200;
export const OPTIONS: IbWorldOptions = { feed: { history: { pageBars: 40 } } };

export const withFaults = (faults: readonly LaterFault[]): IbWorldOptions => ({
  ...OPTIONS,
  faults,
});

/** Every bar of the truth, and that there are no others. */
export function expectWhole(store: OrderedStore): void {
  const bars = new BarStore(store);
  const [series] = bars.list();
  const read = [...bars.read(series!.key)].map(plain);
  expect(read).toEqual(barsOf(truth));
  expect(series!.count).toBe(truth.bars.length);
  expect(series!.lost).toEqual([]);
  expect(series!.complete).toHaveLength(1);
  expect(series!.complete[0]!.from).toBeLessThanOrEqual(truth.bars.openTime[0]!);
  expect(series!.complete[0]!.to).toBeGreaterThanOrEqual(
    truth.bars.closeTime[truth.bars.length - 1]!,
  );
  expect(bars.verify(series!.key)).toEqual([]);
}

export function expectThrough(download: DownloadWorld): void {
  expect(download.error).toBeUndefined();
  expect(download.end).toMatchObject({ fault: undefined, figures: { lost: [] } });
  const { slots, settled } = download.end!.figures;
  expect(settled).toBe(slots);
  expect(download.askedAgain).toEqual([]);
}
