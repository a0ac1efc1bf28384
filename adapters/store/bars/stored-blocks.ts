import { BarColumns } from "../../../core/market/bar-columns.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { damaged, undamaged } from "../damage.ts";
import { ENTRY, entryKey, numberInKey } from "../keys.ts";
import type { KeyRange, StoreReader } from "../port/ordered-store.ts";
import { checksumOf } from "../sealed.ts";
import { decodeBars, decodeBlock, type StoredBars } from "./bar-block.ts";
import type { BlockMemory } from "./block-memory.ts";
import type { BlockNote, SeriesIndex } from "./series-index.ts";

/** Keys hold numbers of 0 and more: instants are counted from here in them. */
const KEY_ZERO = 2 ** 52;

/** Instants that a bar of a store can have: about 142,000 years to either side of 1970. */
export const LAST_INSTANT = KEY_ZERO - 1;

/** The key of the block of a series that begins with the bar of this opening. */
export function blockKey(number: number, firstOpen: UnixMs): Uint8Array {
  return entryKey(ENTRY.block, number, firstOpen + KEY_ZERO);
}

/** The keys of the blocks of a series that begin within a range. */
function blockKeys(number: number, range: TimeRange): KeyRange {
  const at = (instant: UnixMs): Uint8Array =>
    blockKey(number, Math.max(-KEY_ZERO, Math.min(instant, LAST_INSTANT)));
  return { from: at(range.from), to: at(range.to) };
}

/** Reads the blocks of one series, and refuses what is not as its index says. */
export class StoredBlocks {
  readonly #reader: StoreReader;
  readonly #seriesKey: string;
  readonly number: number;
  readonly index: SeriesIndex;

  constructor(reader: StoreReader, seriesKey: string, number: number, index: SeriesIndex) {
    this.#reader = reader;
    this.#seriesKey = seriesKey;
    this.number = number;
    this.index = index;
  }

  /** All of a block; throws `damaged-store`. */
  block(note: BlockNote, memory?: BlockMemory): StoredBars {
    const key = blockKey(this.number, note.firstOpen);
    const bytes = this.#bytes(key, note);
    const decode = (): StoredBars =>
      undamaged(this.#where(note), () => decodeBlock(key, bytes, note.count));
    return memory === undefined ? decode() : memory.block(key, bytes, decode);
  }

  /**
   * The bars that open within a range, of so many whole blocks in a row that they are no more than
   * `most`, but of one block at least; throws `damaged-store`.
   */
  bars(range: TimeRange, most: number = Number.POSITIVE_INFINITY): BarColumns {
    const { index } = this;
    const from = index.firstFrom(range.from);
    let to = from;
    let count = 0;
    while (to < index.blocks.length) {
      const note = index.blocks[to]!;
      if (note.firstOpen >= range.to || (to > from && count + note.count > most)) break;
      count += note.count;
      to += 1;
    }
    const bars = BarColumns.ofLength(count);
    let at = 0;
    for (let place = from; place < to; place += 1) {
      const note = index.blocks[place]!;
      this.#read(note, bars, at);
      at += note.count;
    }
    const begin = bars.firstFrom(range.from);
    return bars.slice(begin, Math.max(begin, bars.firstFrom(range.to)));
  }

  /** The blocks that there are and that begin within a range, whether or not they should be. */
  found(range: TimeRange): { readonly firstOpen: UnixMs; readonly key: Uint8Array }[] {
    return [...this.#reader.range(blockKeys(this.number, range))].map(({ key }) => ({
      firstOpen: numberInKey(key, 1) - KEY_ZERO,
      key,
    }));
  }

  #read(note: BlockNote, into: BarColumns, at: number): void {
    const key = blockKey(this.number, note.firstOpen);
    const bytes = this.#bytes(key, note);
    undamaged(this.#where(note), () => decodeBars(key, bytes, into, at, note.count));
  }

  #bytes(key: Uint8Array, note: BlockNote): Uint8Array {
    const bytes = this.#reader.get(key);
    if (bytes === undefined) damaged(this.#where(note), `its ${note.count} bars are missing`);
    if (bytes.length !== note.bytes || checksumOf(bytes) !== note.checksum) {
      damaged(this.#where(note), "it is another block than the index of the series names");
    }
    return bytes;
  }

  #where({ firstOpen }: BlockNote): string {
    return `${this.#seriesKey}, block of ${formatInstant(firstOpen)}`;
  }
}
