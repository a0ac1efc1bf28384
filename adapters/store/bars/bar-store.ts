import type { BarColumns } from "../../../core/market/bar-columns.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { pinnedZone, type Zone } from "../../../core/time/zone.ts";
import type { OrderedStore, StoreWriter } from "../port/ordered-store.ts";
import { storeFormat } from "../store-format.ts";
import type { BarUpdate } from "./bar-update.ts";
import type { BarProvenance } from "./block/provenance-columns.ts";
import type { LostRange } from "./coverage.ts";
import type { SeriesAbout } from "./series-about.ts";
import { type OpenSeries, SeriesBook } from "./series-book.ts";
import type { SeriesExtent } from "./series-index.ts";
import { SeriesWriter } from "./series-writer.ts";
import { type VerifyFinding, verifySeries } from "./verify-series.ts";

/** What is known of a series: of which stretches all, and of which nothing can be had. */
export interface StoredCoverage {
  /** Where every slot has its bar or is known to have none; ascending, not touching. */
  readonly complete: readonly TimeRange[];
  readonly lost: readonly LostRange[];
}

/** A series that a store has. */
export interface StoredSeries extends SeriesAbout, StoredCoverage {
  readonly key: string;
  /** Bars. */
  readonly count: number;
  /** Open times of the first and of the last bar; undefined without any. */
  readonly first: UnixMs | undefined;
  readonly last: UnixMs | undefined;
  /** What its bars take up. */
  readonly bytes: number;
}

/** What a bar store is told beside its store. */
export interface BarStoreOptions {
  /** Time zones of calendars with sessions of their own. Default: those that Barline carries. */
  readonly zoneNamed?: (name: string) => Zone;
}

/**
 * Bars of many series in an ordered store: what there is of each, what is known to be complete, and
 * where each bar came from. Changes are made within a transaction of whoever makes them. Whatever
 * is not as it was written throws `damaged-store`, and nothing of it is passed over; a series that
 * is not there throws `unknown-series` but where it is told otherwise.
 */
export class BarStore {
  readonly #store: OrderedStore;
  readonly #book: SeriesBook;

  /** Throws `newer-store` or `damaged-store`. */
  constructor(store: OrderedStore, options: BarStoreOptions = {}) {
    this.#store = store;
    this.#book = new SeriesBook(options.zoneNamed ?? pinnedZone);
    store.read(storeFormat);
  }

  /** All series, in the order of their keys. */
  list(): StoredSeries[] {
    return this.#store.read((reader) => {
      const { numbers } = this.#book.list(reader);
      return [...numbers.keys()].sort().map((key) => {
        const number = numbers.get(key)!;
        const about = this.#book.about(reader, key, number);
        return storedSeries(about, this.#book.extent(reader, key, number));
      });
    });
  }

  /** One series; undefined where the store does not have it. */
  find(seriesKey: string): StoredSeries | undefined {
    return this.look(seriesKey, ({ about, index }) => storedSeries(about, index.extent));
  }

  /** Looks at one series, all at one moment; undefined where the store does not have it. */
  look<T>(seriesKey: string, work: (series: OpenSeries) => T): T | undefined {
    return this.#store.read((reader) => {
      const number = this.#book.list(reader).numbers.get(seriesKey);
      return number === undefined ? undefined : work(this.#book.open(reader, seriesKey, number));
    });
  }

  /**
   * Registers a series, or says anew what it is. The sessions of a calendar of the same name are
   * added to those that are known. Throws `other-instrument` where another instrument has the same
   * key, and `unknown-calendar`, `unknown-zone` or `invalid-calendar`.
   */
  declare(writer: StoreWriter, about: SeriesAbout): void {
    new SeriesWriter(writer, this.#book).declare(about);
  }

  /**
   * Takes in what becomes known of a series: first its bars, then what is covered, then what is
   * lost. Throws the fault of a bar that cannot be true or does not open after the one before it.
   */
  update(writer: StoreWriter, seriesKey: string, update: BarUpdate): void {
    new SeriesWriter(writer, this.#book).update(seriesKey, update);
  }

  /**
   * Drops the bars of the slots that a range touches, and what is known of them: they are wanted
   * again. Blocks that lie within it altogether need not be sound.
   */
  forget(writer: StoreWriter, seriesKey: string, range: TimeRange): void {
    new SeriesWriter(writer, this.#book).forget(seriesKey, range);
  }

  /** Removes a series with all that is known of it, sound or not. */
  remove(writer: StoreWriter, seriesKey: string): void {
    new SeriesWriter(writer, this.#book).remove(seriesKey);
  }

  /**
   * Makes full blocks of those that are not, in transactions of its own, some blocks in each, and
   * gives how many blocks there are less. Stopped anywhere it has lost nothing, and called again it
   * goes on from there.
   */
  consolidate(seriesKey: string): number {
    let fewer = 0;
    for (;;) {
      const less = this.#store.write((writer) =>
        new SeriesWriter(writer, this.#book).consolidateSome(seriesKey),
      );
      if (less === undefined) return fewer;
      fewer += less;
    }
  }

  /** The bars that open within a range; all of them unless told otherwise. */
  read(seriesKey: string, range: Partial<TimeRange> = {}): BarColumns {
    return this.#open(seriesKey, ({ blocks }) => blocks.bars({ ...ALWAYS, ...range }));
  }

  /**
   * The bars that open within a range, batch by batch; each is read when it is asked for, as it is
   * stored at that moment.
   *
   * @param batchSize bars at the most, 1 or more; default 8,192.
   */
  *batches(
    seriesKey: string,
    range: Partial<TimeRange> = {},
    batchSize = DEFAULT_BATCH,
  ): Generator<BarColumns> {
    let { from, to } = { ...ALWAYS, ...range };
    for (;;) {
      const bars = this.#open(seriesKey, ({ blocks }) => blocks.bars({ from, to }, batchSize));
      if (bars.length === 0) return;
      from = bars.openTime[bars.length - 1]! + 1;
      for (let begin = 0; begin < bars.length; begin += batchSize) {
        yield bars.slice(begin, Math.min(bars.length, begin + batchSize));
      }
    }
  }

  /** What is known to be complete, and what is lost. */
  coverage(seriesKey: string): StoredCoverage {
    return this.#open(seriesKey, ({ index }) => {
      const { complete, lost } = index.coverage;
      return { complete, lost };
    });
  }

  /** Where bars of a series lie, by the calendar that is stored with it. */
  grid(seriesKey: string): BarGrid {
    return this.#open(seriesKey, ({ about }) => this.#book.grid(about));
  }

  /** Where a bar came from; undefined where none opens at that instant. */
  provenance(seriesKey: string, openTime: UnixMs): BarProvenance | undefined {
    return this.#open(seriesKey, ({ index, blocks }) => {
      const note = index.blocks[index.firstFrom(openTime)];
      if (note === undefined || note.firstOpen > openTime) return undefined;
      const { bars, provenance } = blocks.block(note);
      const at = bars.firstFrom(openTime);
      return bars.openTime[at] === openTime ? provenance.at(at) : undefined;
    });
  }

  /**
   * Looks at every bit of a series and says what is wrong with it; nothing, if it is sound.
   *
   * @param onProgress told how many blocks were looked at, and how many there are.
   */
  verify(
    seriesKey: string,
    onProgress: (done: number, of: number) => void = () => {},
  ): VerifyFinding[] {
    return this.#store.read((reader) => verifySeries(reader, this.#book, seriesKey, onProgress));
  }

  #open<T>(seriesKey: string, work: (series: OpenSeries) => T): T {
    return this.#store.read((reader) =>
      work(this.#book.open(reader, seriesKey, this.#book.number(reader, seriesKey))),
    );
  }
}

const ALWAYS: TimeRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const DEFAULT_BATCH = 8_192;

function storedSeries(about: SeriesAbout, extent: SeriesExtent): StoredSeries {
  const { series, calendar } = about;
  const { count, first, last, bytes, coverage } = extent;
  const { complete, lost } = coverage;
  return { key: series.key, series, calendar, count, first, last, complete, lost, bytes };
}
