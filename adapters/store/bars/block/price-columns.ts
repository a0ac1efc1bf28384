import type { ByteReader } from "../../../../core/codec/byte-reader.ts";
import type { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import type { BarColumns } from "../../../../core/market/bar-columns.ts";
import { decimalsOf, POWERS, wholeNumbers } from "./decimal-scale.ts";
import { readNumbers, refuse, writeNumbers } from "./number-column.ts";

/** In the place of the number of decimals: the numbers are held as they are. */
const AS_THEY_ARE = 255;

/**
 * Writes the prices of the bars `begin` to `end`, exclusive. Where decimals allow it they are whole
 * numbers, and small ones: the open from the close before, all others from the open.
 */
export function writePrices(
  writer: ByteWriter,
  bars: BarColumns,
  begin: number,
  end: number,
): void {
  const columns = [bars.open, bars.high, bars.low, bars.close];
  let decimals: number | undefined = 0;
  for (const column of columns) {
    if (decimals !== undefined) decimals = decimalsOf(column, begin, end, decimals);
  }
  const whole = columns.map((column) =>
    decimals === undefined ? undefined : wholeNumbers(column, begin, end, decimals),
  );
  const [open, high, low, close] = whole;
  if (
    decimals === undefined ||
    open === undefined ||
    high === undefined ||
    low === undefined ||
    close === undefined
  ) {
    writer.uint8(AS_THEY_ARE);
    for (const column of columns) writer.float64s(column, begin, end);
    return;
  }
  let before = open[0]!;
  writer.uint8(decimals).float64(before);
  for (let index = 0; index < open.length; index += 1) {
    const first = open[index]!;
    const last = close[index]!;
    high[index]! -= first;
    low[index]! -= first;
    open[index] = first - before;
    close[index] = last - first;
    before = last;
  }
  for (const column of [open, close, high, low]) writeNumbers(writer, column);
}

/** Reads the prices of so many bars into a place of some columns. */
export function readPrices(reader: ByteReader, into: BarColumns, at: number, count: number): void {
  const { open, high, low, close } = into;
  const decimals = reader.uint8();
  if (decimals === AS_THEY_ARE) {
    for (const column of [open, high, low, close]) readAsTheyAre(reader, column, at, count);
    return;
  }
  const power = POWERS[decimals] ?? refuse(`prices of ${decimals} decimals`);
  let before = reader.float64();
  for (const column of [open, close, high, low]) readNumbers(reader, column, at, count);
  for (let index = at; index < at + count; index += 1) {
    const first = before + open[index]!;
    const last = first + close[index]!;
    high[index] = (first + high[index]!) / power;
    low[index] = (first + low[index]!) / power;
    open[index] = first / power;
    close[index] = last / power;
    before = last;
  }
}

/** Writes the volumes of the bars `begin` to `end`, exclusive. */
export function writeVolumes(
  writer: ByteWriter,
  volume: Float64Array,
  begin: number,
  end: number,
): void {
  const decimals = decimalsOf(volume, begin, end);
  const whole = decimals === undefined ? undefined : wholeNumbers(volume, begin, end, decimals);
  if (decimals === undefined || whole === undefined) {
    writer.uint8(AS_THEY_ARE).float64s(volume, begin, end);
    return;
  }
  writer.uint8(decimals);
  writeNumbers(writer, whole);
}

/** Reads the volumes of so many bars into a place of some columns. */
export function readVolumes(reader: ByteReader, into: BarColumns, at: number, count: number): void {
  const { volume } = into;
  const decimals = reader.uint8();
  if (decimals === AS_THEY_ARE) {
    readAsTheyAre(reader, volume, at, count);
    return;
  }
  const power = POWERS[decimals] ?? refuse(`volumes of ${decimals} decimals`);
  readNumbers(reader, volume, at, count);
  if (power === 1) return;
  for (let index = at; index < at + count; index += 1) volume[index]! /= power;
}

function readAsTheyAre(reader: ByteReader, target: Float64Array, at: number, count: number): void {
  const values = reader.float64s();
  if (values.length !== count) refuse(`${values.length} numbers where ${count} should be`);
  target.set(values, at);
}
