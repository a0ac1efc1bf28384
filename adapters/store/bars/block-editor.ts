import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { StoreWriter } from "../port/ordered-store.ts";
import { checksumOf } from "../sealed.ts";
import { BLOCK_BARS, encodeBlock, type StoredBars } from "./bar-block.ts";
import type { BlockMemory } from "./block-memory.ts";
import { concatenated, merged } from "./merge-bars.ts";
import { requireSame } from "./same-bars.ts";
import type { BlockNote, SeriesIndex } from "./series-index.ts";
import { blockKey, type StoredBlocks } from "./stored-blocks.ts";

/** So many blocks are made full in one transaction. */
const FILLED_AT_ONCE = 8;

/** Changes the blocks of one series within a transaction, and its index with them. */
export class BlockEditor {
  readonly #writer: StoreWriter;
  readonly #number: number;
  readonly #index: SeriesIndex;
  readonly #blocks: StoredBlocks;
  readonly #memory: BlockMemory;

  /** @param blocks as the same transaction sees them. */
  constructor(writer: StoreWriter, blocks: StoredBlocks, memory: BlockMemory) {
    this.#writer = writer;
    this.#number = blocks.number;
    this.#index = blocks.index;
    this.#blocks = blocks;
    this.#memory = memory;
  }

  /** Puts bars among those that are there, and in the place of those of the same opening. */
  put(fresh: StoredBars): void {
    const { openTime, length } = fresh.bars;
    if (length === 0) return;
    const { blocks } = this.#index;
    let from = this.#index.firstFrom(openTime[0]!);
    let to = this.#index.firstWithin(openTime[length - 1]! + 1);
    let count = length;
    for (const note of blocks.slice(from, to)) count += note.count;
    // What is not full takes what comes beside it, so that small pieces do not stay small blocks:
    // the last block in any case, another one where all of it becomes one.
    const left = blocks[from - 1];
    const room = to === blocks.length ? Number.POSITIVE_INFINITY : BLOCK_BARS;
    if (left !== undefined && left.count < BLOCK_BARS && left.count + count <= room) {
      from -= 1;
      count += left.count;
    }
    const right = blocks[to];
    if (right !== undefined && right.count + count <= BLOCK_BARS) to += 1;
    this.#replace(from, to, from === to ? fresh : merged(this.#together(from, to), fresh));
  }

  /** Removes the bars that open within a range; whole blocks of them need not be sound. */
  drop(range: TimeRange): void {
    const from = this.#index.firstFrom(range.from);
    const to = Math.max(from, this.#index.firstWithin(range.to));
    const kept = [];
    for (const note of this.#index.blocks.slice(from, to)) {
      if (note.firstOpen >= range.from && note.lastOpen < range.to) continue;
      const of = this.#block(note);
      kept.push({ of, from: 0, to: of.bars.firstFrom(range.from) });
      kept.push({ of, from: of.bars.firstFrom(range.to), to: of.bars.length });
    }
    this.#replace(from, to, concatenated(kept));
    const known = new Set(this.#index.blocks.map(({ firstOpen }) => firstOpen));
    for (const { firstOpen, key } of this.#blocks.found(range)) {
      if (!known.has(firstOpen)) this.#writer.remove(key);
    }
  }

  /** Makes full blocks of some that are not; false where all but the last are. */
  fillSome(): boolean {
    const { blocks } = this.#index;
    const from = blocks.findIndex(({ count }) => count < BLOCK_BARS);
    if (from < 0 || from === blocks.length - 1) return false;
    const to = Math.min(blocks.length, from + FILLED_AT_ONCE);
    this.#replace(from, to, this.#together(from, to), true);
    return true;
  }

  #together(from: number, to: number): StoredBars {
    const notes = this.#index.blocks.slice(from, to);
    return concatenated(notes.map((note) => ({ of: this.#block(note), from: 0, to: note.count })));
  }

  #block(note: BlockNote): StoredBars {
    return this.#blocks.block(note, this.#memory);
  }

  /**
   * Puts bars, as blocks, in the place of the blocks `from` to `to`, exclusive: it writes, reads
   * what it wrote, and only then removes.
   *
   * @param isFilling whether all blocks but the last are full; default: at the end of the series.
   */
  #replace(
    from: number,
    to: number,
    stored: StoredBars,
    isFilling: boolean = to === this.#index.blocks.length,
  ): void {
    const { blocks } = this.#index;
    const notes: BlockNote[] = [];
    for (const [begin, end] of pieces(stored.bars.length, isFilling)) {
      const note = this.#write(stored, begin, end);
      if (from < to) requireSame(stored, begin, this.#block(note));
      notes.push(note);
    }
    const written = new Set<UnixMs>(notes.map(({ firstOpen }) => firstOpen));
    for (const { firstOpen } of blocks.slice(from, to)) {
      if (!written.has(firstOpen)) this.#writer.remove(blockKey(this.#number, firstOpen));
    }
    blocks.splice(from, to - from, ...notes);
  }

  #write(stored: StoredBars, begin: number, end: number): BlockNote {
    const firstOpen = stored.bars.openTime[begin]!;
    const key = blockKey(this.#number, firstOpen);
    const bytes = encodeBlock(key, stored, begin, end);
    this.#writer.put(key, bytes);
    return {
      firstOpen,
      lastOpen: stored.bars.openTime[end - 1]!,
      count: end - begin,
      bytes: bytes.length,
      checksum: checksumOf(bytes),
    };
  }
}

/**
 * How bars are cut into blocks, the ends exclusive: into full ones and what is left, or else into
 * blocks of one size, so that what comes between them later finds room.
 */
function* pieces(length: number, isFilling: boolean): Generator<readonly [number, number]> {
  const number = Math.ceil(length / BLOCK_BARS);
  for (let piece = 0; piece < number; piece += 1) {
    const cut = (at: number): number =>
      isFilling ? Math.min(length, at * BLOCK_BARS) : Math.floor((length * at) / number);
    yield [cut(piece), cut(piece + 1)];
  }
}
