import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger } from "../codec/saved-state.ts";
import { BarAggregator } from "../feed/aggregation/bar-aggregator.ts";
import type { BarBatch, BarSink } from "../feed/bar-source.ts";
import type { FeedEvent } from "../feed/feed-event.ts";
import { readBatch, writeBatch } from "../feed/words/word-codec.ts";
import type { Bar } from "../market/bar.ts";
import type { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import type { BarGrid } from "../time/bar-grid.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";
import type { Trade } from "../trading/strategy.ts";
import type { DerivedFeed } from "./declare.ts";
import type { SeriesFeed } from "./series-feed.ts";

/** Hears of what happens to a derived series besides its bars. */
export interface DerivedListener {
  derivedEvent(event: FeedEvent, feed: SeriesFeed): void;
}

/** A derived bar that was taken and of which the strategy is yet to hear. */
export interface DerivedBar {
  readonly derived: DerivedSeries;
  readonly bars: BarColumns;
  readonly index: number;
  readonly seq: number;
}

/** Bars of a larger size on their way from the aggregator to the run. */
export class DerivedSeries {
  readonly feed: SeriesFeed;
  readonly onBar: ((bar: Bar, trade: Trade) => void) | undefined;
  readonly #aggregator: BarAggregator;
  #queue: BarBatch[] = [];
  #index = 0;

  /** @param base the main series, and `baseGrid` and `grid` the bars of both that must exist. */
  constructor(
    derived: DerivedFeed,
    base: Series,
    baseGrid: BarGrid,
    grid: BarGrid,
    listener: DerivedListener,
  ) {
    this.feed = derived.feed;
    this.onBar = derived.onBar;
    const sink: BarSink = {
      bars: (batch) => this.#queue.push(batch),
      coverage: () => {},
      event: (event) => listener.derivedEvent(event, this.feed),
      end: () => {},
    };
    this.#aggregator = new BarAggregator({ base, baseGrid, grid }, sink);
  }

  take(batch: BarBatch): void {
    this.#aggregator.bars(batch);
  }

  cover(range: TimeRange): void {
    this.#aggregator.coverage(range);
  }

  /** Gaps and revisions of the main series change what is made of it. */
  pass(event: FeedEvent): void {
    if (event.type === "gap" || event.type === "revision") this.#aggregator.event(event);
  }

  /** When the next bar that waits here closes; infinity when none waits. */
  get nextCloseTime(): UnixMs {
    return this.#queue[0]?.bars.closeTime[this.#index] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next bar that waits here into the indicators; returns where it stands. */
  advance(): { readonly batch: BarBatch; readonly index: number } {
    const batch = this.#queue[0]!;
    const index = this.#index;
    this.feed.update(batch.bars, index);
    if (batch.origin !== "replay") this.feed.keep(batch.bars, index);
    this.#index += 1;
    if (this.#index >= batch.bars.length) {
      this.#queue.shift();
      this.#index = 0;
    }
    return { batch, index };
  }

  /** Whether all of its indicators can be saved. */
  get canSave(): boolean {
    return this.feed.canSave;
  }

  /** Writes where it stands between two words. Throws `cannot-save` unless `canSave`. */
  save(to: ByteWriter): void {
    this.#aggregator.save(to);
    this.feed.save(to);
    to.uint32(this.#queue.length);
    for (const batch of this.#queue) writeBatch(to, batch, this.#aggregator.series);
    to.float64(this.#index);
  }

  /** Takes into a new one what `save` wrote; throws `damaged-bytes` for anything else. */
  load(from: ByteReader): void {
    this.#aggregator.load(from);
    this.feed.load(from);
    for (let left = from.uint32(); left > 0; left -= 1) {
      this.#queue.push(readBatch(from, this.#aggregator.series));
    }
    const most = Math.max(0, (this.#queue[0]?.bars.length ?? 0) - 1);
    this.#index = loadInteger(from, 0, most, this.feed.series.key);
  }
}
