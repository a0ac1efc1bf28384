import type { BarBatch } from "../feed/bar-source.ts";
import type { RunObserver } from "../journal/run-observer.ts";
import type { SeriesFeed } from "./series-feed.ts";

/** Counts the bars that a run has handled, and shows each with the values that came of it. */
export class BarTeller {
  /** Bars of all series so far. */
  seq = 0;
  readonly #observer: RunObserver | undefined;

  constructor(observer: RunObserver | undefined) {
    this.#observer = observer;
  }

  /** The bar was taken into the indicators of its feed. */
  tell(feed: SeriesFeed, batch: BarBatch, index: number): void {
    this.seq += 1;
    if (this.#observer !== undefined) this.#show(this.#observer, feed, batch, index);
  }

  #show(observer: RunObserver, feed: SeriesFeed, batch: BarBatch, index: number): void {
    const { seq } = this;
    observer.bar(seq, feed.series, batch.bars.at(index), batch.origin, batch.version);
    for (const slot of feed.slots) {
      if (!slot.isReady) continue;
      for (let line = 0; line < slot.lineCount; line += 1) {
        observer.indicator(seq, slot.lineName(line), slot.valueAt(line));
      }
    }
  }
}
