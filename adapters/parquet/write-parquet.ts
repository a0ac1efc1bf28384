import type { FileHandle } from "node:fs/promises";
import { barFault, describeBarFault } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { fail } from "../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../core/time/instant.ts";
import { replaceFile } from "../rows/replace-file.ts";
import { MAX_INSTANT, SERIES_KEY, SIZE_KEY } from "./bar-schema.ts";
import { ParquetFileWriter } from "./file-writer.ts";

/** Bars of a row group, which are in memory together: of 7 columns, 8 bytes each. */
const BARS_A_ROW_GROUP = 131_072;

/** What a file says of its bars, for whoever looks at it later. */
export interface ParquetAbout {
  /** The key of the series, such as `IF.CFFEX 15m trades regular`. */
  readonly series?: string;
  /** The label of its bar size, such as `15m`. */
  readonly size?: string;
  /** More of the kind, under keys that do not begin with `barline.`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes bars to a Parquet file and gives their number. `open_time` and `close_time` are timestamps
 * of milliseconds in UTC, the others doubles, bit for bit; packed with snappy, each page with a
 * checksum, in row groups of 131,072 bars, of which one is in memory. The file appears, or replaces
 * the one before it, only once all is on the disk: whatever goes wrong leaves the old one as it
 * was.
 *
 * Throws a `BarlineError` that names the file, `unwritable-bar` for a bar that is impossible or
 * does not come after the one before it; what the batches themselves throw passes unchanged.
 */
export async function writeParquetBars(
  file: string,
  batches: Iterable<BarColumns> | AsyncIterable<BarColumns>,
  about: ParquetAbout = {},
): Promise<number> {
  const metadata = metadataOf(about);
  return replaceFile(file, (handle) => writeAll(handle, file, batches, metadata));
}

async function writeAll(
  handle: FileHandle,
  file: string,
  batches: Iterable<BarColumns> | AsyncIterable<BarColumns>,
  metadata: readonly { key: string; value: string }[],
): Promise<number> {
  const writer = new ParquetFileWriter();
  let group = new BarColumns();
  let written = 0;
  let settledTo: UnixMs = Number.NEGATIVE_INFINITY;
  await handle.writeFile(writer.begin());
  for await (const bars of batches) {
    for (let index = 0; index < bars.length; index += 1) {
      appendChecked(group, bars, index, settledTo, file, written);
      settledTo = bars.closeTime[index]!;
      written += 1;
      if (group.length < BARS_A_ROW_GROUP) continue;
      await handle.writeFile(writer.rowGroup(group));
      group = new BarColumns(BARS_A_ROW_GROUP);
    }
  }
  if (group.length > 0) await handle.writeFile(writer.rowGroup(group));
  await handle.writeFile(writer.end(metadata));
  return written;
}

function appendChecked(
  group: BarColumns,
  bars: BarColumns,
  index: number,
  settledTo: UnixMs,
  file: string,
  before: number,
): void {
  const bar = bars.at(index);
  const fault = barFault(bar, true);
  const isLate = bar.openTime < settledTo;
  const isBeyond = Math.abs(bar.openTime) > MAX_INSTANT || Math.abs(bar.closeTime) > MAX_INSTANT;
  if (fault !== undefined || isBeyond || isLate) {
    const when = Number.isSafeInteger(bar.openTime) ? ` of ${formatInstant(bar.openTime)}` : "";
    let what = "opens before the one before it closes";
    if (isBeyond) what = "has a time beyond all dates";
    if (fault !== undefined) what = `is impossible: ${describeBarFault(fault)}`;
    fail("unwritable-bar", `bar ${before + 1}${when} ${what}`, {
      where: file,
      cure: "write sound bars only, oldest first",
    });
  }
  group.push(bar);
}

function metadataOf({
  series,
  size,
  metadata = {},
}: ParquetAbout): { key: string; value: string }[] {
  const pairs = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  const own = pairs.find(({ key }) => key.startsWith("barline."));
  if (own !== undefined) {
    fail("reserved-key", `the key ${own.key} is Barline's own`, { cure: "use another prefix" });
  }
  if (series !== undefined) pairs.push({ key: SERIES_KEY, value: series });
  if (size !== undefined) pairs.push({ key: SIZE_KEY, value: size });
  return pairs;
}
