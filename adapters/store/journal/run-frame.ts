import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { readRecords, writeRecord } from "../../../core/journal/record-codec.ts";
import type { Series } from "../../../core/market/series.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { seal, unseal } from "../sealed.ts";

/**
 * The entry of one commit: its records, and the checksum of the commit before it. So each one
 * proves all before it: none can be missing, exchanged or altered without being found.
 */
export function encodeCommit(
  key: Uint8Array,
  before: number,
  records: readonly JournalRecord[],
  main: Series,
): Uint8Array {
  const writer = new ByteWriter(1_024).uint32(before);
  for (const record of records) writeRecord(writer, record, main);
  return seal(key, writer.view);
}

/** Reads what `encodeCommit` wrote; throws `damaged-bytes`, also where another came before it. */
export function decodeCommit(
  key: Uint8Array,
  bytes: Uint8Array,
  before: number,
  main: Series,
): readonly JournalRecord[] {
  const reader = new ByteReader(unseal(key, bytes));
  if (reader.uint32() !== before) {
    throw new BarlineError("damaged-bytes", "it does not follow the commit before it");
  }
  return readRecords(reader.raw(reader.left), main);
}

/** The entry of a snapshot: the state of a run after a commit, and that commit's checksum. */
export function encodeSnapshot(key: Uint8Array, checksum: number, state: Uint8Array): Uint8Array {
  const writer = new ByteWriter(state.length + 16).uint32(checksum).raw(state);
  return seal(key, writer.view);
}

/** Reads what `encodeSnapshot` wrote; throws `damaged-bytes`. */
export function decodeSnapshot(
  key: Uint8Array,
  bytes: Uint8Array,
): { readonly checksum: number; readonly state: Uint8Array } {
  const reader = new ByteReader(unseal(key, bytes));
  // A copy: the bytes are those of a transaction.
  return { checksum: reader.uint32(), state: reader.raw(reader.left).slice() };
}
