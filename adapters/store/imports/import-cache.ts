import { areEqual } from "../../../core/codec/equal-bytes.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { ENTRY, entriesOf, entryKey } from "../keys.ts";
import type { OrderedStore, StoreReader, StoreWriter } from "../port/ordered-store.ts";
import { seal, unseal } from "../sealed.ts";
import { stampFormat, storeFormat } from "../store-format.ts";
import { type ImportNote, readImports, writeImports } from "./import-list.ts";

/** What all that is kept takes up at the most: 1 GiB. */
const MOST_IMPORT_BYTES = 2 ** 30;

/** What became of looking for something that may be kept. */
export type FoundImport =
  | { readonly kind: "found"; readonly parts: readonly Uint8Array[] }
  | { readonly kind: "unknown" }
  /** It is not what was kept; it was dropped, if the store may be written. */
  | { readonly kind: "damaged" };

/**
 * Keeps in a store what was made of files, each by a fingerprint of everything that it depends on.
 * It is kept whole or not at all, and what is given back is what was kept. What was not used for
 * the longest time makes room for what is new: all of it can be made again.
 */
export class ImportCache {
  readonly #store: OrderedStore;
  readonly #canWrite: boolean;
  readonly #mostBytes: number;

  /**
   * @param canWrite whether the store may be written; default `true`. If not, nothing is kept.
   * @param mostBytes bound of all that is kept; default 1 GiB.
   */
  constructor(store: OrderedStore, canWrite = true, mostBytes = MOST_IMPORT_BYTES) {
    this.#store = store;
    this.#canWrite = canWrite;
    this.#mostBytes = mostBytes;
    store.read(storeFormat);
  }

  /** Looks for what was kept under a fingerprint of 32 bytes, and notes that it was used. */
  find(fingerprint: Uint8Array, now: UnixMs): FoundImport {
    const found = this.#store.read((reader) => lookFor(reader, fingerprint));
    if (found.kind === "unknown" || !this.#canWrite) return found;
    if (found.kind === "damaged") this.#store.write((writer) => drop(writer, fingerprint));
    else this.#store.write((writer) => noteUse(writer, fingerprint, now));
    return found;
  }

  /**
   * Keeps something of at least one part in the place of what was kept under its fingerprint; false
   * where it is too large, or nothing may be kept. Throws what the store throws.
   */
  keep(fingerprint: Uint8Array, parts: readonly Uint8Array[], now: UnixMs): boolean {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (!this.#canWrite || bytes > this.#mostBytes) return false;
    this.#store.write((writer) => {
      stampFormat(writer);
      drop(writer, fingerprint);
      const kept = makeRoom(writer, listOf(writer), this.#mostBytes - bytes);
      const number = Math.max(0, ...kept.map((note) => note.number)) + 1;
      parts.forEach((part, place) => {
        const key = partKey(number, place);
        writer.put(key, seal(sealKey(fingerprint, place), part));
      });
      const note = { number, fingerprint, parts: parts.length, bytes, usedAt: now };
      writeImports(writer, [...kept, note]);
    });
    return true;
  }

  /** Looks at every bit of what is kept: how many things, and how many of them are damaged. */
  verify(): { readonly kept: number; readonly damaged: number } {
    return this.#store.read((reader) => {
      const notes = attempt(() => readImports(reader));
      if (notes === undefined) return { kept: 1, damaged: 1 };
      const damaged = notes.filter(
        ({ fingerprint }) => lookFor(reader, fingerprint).kind === "damaged",
      );
      return { kept: notes.length, damaged: damaged.length };
    });
  }
}

function partKey(number: number, place: number): Uint8Array {
  return entryKey(ENTRY.import, number, place);
}

/** Under what a part is sealed: one of something else, or in another place, is none of this. */
function sealKey(fingerprint: Uint8Array, place: number): Uint8Array {
  const placeKey = entryKey(ENTRY.import, place);
  const key = new Uint8Array(fingerprint.length + placeKey.length);
  key.set(fingerprint);
  key.set(placeKey, fingerprint.length);
  return key;
}

function lookFor(reader: StoreReader, fingerprint: Uint8Array): FoundImport {
  const notes = attempt(() => readImports(reader));
  if (notes === undefined) return { kind: "damaged" };
  const note = notes.find((each) => areEqual(each.fingerprint, fingerprint));
  if (note === undefined) return { kind: "unknown" };
  const parts: Uint8Array[] = [];
  for (let place = 0; place < note.parts; place += 1) {
    const sealed = reader.get(partKey(note.number, place));
    const part = sealed && attempt(() => unseal(sealKey(fingerprint, place), sealed));
    if (part === undefined) return { kind: "damaged" };
    // The bytes of a store are good only until its transaction ends.
    parts.push(part.slice());
  }
  return { kind: "found", parts };
}

function noteUse(writer: StoreWriter, fingerprint: Uint8Array, usedAt: UnixMs): void {
  const used = listOf(writer).map((note) =>
    areEqual(note.fingerprint, fingerprint) ? { ...note, usedAt } : note,
  );
  writeImports(writer, used);
}

/** Drops what is kept under a fingerprint, or everything where the list of it is damaged. */
function drop(writer: StoreWriter, fingerprint: Uint8Array): void {
  const notes = listOf(writer);
  const left = notes.filter((note) => !areEqual(note.fingerprint, fingerprint));
  for (const note of notes) if (!left.includes(note)) removeParts(writer, note.number);
  if (left.length < notes.length) writeImports(writer, left);
}

/** Drops what was not used for the longest time, until no more is kept than fits. */
function makeRoom(
  writer: StoreWriter,
  notes: readonly ImportNote[],
  mostBytes: number,
): readonly ImportNote[] {
  const oldestFirst = [...notes].sort((a, b) => a.usedAt - b.usedAt || a.number - b.number);
  let bytes = notes.reduce((sum, note) => sum + note.bytes, 0);
  const dropped = new Set<ImportNote>();
  for (const note of oldestFirst) {
    if (bytes <= mostBytes) break;
    bytes -= note.bytes;
    dropped.add(note);
    removeParts(writer, note.number);
  }
  return notes.filter((note) => !dropped.has(note));
}

/** The list; where it cannot be read, nothing is kept any more, and it is empty. */
function listOf(writer: StoreWriter): ImportNote[] {
  const notes = attempt(() => readImports(writer));
  if (notes !== undefined) return notes;
  const keys = [...writer.range(entriesOf(ENTRY.import))].map(({ key }) => key.slice());
  for (const key of keys) writer.remove(key);
  return [];
}

function removeParts(writer: StoreWriter, number: number): void {
  const keys = [...writer.range(entriesOf(ENTRY.import, number))].map(({ key }) => key.slice());
  for (const key of keys) writer.remove(key);
}

/** What something gives; undefined where it finds damage. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof BarlineError && error.code === "damaged-bytes") return undefined;
    throw error;
  }
}
