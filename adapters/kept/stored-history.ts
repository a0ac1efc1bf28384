import type { BarSource } from "../../core/feed/bar-source.ts";
import { inTurn } from "../../core/feed/in-turn.ts";
import { type Overlap, overlapping } from "../../core/feed/overlapping.ts";
import type { Bar } from "../../core/market/bar.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { BarStore } from "../store/bars/bar-store.ts";
import { StoredBarSource } from "../store/bars/stored-bar-source.ts";
import { lastBefore } from "../store/fetch/known-before.ts";
import { missingSlots } from "../store/fetch/missing-slots.ts";

/**
 * A gateway's history behind a store: what the store covers is not asked for again, and the
 * request for what follows it reaches back over its last bar, to see that prices are the same.
 */
export function storedHistory(
  bars: BarStore,
  history: BarSource,
  readjusted: Overlap["readjusted"],
): BarSource {
  const stored = new StoredBarSource(bars, { origin: "backfill" });
  return {
    open: (query, sink) => {
      const knownBefore = (at: UnixMs): Bar | undefined => lastKnown(bars, query.series.key, at);
      return inTurn(stored, overlapping(history, { knownBefore, readjusted })).open(query, sink);
    },
  };
}

/** The bar behind which a range follows; with a hole between, all of that would be fetched too. */
function lastKnown(bars: BarStore, seriesKey: string, at: UnixMs): Bar | undefined {
  const bar = lastBefore(bars, seriesKey, at);
  if (bar === undefined) return undefined;
  const between = { from: bar.closeTime, to: at };
  const holes = missingSlots(bars.grid(seriesKey), bars.coverage(seriesKey), between);
  return holes.length === 0 ? bar : undefined;
}
