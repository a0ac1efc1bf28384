import type { FileHandle } from "node:fs/promises";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { formatInstant, type UnixMs } from "../../core/time/instant.ts";
import { replaceFile } from "../rows/replace-file.ts";

/** The first line of every file that Barline writes. */
export const CSV_HEADER = "open_time,open,high,low,close,volume\n";

/** Bars turned into text at a time, so that memory stays flat. */
const BARS_A_WRITE = 4_096;

function formatTime(at: UnixMs): string {
  const text = formatInstant(at);
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}

/**
 * The lines of some bars, each ended by a line feed: `open_time,open,high,low,close,volume`, times
 * in UTC with milliseconds only where there are any, numbers in their shortest form that reads back
 * as the same double. From `start` inclusive to `end` exclusive; default: all.
 */
export function formatCsvBars(bars: BarColumns, start = 0, end = bars.length): string {
  let text = "";
  for (let index = start; index < end; index += 1) {
    text += `${formatTime(bars.openTime[index]!)},${bars.open[index]},${bars.high[index]},`;
    text += `${bars.low[index]},${bars.close[index]},${bars.volume[index]}\n`;
  }
  return text;
}

async function writeAll(
  handle: FileHandle,
  batches: Iterable<BarColumns> | AsyncIterable<BarColumns>,
): Promise<number> {
  let written = 0;
  await handle.writeFile(CSV_HEADER);
  for await (const bars of batches) {
    for (let start = 0; start < bars.length; start += BARS_A_WRITE) {
      const end = Math.min(start + BARS_A_WRITE, bars.length);
      await handle.writeFile(formatCsvBars(bars, start, end));
    }
    written += bars.length;
  }
  return written;
}

/**
 * Writes bars to a file and gives their number. The file appears, or replaces the one before it,
 * only once all is on the disk: whatever goes wrong leaves the old one as it was. Throws a
 * `BarlineError` that names the file; what the batches themselves throw passes unchanged.
 */
export async function writeCsvBars(
  file: string,
  batches: Iterable<BarColumns> | AsyncIterable<BarColumns>,
): Promise<number> {
  return replaceFile(file, (handle) => writeAll(handle, batches));
}
