import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger } from "../codec/saved-state.ts";
import { BarAggregator } from "../feed/aggregation/bar-aggregator.ts";
import type { BarBatch, BarSink } from "../feed/bar-source.ts";
import type { FeedEvent } from "../feed/feed-event.ts";
import { readEvent, writeEvent } from "../feed/words/event-codec.ts";
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

/** Larger bars that were not taken yet, and what was said after them. */
interface Waiting {
  readonly batch: BarBatch;
  readonly events: FeedEvent[];
}

/**
 * Bars of a larger size on their way from the aggregator to the run, and everything that it says of
 * them: an event waits until the bars before it were taken.
 */
export class DerivedSeries {
  readonly feed: SeriesFeed;
  readonly onBar: ((bar: Bar, trade: Trade) => void) | undefined;
  readonly #base: Series;
  readonly #listener: DerivedListener;
  readonly #aggregator: BarAggregator;
  readonly #queue: Waiting[] = [];
  /** How many bars of the first batch in the queue were taken. */
  #index = 0;
  /** What was said after the bar that was taken last, until it was decided on. */
  #following: readonly FeedEvent[] = [];

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
    this.#base = base;
    this.#listener = listener;
    const sink: BarSink = {
      bars: (batch) => this.#queue.push({ batch, events: [] }),
      coverage: () => {},
      event: (event) => this.#hear(event),
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
    return this.#queue[0]?.batch.bars.closeTime[this.#index] ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Takes the next bar that waits here into the indicators; returns where it stands. What was said
   * after it comes with `passOn`, once it was decided on.
   */
  advance(): { readonly batch: BarBatch; readonly index: number } {
    const { batch, events } = this.#queue[0]!;
    const index = this.#index;
    this.feed.update(batch.bars, index);
    if (batch.origin !== "replay") this.feed.keep(batch.bars, index);
    this.#index += 1;
    if (this.#index >= batch.bars.length) {
      this.#queue.shift();
      this.#index = 0;
      this.#following = events;
    }
    return { batch, index };
  }

  /** Passes on what was said between the bar that was taken last and the next one. */
  passOn(): void {
    const events = this.#following;
    this.#following = [];
    for (const event of events) this.#listener.derivedEvent(event, this.feed);
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
    const { series } = this.#aggregator;
    for (const { batch, events } of this.#queue) {
      writeBatch(to, batch, series);
      to.uint32(events.length);
      for (const event of events) writeEvent(to, event, series);
    }
    to.float64(this.#index);
  }

  /** Takes into a new one what `save` wrote; throws `damaged-bytes` for anything else. */
  load(from: ByteReader): void {
    this.#aggregator.load(from);
    this.feed.load(from);
    const { series } = this.#aggregator;
    for (let left = from.uint32(); left > 0; left -= 1) {
      const batch = readBatch(from, series);
      const events: FeedEvent[] = [];
      for (let more = from.uint32(); more > 0; more -= 1) events.push(this.#readEvent(from));
      this.#queue.push({ batch, events });
    }
    const most = Math.max(0, (this.#queue[0]?.batch.bars.length ?? 0) - 1);
    this.#index = loadInteger(from, 0, most, this.feed.series.key);
  }

  #hear(event: FeedEvent): void {
    const last = this.#queue.at(-1);
    if (last === undefined) this.#listener.derivedEvent(event, this.feed);
    else last.events.push(event);
  }

  /** Rejections speak of the main series. */
  #readEvent(from: ByteReader): FeedEvent {
    const event = readEvent(from, this.#aggregator.series);
    return event.series.key === this.#base.key ? { ...event, series: this.#base } : event;
  }
}
