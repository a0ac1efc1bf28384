import type { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import type { UnixMs } from "../../../../core/time/instant.ts";
import { readNumbers, refuse, writeNumbers } from "./number-column.ts";

/** Where a bar came from. */
export interface BarProvenance {
  /** In the words of whoever stored it: `ib`, `csv`, `parquet`, `live`. */
  readonly source: string;
  readonly receivedAt: UnixMs;
  /** 1 for what was said first. */
  readonly version: number;
}

/** Where some bars came from, in columns of equal length. */
export class ProvenanceColumns {
  readonly source: string[];
  readonly receivedAt: Float64Array;
  readonly version: Float64Array;

  constructor(length: number) {
    this.source = new Array<string>(length).fill("");
    this.receivedAt = new Float64Array(length);
    this.version = new Float64Array(length);
  }

  /** Bars that all came at once. */
  static same(length: number, of: BarProvenance): ProvenanceColumns {
    const columns = new ProvenanceColumns(length);
    columns.source.fill(of.source);
    columns.receivedAt.fill(of.receivedAt);
    columns.version.fill(of.version);
    return columns;
  }

  at(index: number): BarProvenance {
    return {
      source: this.source[index]!,
      receivedAt: this.receivedAt[index]!,
      version: this.version[index]!,
    };
  }
}

/**
 * Writes where the bars `begin` to `end`, exclusive, came from. The times of receipt are those of
 * pages, the same for many bars, or of live bars, each a little after its close: whichever is
 * shorter is held.
 */
export function writeProvenance(
  writer: ByteWriter,
  { source, receivedAt, version }: ProvenanceColumns,
  closeTime: Float64Array,
  begin: number,
  end: number,
): void {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const sources = new Float64Array(end - begin);
  const delays = new Float64Array(end - begin);
  for (let index = begin; index < end; index += 1) {
    const name = source[index]!;
    let number = numbers.get(name);
    if (number === undefined) {
      number = names.push(name) - 1;
      numbers.set(name, number);
    }
    sources[index - begin] = number;
    delays[index - begin] = receivedAt[index]! - closeTime[index]!;
  }
  writer.uint32(names.length);
  for (const name of names) writer.text(name);
  writeNumbers(writer, sources, true);
  writeNumbers(writer, version.subarray(begin, end), true);
  const instants = new ByteWriter();
  const afterClose = new ByteWriter();
  writeNumbers(instants, receivedAt.subarray(begin, end), true);
  writeNumbers(afterClose, delays, true);
  const isDelay = afterClose.length < instants.length;
  writer.bool(isDelay).raw((isDelay ? afterClose : instants).view);
}

/** Reads where so many bars came from. */
export function readProvenance(
  reader: ByteReader,
  closeTime: Float64Array,
  count: number,
): ProvenanceColumns {
  const names = Array.from({ length: reader.uint32() }, () => reader.text());
  const columns = new ProvenanceColumns(count);
  const sources = new Float64Array(count);
  readNumbers(reader, sources, 0, count);
  readNumbers(reader, columns.version, 0, count);
  const isDelay = reader.bool();
  readNumbers(reader, columns.receivedAt, 0, count);
  for (let index = 0; index < count; index += 1) {
    const number = sources[index]!;
    columns.source[index] = names[number] ?? refuse(`source ${number} of ${names.length}`);
    if (isDelay) columns.receivedAt[index]! += closeTime[index]!;
  }
  return columns;
}
