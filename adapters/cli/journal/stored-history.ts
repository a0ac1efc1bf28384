import type { BarSource } from "../../../core/feed/bar-source.ts";
import { inTurn } from "../../../core/feed/in-turn.ts";
import { type Overlap, overlapping } from "../../../core/feed/overlapping.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { BarStore } from "../../store/bars/bar-store.ts";
import { StoredBarSource } from "../../store/bars/stored-bar-source.ts";

/** The last bar before an instant is looked for this far back: no market is closed for longer. */
const LONGEST_CLOSED_MS = 15 * DAY_MS;

/**
 * A gateway's history behind a store: what the store covers is not asked for again, and the
 * request for what follows it reaches back over its last bar, to see that prices are still the same.
 */
export function storedHistory(
  bars: BarStore,
  history: BarSource,
  readjusted: Overlap["readjusted"],
): BarSource {
  const stored = new StoredBarSource(bars, { origin: "backfill" });
  return {
    open: (query, sink) => {
      const knownBefore = (at: UnixMs): Bar | undefined => lastBefore(bars, query.series.key, at);
      return inTurn(stored, overlapping(history, { knownBefore, readjusted })).open(query, sink);
    },
  };
}

function lastBefore(bars: BarStore, seriesKey: string, at: UnixMs): Bar | undefined {
  if (bars.find(seriesKey) === undefined) return undefined;
  const before = bars.read(seriesKey, { from: at - LONGEST_CLOSED_MS, to: at });
  return before.length === 0 ? undefined : before.at(before.length - 1);
}
