import type { BarSource } from "../../core/feed/bar-source.ts";
import { sayTo, sinkOfWords } from "../../core/feed/feed-word.ts";
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
 * Where they are not, nothing more is said: what was said before does not fit what comes.
 */
export function storedHistory(
  bars: BarStore,
  history: BarSource,
  readjusted: Overlap["readjusted"],
): BarSource {
  const stored = new StoredBarSource(bars, { origin: "backfill" });
  return {
    open: (query, sink) => {
      let isOutdated = false;
      const far = overlapping(history, {
        knownBefore: (at) => lastKnown(bars, query.series.key, at),
        readjusted: (...found) => {
          isOutdated = true;
          readjusted(...found);
        },
      });
      const told = sinkOfWords((word) => {
        if (!isOutdated) sayTo(sink, word);
      });
      return inTurn(stored, far).open(query, told);
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
