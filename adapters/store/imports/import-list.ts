import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { ENTRY, entryKey } from "../keys.ts";
import type { StoreReader, StoreWriter } from "../port/ordered-store.ts";
import { seal, unseal } from "../sealed.ts";

/** Bytes of a fingerprint, such as those of a SHA-256. */
const FINGERPRINT_BYTES = 32;

/** Something that is kept. */
export interface ImportNote {
  /** No two have the same number. */
  readonly number: number;
  readonly fingerprint: Uint8Array;
  readonly parts: number;
  readonly bytes: number;
  readonly usedAt: UnixMs;
}

const LIST = entryKey(ENTRY.import);

/** Reads what is kept, the first that was kept before the others; throws `damaged-bytes`. */
export function readImports(reader: StoreReader): ImportNote[] {
  const sealed = reader.get(LIST);
  if (sealed === undefined) return [];
  const bytes = new ByteReader(unseal(LIST, sealed));
  const notes: ImportNote[] = [];
  for (let left = bytes.uint32(); left > 0; left -= 1) {
    notes.push({
      number: bytes.float64(),
      fingerprint: bytes.raw(FINGERPRINT_BYTES).slice(),
      parts: bytes.uint32(),
      bytes: bytes.float64(),
      usedAt: bytes.float64(),
    });
  }
  bytes.end();
  return notes;
}

/** Puts a list in the place of the one that is there. */
export function writeImports(writer: StoreWriter, notes: readonly ImportNote[]): void {
  const bytes = new ByteWriter().uint32(notes.length);
  for (const { number, fingerprint, parts, bytes: size, usedAt } of notes) {
    bytes.float64(number).raw(fingerprint).uint32(parts).float64(size).float64(usedAt);
  }
  writer.put(LIST, seal(LIST, bytes.view));
}
