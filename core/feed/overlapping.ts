import type { Bar } from "../market/bar.ts";
import { rescaled } from "../market/rescaled.ts";
import type { UnixMs } from "../time/instant.ts";
import type { BarBatch, BarSource } from "./bar-source.ts";
import { clipped, partOf } from "./near-words.ts";

/** What is known of the bars before a range, and who is told when they turn out to be of old. */
export interface Overlap {
  /** The last bar that is known before an instant; undefined where none is. */
  readonly knownBefore: (at: UnixMs) => Bar | undefined;
  /**
   * History tells the known bar in other prices, all multiplied by one factor: a split or another
   * adjustment has changed all that was told before. Nothing that is known fits what comes.
   */
  readonly readjusted: (known: Bar, told: Bar, factor: number) => void;
}

/**
 * A history that is asked for one known bar more than is wanted, in the same request: so prices of
 * before a split are not joined to prices of after it without a word. What it says of that bar
 * reaches nobody else.
 */
export function overlapping(history: BarSource, { knownBefore, readjusted }: Overlap): BarSource {
  return {
    open: (query, sink) => {
      const { from, to } = query;
      const known = from === undefined || to === undefined ? undefined : knownBefore(from);
      if (from === undefined || to === undefined || known === undefined) {
        return history.open(query, sink);
      }
      const range = { from, to };
      const compare = ({ bars }: BarBatch): void => {
        for (const bar of bars) {
          if (bar.openTime !== known.openTime) continue;
          const factor = rescaled(known, bar);
          if (factor !== undefined) readjusted(known, bar, factor);
        }
      };
      return history.open(
        { ...query, from: known.openTime },
        {
          bars: (batch) => {
            const part = partOf(batch, range);
            if (part !== batch) compare(batch);
            if (part !== undefined) sink.bars(part);
          },
          coverage: (covered) => {
            const part = clipped(covered, range);
            if (part.from < part.to) sink.coverage(part);
          },
          event: (event) => sink.event(event),
          end: (outcome) => sink.end(outcome),
        },
      );
    },
  };
}
