import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import type { Bar } from "../../market/bar.ts";
import type { Series } from "../../market/series.ts";
import type { TimeRange } from "../../time/range.ts";

/** Writes the two ends of a range. */
export function writeRange(to: ByteWriter, { from, to: end }: TimeRange): void {
  to.float64(from).float64(end);
}

/** Reads what `writeRange` wrote. */
export function readRange(from: ByteReader): TimeRange {
  return { from: from.float64(), to: from.float64() };
}

/** Writes some ranges, with their count. */
export function writeRanges(to: ByteWriter, ranges: readonly TimeRange[]): void {
  to.uint32(ranges.length);
  for (const range of ranges) writeRange(to, range);
}

/** Reads what `writeRanges` wrote. */
export function readRanges(from: ByteReader): TimeRange[] {
  const ranges: TimeRange[] = [];
  for (let left = from.uint32(); left > 0; left -= 1) ranges.push(readRange(from));
  return ranges;
}

/** Writes which series it is; of one that is not `main` only the key is kept. */
export function writeSeries(to: ByteWriter, of: Series, main: Series): void {
  const isMain = of.key === main.key;
  to.bool(isMain);
  if (!isMain) to.text(of.key);
}

/** Reads what `writeSeries` wrote: of another series than `main`, `main` under its key. */
export function readSeries(from: ByteReader, main: Series): Series {
  return from.bool() ? main : { ...main, key: from.text() };
}

/** Writes the seven fields of a bar. */
export function writeBar(to: ByteWriter, bar: Bar): void {
  to.float64(bar.openTime).float64(bar.closeTime);
  to.float64(bar.open).float64(bar.high).float64(bar.low).float64(bar.close).float64(bar.volume);
}

/** Reads what `writeBar` wrote. */
export function readBar(from: ByteReader): Bar {
  const next = (): number => from.float64();
  return {
    openTime: next(),
    closeTime: next(),
    open: next(),
    high: next(),
    low: next(),
    close: next(),
    volume: next(),
  };
}
