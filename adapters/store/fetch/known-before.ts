import type { Bar } from "../../../core/market/bar.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { BarStore } from "../bars/bar-store.ts";

/** The last bar before an instant is looked for this far back: no market is closed for longer. */
const LONGEST_CLOSED_MS = 15 * DAY_MS;

/** The last stored bar that opens before an instant; undefined where none is near. */
export function lastBefore(bars: BarStore, seriesKey: string, at: UnixMs): Bar | undefined {
  if (bars.find(seriesKey) === undefined) return undefined;
  const before = bars.read(seriesKey, { from: at - LONGEST_CLOSED_MS, to: at });
  return before.length === 0 ? undefined : before.at(before.length - 1);
}

/** What is known to be complete before an instant, ascending. */
export function completeBefore(bars: BarStore, seriesKey: string, at: UnixMs): TimeRange[] {
  const { complete } = bars.coverage(seriesKey);
  return complete
    .map(({ from, to }) => ({ from, to: Math.min(to, at) }))
    .filter(({ from, to }) => from < to);
}
