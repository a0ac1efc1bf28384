import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { seal, unseal } from "../sealed.ts";
import { refuse } from "./block/number-column.ts";
import { readPrices, readVolumes, writePrices, writeVolumes } from "./block/price-columns.ts";
import {
  type ProvenanceColumns,
  readProvenance,
  writeProvenance,
} from "./block/provenance-columns.ts";
import { readTimes, writeTimes } from "./block/time-columns.ts";

/** Bars that a block holds at the most. */
export const BLOCK_BARS = 2_048;

/** What all blocks begin with: a later form of them can be told from this one. */
const BLOCK_FORM = 1;

/** The columns of bars. */
export const BAR_FIELDS = [
  "openTime",
  "closeTime",
  "open",
  "high",
  "low",
  "close",
  "volume",
] as const;

/** Some bars of a series in a row, and where they came from. */
export interface StoredBars {
  readonly bars: BarColumns;
  readonly provenance: ProvenanceColumns;
}

/**
 * The bars `begin` to `end`, exclusive, as the bytes of a block under its key: 1 to 2,048 bars
 * whose times are whole and ascending. Every bit of them comes back.
 */
export function encodeBlock(
  key: Uint8Array,
  { bars, provenance }: StoredBars,
  begin: number,
  end: number,
): Uint8Array {
  const writer = new ByteWriter(16 * (end - begin) + 256);
  writer.uint8(BLOCK_FORM).uint32(end - begin);
  writeTimes(writer, bars, begin, end);
  writePrices(writer, bars, begin, end);
  writeVolumes(writer, bars.volume, begin, end);
  writeProvenance(writer, provenance, bars.closeTime, begin, end);
  return seal(key, writer.view);
}

/**
 * Reads the bars of a block into a place of some columns, which must have room for as many as there
 * should be. Throws `damaged-bytes` where the bytes are not those of a block of so many bars that
 * was written under this key.
 */
export function decodeBars(
  key: Uint8Array,
  bytes: Uint8Array,
  into: BarColumns,
  at: number,
  count: number,
): void {
  readBars(key, bytes, into, at, count);
}

/** All of a block of so many bars; throws `damaged-bytes` like `decodeBars`. */
export function decodeBlock(key: Uint8Array, bytes: Uint8Array, count: number): StoredBars {
  const bars = BarColumns.ofLength(count);
  const reader = readBars(key, bytes, bars, 0, count);
  const provenance = readProvenance(reader, bars.closeTime, count);
  reader.end();
  return { bars, provenance };
}

/** The reader stands behind the bars then. */
function readBars(
  key: Uint8Array,
  bytes: Uint8Array,
  into: BarColumns,
  at: number,
  count: number,
): ByteReader {
  const reader = new ByteReader(unseal(key, bytes));
  const form = reader.uint8();
  if (form !== BLOCK_FORM) refuse(`a block of the form ${form}`);
  const held = reader.uint32();
  if (held !== count) refuse(`a block of ${held} bars where there should be ${count}`);
  readTimes(reader, into, at, count);
  readPrices(reader, into, at, count);
  readVolumes(reader, into, at, count);
  return reader;
}
