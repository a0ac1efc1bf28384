import type { BarQuery, BarSink, BarSource, Subscription } from "../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import { type BarPageReading, NOTHING_READ } from "../../rows/bar-pages.ts";
import { openBarFile } from "../../rows/file-bar-stream.ts";
import type { BarStore, StoredSeries } from "../../store/bars/bar-store.ts";
import { nextStretch, type Stretch } from "../../store/bars/stored-stretch.ts";

const BATCH_BARS = 8_192;

/**
 * A stored series as a source that speaks as a file does: it begins with its first bar, ends with
 * its last, and waits where it is told to. What is not known between two stretches that are is lost
 * to whoever listens, as what is lost.
 */
export class StoredFileSource implements BarSource {
  readonly #bars: BarStore;
  readonly #series: Series;
  readonly #where: string;
  readonly #known: TimeRange;
  readonly #unknown: readonly TimeRange[];

  /**
   * @param stored of which at least one stretch is complete.
   * @param where what it is called in messages.
   */
  constructor(bars: BarStore, stored: StoredSeries, where: string, grid: BarGrid) {
    const { complete, lost, series } = stored;
    this.#bars = bars;
    this.#series = series;
    this.#where = where;
    this.#known = { from: complete[0]!.from, to: complete.at(-1)!.to };
    const told = new RangeSet();
    for (const range of complete) told.add(range);
    for (const { range } of lost) told.add(range);
    this.#unknown = told.missing(this.#known).filter((range) => grid.count(range) > 0);
  }

  /** Delivers after it has returned. */
  open(query: BarQuery, sink: BarSink): Subscription {
    const read = (asked: BarQuery) => this.#read(asked);
    return openBarFile({ file: this.#where, series: this.#series, read }, query, sink);
  }

  async *#read(query: BarQuery): BarPageReading {
    const { from, to } = this.#known;
    const end = Math.min(query.to ?? to, to);
    let at = Math.max(query.from ?? from, from);
    let holes: string | undefined;
    while (at < end) {
      const stretch = this.#stretch({ from: at, to: end });
      if (stretch instanceof BarlineError) return { ...NOTHING_READ, failure: stretch };
      const events = this.#gaps({ from: at, to: stretch.covered?.from ?? stretch.to }, stretch);
      if (events.length > 0) holes = "not all between its first and its last bar is stored";
      const bars = stretch.bars?.length === 0 ? undefined : stretch.bars;
      yield { events, bars, covered: stretch.covered === undefined ? [] : [stretch.covered] };
      at = stretch.to;
    }
    return { ...NOTHING_READ, holes };
  }

  #stretch(left: TimeRange): Stretch | BarlineError {
    const { key } = this.#series;
    try {
      return (
        this.#bars.look(key, (series) => nextStretch(series, left, BATCH_BARS)) ??
        new BarlineError("unknown-series", "it was removed meanwhile", { where: this.#where })
      );
    } catch (error) {
      if (error instanceof BarlineError) return error;
      throw error;
    }
  }

  /** What is missing before a stretch. */
  #gaps(before: TimeRange, { lost }: Stretch): readonly FeedEvent[] {
    const unknown = this.#unknown.flatMap((range) => {
      const part = { from: Math.max(range.from, before.from), to: Math.min(range.to, before.to) };
      return part.from < part.to ? [{ range: part, reason: "nothing of it is stored" }] : [];
    });
    const gaps = [...lost, ...unknown].sort((a, b) => a.range.from - b.range.from);
    return gaps.map(({ range, reason }) => ({
      type: "gap",
      series: this.#series,
      range,
      outcome: "lost",
      reason,
    }));
  }
}
