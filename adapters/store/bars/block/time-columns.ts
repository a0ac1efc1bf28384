import type { ByteReader } from "../../../../core/codec/byte-reader.ts";
import type { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import type { BarColumns } from "../../../../core/market/bar-columns.ts";
import { readNumbers, writeNumbers } from "./number-column.ts";

/** Writes the times of the bars `begin` to `end`, exclusive; at least one. */
export function writeTimes(writer: ByteWriter, bars: BarColumns, begin: number, end: number): void {
  const { openTime, closeTime } = bars;
  const steps = new Float64Array(end - begin - 1);
  const lengths = new Float64Array(end - begin);
  for (let index = begin; index < end; index += 1) {
    lengths[index - begin] = closeTime[index]! - openTime[index]!;
    if (index > begin) steps[index - begin - 1] = openTime[index]! - openTime[index - 1]!;
  }
  writer.float64(openTime[begin]!);
  writeNumbers(writer, steps, true);
  writeNumbers(writer, lengths, true);
}

/** Reads the times of so many bars into a place of some columns. */
export function readTimes(reader: ByteReader, into: BarColumns, at: number, count: number): void {
  const { openTime, closeTime } = into;
  let opens = reader.float64();
  readNumbers(reader, openTime, at + 1, count - 1);
  readNumbers(reader, closeTime, at, count);
  openTime[at] = 0;
  for (let index = at; index < at + count; index += 1) {
    opens += openTime[index]!;
    openTime[index] = opens;
    closeTime[index] = opens + closeTime[index]!;
  }
}
