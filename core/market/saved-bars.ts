import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { refuseState } from "../codec/saved-state.ts";
import { BarColumns } from "./bar-columns.ts";

/** Writes the bars `from` to `to`, exclusive, of some columns, bit for bit; all unless given. */
export function saveBars(
  writer: ByteWriter,
  bars: BarColumns,
  from = 0,
  to: number = bars.length,
): void {
  const { openTime, closeTime, open, high, low, close, volume } = bars;
  for (const column of [openTime, closeTime, open, high, low, close, volume]) {
    writer.float64s(column, from, to);
  }
}

/** Reads what `saveBars` wrote, into columns of their own; throws `damaged-bytes`. */
export function loadBars(reader: ByteReader): BarColumns {
  const next = (): Float64Array => reader.float64s();
  const openTime = next();
  const others = [next(), next(), next(), next(), next(), next()] as const;
  const { length } = openTime;
  for (const column of others) {
    if (column.length !== length) {
      refuseState("some bars", `${column.length} numbers in a column of ${length}`);
    }
  }
  const [closeTime, open, high, low, close, volume] = others;
  const bars = new BarColumns(length);
  for (let index = 0; index < length; index += 1) {
    bars.append(
      openTime[index]!,
      closeTime[index]!,
      open[index]!,
      high[index]!,
      low[index]!,
      close[index]!,
      volume[index]!,
    );
  }
  return bars;
}
