import { slotsTouching, wholeSlots } from "../../../core/feed/whole-slots.ts";
import { series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { ENTRY, entriesOf } from "../keys.ts";
import type { StoreWriter } from "../port/ordered-store.ts";
import { stampFormat } from "../store-format.ts";
import { type BarUpdate, barsOf } from "./bar-update.ts";
import { BlockEditor } from "./block-editor.ts";
import { aboutKey, encodeAbout, joinedInstrument, type SeriesAbout } from "./series-about.ts";
import type { OpenSeries, SeriesBook } from "./series-book.ts";
import { encodeIndex, indexKey, SeriesIndex } from "./series-index.ts";
import { writeSeriesList } from "./series-list.ts";
import { joinedCalendar } from "./stored-calendar.ts";

/** Changes the series of a store within one transaction. */
export class SeriesWriter {
  readonly #writer: StoreWriter;
  readonly #book: SeriesBook;

  constructor(writer: StoreWriter, book: SeriesBook) {
    this.#writer = writer;
    this.#book = book;
  }

  declare(told: SeriesAbout): void {
    stampFormat(this.#writer);
    const { key } = told.series;
    const { next, numbers } = this.#book.list(this.#writer);
    const known = numbers.get(key);
    const number = known ?? next;
    const before = known === undefined ? told : this.#book.about(this.#writer, key, known);
    const about = known === undefined ? told : joinedAbout(before, told);
    // What makes no grid is refused here, and not when bars come.
    this.#book.grid(about);
    this.#writer.put(aboutKey(number), encodeAbout(aboutKey(number), about));
    if (known !== undefined) return;
    this.#writeIndex(number, new SeriesIndex());
    writeSeriesList(this.#writer, {
      next: next + 1,
      numbers: new Map([...numbers, [key, number]]),
    });
  }

  update(seriesKey: string, update: BarUpdate): void {
    this.#change(seriesKey, ({ about, index }, editor) => {
      const { coverage } = index;
      const fresh = barsOf(update, about.series);
      if (fresh !== undefined) editor.put(fresh);
      if (fresh !== undefined && coverage.lost.length > 0) {
        for (const { openTime, closeTime } of fresh.bars) {
          coverage.find({ from: openTime, to: closeTime });
        }
      }
      const grid = this.#book.grid(about);
      for (const range of update.covered ?? []) coverage.cover(wholeSlots(grid, range));
      for (const { range, reason } of update.lost ?? []) {
        coverage.lose(slotsTouching(grid, range) ?? range, reason);
      }
    });
  }

  forget(seriesKey: string, range: TimeRange): void {
    this.#change(seriesKey, ({ about, index }, editor) => {
      const touched = widened(this.#book.grid(about), range);
      editor.drop(touched);
      index.coverage.forget(touched);
    });
  }

  /** Makes some blocks full, and gives how many there are less; undefined where all are. */
  consolidateSome(seriesKey: string): number | undefined {
    return this.#change(seriesKey, ({ index }, editor) => {
      const before = index.blocks.length;
      return editor.fillSome() ? before - index.blocks.length : undefined;
    });
  }

  /** Sound or not: nothing of the series is read. */
  remove(seriesKey: string): void {
    const number = this.#book.number(this.#writer, seriesKey);
    const { next, numbers } = this.#book.list(this.#writer);
    for (const kind of [ENTRY.block, ENTRY.series]) {
      const entries = [...this.#writer.range(entriesOf(kind, number))];
      for (const { key } of entries) this.#writer.remove(key);
    }
    const left = new Map([...numbers].filter(([key]) => key !== seriesKey));
    writeSeriesList(this.#writer, { next, numbers: left });
  }

  #change<T>(seriesKey: string, work: (of: OpenSeries, editor: BlockEditor) => T): T {
    const number = this.#book.number(this.#writer, seriesKey);
    const open = this.#book.open(this.#writer, seriesKey, number);
    const result = work(open, new BlockEditor(this.#writer, open.blocks, this.#book.blockMemory));
    this.#writeIndex(number, open.index);
    return result;
  }

  #writeIndex(number: number, index: SeriesIndex): void {
    this.#writer.put(indexKey(number), encodeIndex(indexKey(number), index));
  }
}

function joinedAbout(before: SeriesAbout, told: SeriesAbout): SeriesAbout {
  const { key, size, priceType, scope, instrument } = told.series;
  const joined = joinedInstrument(key, before.series.instrument, instrument);
  return {
    series: series(joined, size, priceType, scope),
    calendar: joinedCalendar(before.calendar, told.calendar),
  };
}

/** A range, widened to the whole slots that it touches. */
function widened(grid: BarGrid, { from, to }: TimeRange): TimeRange {
  const first = Number.isFinite(from) ? grid.slotAt(from) : undefined;
  const last = Number.isFinite(to) ? grid.slotAt(to) : undefined;
  const isCut = last !== undefined && last.openTime < to;
  return { from: first?.openTime ?? from, to: isCut ? last.closeTime : to };
}
