import { areEqual } from "../../../core/codec/equal-bytes.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { fail } from "../../../core/time/failure.ts";
import type { Zone } from "../../../core/time/zone.ts";
import { damaged, undamaged } from "../damage.ts";
import type { StoreReader } from "../port/ordered-store.ts";
import { BlockMemory } from "./block-memory.ts";
import { aboutKey, decodeAbout, type SeriesAbout } from "./series-about.ts";
import {
  decodeExtent,
  decodeIndex,
  indexKey,
  type SeriesExtent,
  type SeriesIndex,
} from "./series-index.ts";
import { readSeriesList, type SeriesList, seriesListBytes } from "./series-list.ts";
import { StoredBlocks } from "./stored-blocks.ts";
import { tradingCalendar } from "./stored-calendar.ts";

/** A series at one moment of the store: good until the transaction ends in which it was opened. */
export interface OpenSeries {
  readonly key: string;
  readonly number: number;
  readonly about: SeriesAbout;
  readonly index: SeriesIndex;
  readonly blocks: StoredBlocks;
}

interface Remembered<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

/**
 * Reads the entries of series. What a series is and which there are changes seldom and is asked for
 * with every bar: it is decoded anew only where the bytes are others than the last time.
 */
export class SeriesBook {
  readonly #zoneNamed: (name: string) => Zone;
  #list: Remembered<SeriesList> | undefined;
  readonly #abouts = new Map<number, Remembered<SeriesAbout>>();
  readonly #grids = new WeakMap<SeriesAbout, BarGrid>();
  /** For whoever changes blocks: what was written with one bar is read with the next. */
  readonly blockMemory = new BlockMemory();

  constructor(zoneNamed: (name: string) => Zone) {
    this.#zoneNamed = zoneNamed;
  }

  /** Throws `damaged-store`. */
  list(reader: StoreReader): SeriesList {
    const bytes = seriesListBytes(reader);
    const before = this.#list;
    if (bytes !== undefined && before !== undefined && areEqual(before.bytes, bytes)) {
      return before.value;
    }
    const value = readSeriesList(reader);
    this.#list = bytes === undefined ? undefined : { bytes: bytes.slice(), value };
    return value;
  }

  /** The number of a series; throws `unknown-series`. */
  number(reader: StoreReader, seriesKey: string): number {
    return (
      this.list(reader).numbers.get(seriesKey) ??
      fail("unknown-series", `the store has no series "${seriesKey}"`, {
        cure: 'see what it has with "barline bars list"',
      })
    );
  }

  /** Throws `damaged-store`. */
  about(reader: StoreReader, seriesKey: string, number: number): SeriesAbout {
    const key = aboutKey(number);
    const bytes = reader.get(key) ?? damaged(seriesKey, "its description is missing");
    const before = this.#abouts.get(number);
    if (before !== undefined && areEqual(before.bytes, bytes)) return before.value;
    const value = undamaged(`${seriesKey}, its description`, () =>
      decodeAbout(key, bytes, seriesKey),
    );
    this.#abouts.set(number, { bytes: bytes.slice(), value });
    return value;
  }

  /** Throws `damaged-store`. */
  extent(reader: StoreReader, seriesKey: string, number: number): SeriesExtent {
    const [key, bytes] = indexEntry(reader, seriesKey, number);
    return undamaged(`${seriesKey}, its index`, () => decodeExtent(key, bytes));
  }

  /** Throws `damaged-store`. */
  index(reader: StoreReader, seriesKey: string, number: number): SeriesIndex {
    const [key, bytes] = indexEntry(reader, seriesKey, number);
    return undamaged(`${seriesKey}, its index`, () => decodeIndex(key, bytes));
  }

  /** All of a series; throws `damaged-store`. */
  open(reader: StoreReader, key: string, number: number): OpenSeries {
    const about = this.about(reader, key, number);
    const index = this.index(reader, key, number);
    return { key, number, about, index, blocks: new StoredBlocks(reader, key, number, index) };
  }

  /** Where the bars of a series lie; throws what makes its calendar impossible. */
  grid(about: SeriesAbout): BarGrid {
    let grid = this.#grids.get(about);
    if (grid === undefined) {
      const calendar = tradingCalendar(about.calendar, this.#zoneNamed);
      grid = new BarGrid(calendar, about.series.size, about.calendar.alignment);
      this.#grids.set(about, grid);
    }
    return grid;
  }
}

function indexEntry(
  reader: StoreReader,
  seriesKey: string,
  number: number,
): readonly [Uint8Array, Uint8Array] {
  const key = indexKey(number);
  return [key, reader.get(key) ?? damaged(seriesKey, "its index is missing")];
}
