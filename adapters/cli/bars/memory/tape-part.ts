import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import type { TapeMark, TapePart } from "../../../csv/taped-csv-source.ts";
import type { RowFaultKind } from "../../../rows/row-fault.ts";
import type { LeftOutRow } from "../../../rows/row-tape.ts";
import { decodeBars, encodeBlock } from "../../../store/bars/bar-block.ts";
import { ProvenanceColumns } from "../../../store/bars/block/provenance-columns.ts";

/** Where a block would say what series it is of: here it is of none. */
const NO_KEY = new Uint8Array(0);
const FROM_FILE = { source: "csv", receivedAt: 0, version: 1 };

/** Some rows of a tape, as bytes; of bars no more than a block holds. */
export function encodePart({ bars, marks }: TapePart): Uint8Array {
  const writer = new ByteWriter(16 * bars.length + 256).uint32(bars.length);
  if (bars.length > 0) {
    const provenance = ProvenanceColumns.same(bars.length, FROM_FILE);
    writer.blob(encodeBlock(NO_KEY, { bars, provenance }, 0, bars.length));
  }
  writer.uint32(marks.length);
  for (const { after, row } of marks) {
    writer.uint32(after).bool(row !== undefined);
    if (row !== undefined) writeRow(writer, row);
  }
  return writer.bytes;
}

/** Reads what `encodePart` wrote. */
export function decodePart(bytes: Uint8Array): TapePart {
  const reader = new ByteReader(bytes);
  const count = reader.uint32();
  const bars = BarColumns.ofLength(count);
  if (count > 0) decodeBars(NO_KEY, reader.blob(), bars, 0, count);
  const marks: TapeMark[] = [];
  for (let left = reader.uint32(); left > 0; left -= 1) {
    const after = reader.uint32();
    marks.push({ after, row: reader.bool() ? readRow(reader) : undefined });
  }
  reader.end();
  return { bars, marks };
}

function writeRow(writer: ByteWriter, { fault, bar, number }: LeftOutRow): void {
  writer
    .float64(number)
    .text(fault.kind)
    .float64(fault.column)
    .text(fault.problem)
    .float64(bar.openTime)
    .float64(bar.closeTime)
    .float64(bar.open)
    .float64(bar.high)
    .float64(bar.low)
    .float64(bar.close)
    .float64(bar.volume);
}

function readRow(reader: ByteReader): LeftOutRow {
  const number = reader.float64();
  const kind = reader.text() as RowFaultKind;
  const column = reader.float64();
  const fault = { kind, column, problem: reader.text() };
  const bar: Bar = {
    openTime: reader.float64(),
    closeTime: reader.float64(),
    open: reader.float64(),
    high: reader.float64(),
    low: reader.float64(),
    close: reader.float64(),
    volume: reader.float64(),
  };
  return { fault, bar, number };
}
