import type { KeyRange, StoreEntry } from "../../adapters/store/port/ordered-store.ts";

/** So many entries of a chunk are moved at most where one is put among them. */
const CHUNK_ENTRIES = 64;

/** The place of an entry: which chunk, and where in it. */
interface Place {
  readonly chunk: number;
  readonly index: number;
}

/**
 * Entries in the order of their keys. A draft shares what it does not change with what it was made
 * of, so that a moment of the disk is kept by keeping its entries.
 */
export class Entries {
  /** Ascending, and none is empty. */
  readonly #chunks: StoreEntry[][];
  /** Those that belong to this draft alone. */
  readonly #own = new Set<StoreEntry[]>();
  /** Counts changes, so that an iteration notices that its place has moved. */
  #changes = 0;

  private constructor(chunks: StoreEntry[][]) {
    this.#chunks = chunks;
  }

  static empty(): Entries {
    return new Entries([]);
  }

  /** The same entries, to be changed; these here are changed no more. */
  draft(): Entries {
    return new Entries([...this.#chunks]);
  }

  get(key: Uint8Array): StoreEntry | undefined {
    const entry = this.#at(this.#seek(key));
    return entry !== undefined && compareBytes(entry.key, key) === 0 ? entry : undefined;
  }

  /** What is changed meanwhile is seen where it lies ahead. */
  *range({ from, to }: KeyRange): Generator<StoreEntry> {
    let place = this.#seek(from);
    for (;;) {
      const entry = this.#at(place);
      if (entry === undefined || compareBytes(entry.key, to) >= 0) return;
      const changes = this.#changes;
      yield entry;
      if (changes !== this.#changes) place = this.#seek(entry.key);
      // What was given may be gone by now, and then the place is that of the next one.
      const here = this.#at(place);
      if (here !== undefined && compareBytes(here.key, entry.key) === 0) place = this.#next(place);
    }
  }

  last({ from, to }: KeyRange): StoreEntry | undefined {
    const { chunk, index } = this.#seek(to);
    const entry = index > 0 ? this.#chunks[chunk]![index - 1] : this.#chunks[chunk - 1]?.at(-1);
    return entry !== undefined && compareBytes(entry.key, from) >= 0 ? entry : undefined;
  }

  put(entry: StoreEntry): void {
    this.#changes += 1;
    const found = this.#seek(entry.key);
    // Behind the last key of all, the last chunk takes it.
    const isBehind = found.chunk === this.#chunks.length && found.chunk > 0;
    const chunk = isBehind ? found.chunk - 1 : found.chunk;
    if (chunk === this.#chunks.length) this.#chunks.push([]);
    const own = this.#owned(chunk);
    const index = isBehind ? own.length : found.index;
    const there = own[index];
    const isThere = there !== undefined && compareBytes(there.key, entry.key) === 0;
    own.splice(index, isThere ? 1 : 0, entry);
    if (own.length > CHUNK_ENTRIES) {
      const half = own.splice(CHUNK_ENTRIES / 2);
      this.#own.add(half);
      this.#chunks.splice(chunk + 1, 0, half);
    }
  }

  remove(key: Uint8Array): void {
    const place = this.#seek(key);
    const entry = this.#at(place);
    if (entry === undefined || compareBytes(entry.key, key) !== 0) return;
    this.#changes += 1;
    const own = this.#owned(place.chunk);
    own.splice(place.index, 1);
    if (own.length === 0) this.#chunks.splice(place.chunk, 1);
  }

  /** Puts an entry in the place of the `number`-th, 0 being the first, though its key be wrong. */
  replace(number: number, entry: StoreEntry): void {
    let rest = number;
    let chunk = 0;
    while (rest >= this.#chunks[chunk]!.length) {
      rest -= this.#chunks[chunk]!.length;
      chunk += 1;
    }
    this.#owned(chunk)[rest] = entry;
  }

  *[Symbol.iterator](): Generator<StoreEntry> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  #at({ chunk, index }: Place): StoreEntry | undefined {
    return this.#chunks[chunk]?.[index];
  }

  #next({ chunk, index }: Place): Place {
    return index + 1 < this.#chunks[chunk]!.length
      ? { chunk, index: index + 1 }
      : { chunk: chunk + 1, index: 0 };
  }

  /** The place of the first entry that is not before a key. */
  #seek(key: Uint8Array): Place {
    const chunks = this.#chunks;
    const chunk = firstWhere(
      chunks.length,
      (at) => compareBytes(chunks[at]!.at(-1)!.key, key) >= 0,
    );
    const entries = chunks[chunk] ?? [];
    const index = firstWhere(entries.length, (at) => compareBytes(entries[at]!.key, key) >= 0);
    return { chunk, index };
  }

  #owned(chunk: number): StoreEntry[] {
    const shared = this.#chunks[chunk]!;
    if (this.#own.has(shared)) return shared;
    const own = [...shared];
    this.#own.add(own);
    this.#chunks[chunk] = own;
    return own;
  }
}

/** The first number from 0 to `count` - 1 for which something holds, as it does from there on. */
function firstWhere(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index += 1) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
