import type { Bar } from "../../../core/market/bar.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { BarStore } from "../../store/bars/bar-store.ts";

/** Where bars of a series came from. */
export interface SourceCount {
  readonly source: string;
  readonly bars: number;
  /** When the first and the last of them came. */
  readonly firstReceived: UnixMs;
  readonly lastReceived: UnixMs;
}

/** What all bars of a series together say. */
export interface SeriesOrigins {
  /** Those with the most bars first. */
  readonly sources: readonly SourceCount[];
  /** Bars that were corrected, and the highest version that one has. */
  readonly corrected: number;
  readonly highestVersion: number;
  readonly first: Bar | undefined;
  readonly last: Bar | undefined;
}

/** Reads all of a series, block by block; throws `damaged-store`. */
export function seriesOrigins(bars: BarStore, key: string): SeriesOrigins {
  const sources = new Map<string, { bars: number; firstReceived: UnixMs; lastReceived: UnixMs }>();
  let corrected = 0;
  let highestVersion = 0;
  let first: Bar | undefined;
  let last: Bar | undefined;
  bars.look(key, ({ index, blocks }) => {
    for (const note of index.blocks) {
      const { bars: of, provenance } = blocks.block(note);
      first ??= of.at(0);
      last = of.at(of.length - 1);
      for (let at = 0; at < of.length; at += 1) {
        const { source, receivedAt, version } = provenance.at(at);
        const known = sources.get(source);
        if (known === undefined) {
          sources.set(source, { bars: 1, firstReceived: receivedAt, lastReceived: receivedAt });
        } else {
          known.bars += 1;
          known.firstReceived = Math.min(known.firstReceived, receivedAt);
          known.lastReceived = Math.max(known.lastReceived, receivedAt);
        }
        if (version > 1) corrected += 1;
        highestVersion = Math.max(highestVersion, version);
      }
    }
  });
  const counts = [...sources].map(([source, count]) => ({ source, ...count }));
  counts.sort((a, b) => b.bars - a.bars);
  return { sources: counts, corrected, highestVersion, first, last };
}
