import type { KeyRange } from "./port/ordered-store.ts";

/**
 * What the entries of a store are, by the first byte of their key. A number is never used again for
 * something else: a store outlives the Barline that wrote it.
 */
export const ENTRY = {
  /** Of the whole store: its format, and what there must be. */
  root: 1,
  /** A series: what it is, its calendar, its coverage, and the blocks that it has. */
  series: 2,
  /** Some bars of a series in a row. */
  block: 3,
  /** A run: what it is, who writes it, and how far it is. */
  run: 16,
  /** One record of a run's journal. */
  record: 17,
  /** The state of a run at a record. */
  snapshot: 18,
  /** What a file of bars held, by its content. */
  import: 32,
} as const;

export type EntryKind = (typeof ENTRY)[keyof typeof ENTRY];

/**
 * A key: the kind, then numbers, each of 0 to 2^53 - 1, most significant byte first, so that keys
 * stand in the order of their numbers.
 */
export function entryKey(kind: EntryKind, ...numbers: readonly number[]): Uint8Array {
  const key = new Uint8Array(1 + 8 * numbers.length);
  key[0] = kind;
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index]!;
    writeWord(key, 1 + 8 * index, Math.floor(number / 2 ** 32));
    writeWord(key, 5 + 8 * index, number % 2 ** 32);
  }
  return key;
}

/** The number at a place of a key, 0 being the first. */
export function numberInKey(key: Uint8Array, place: number): number {
  return readWord(key, 1 + 8 * place) * 2 ** 32 + readWord(key, 5 + 8 * place);
}

/** 32 bits, most significant byte first: a view over so few bytes costs more than the bytes. */
function writeWord(key: Uint8Array, at: number, word: number): void {
  key[at] = word >>> 24;
  key[at + 1] = word >>> 16;
  key[at + 2] = word >>> 8;
  key[at + 3] = word;
}

function readWord(key: Uint8Array, at: number): number {
  const low = (key[at + 1]! << 16) | (key[at + 2]! << 8) | key[at + 3]!;
  return key[at]! * 2 ** 24 + low;
}

/** All keys of a kind that begin with these numbers, and have at least one more or none. */
export function entriesOf(kind: EntryKind, ...numbers: readonly number[]): KeyRange {
  const from = entryKey(kind, ...numbers);
  const last = numbers.at(-1);
  const to =
    last === undefined
      ? Uint8Array.of(kind + 1)
      : entryKey(kind, ...numbers.slice(0, -1), last + 1);
  return { from, to };
}
