import type { FileHandle } from "node:fs/promises";
import { BarlineError } from "../../core/time/failure.ts";
import { type BarPageReading, NOTHING_READ } from "../rows/bar-pages.ts";
import { BarRows, type OpenTimeFilter, type RowPlaces } from "../rows/bar-rows.ts";
import { explainFileError, isOfSystem } from "../rows/file-errors.ts";
import { openRegularFile } from "../rows/open-regular-file.ts";
import type { FormatCures } from "../rows/rejection.ts";
import { readColumnChunk } from "./column-chunk.ts";
import { ColumnValues } from "./column-values.ts";
import { understood } from "./damage.ts";
import { chunkOf, rangeOf, readBytes, readFooter } from "./footer.ts";
import {
  type ParquetColumnIndexes,
  type ParquetLayout,
  placeOf,
  requireTimeOfDay,
  requireZone,
  resolveLayout,
} from "./parquet-layout.ts";
import type { ParquetOptions } from "./parquet-options.ts";
import { type GroupValues, RowReader } from "./row-reader.ts";

/** Rows that are told of together. */
const BLOCK_ROWS = 4_096;

const CURES: FormatCures = {
  "time-form": "write whole milliseconds there",
  "not-a-number": "write a number there",
};

/**
 * Reads a file page by page, some thousand bars each, fewer before a row left out. Of the columns
 * that are needed, one row group is in memory. Failures of the world end the pages and are
 * returned, so that what came before them counts.
 */
export async function* readBarPages(
  file: string,
  options: ParquetOptions,
  filter: OpenTimeFilter,
  signal: AbortSignal,
  found: (layout: ParquetLayout) => void = () => {},
): BarPageReading {
  let rows: BarRows | undefined;
  let handle: FileHandle | undefined;
  let failure: BarlineError | undefined;
  try {
    handle = await openRegularFile(file, "Parquet");
    const footer = await readFooter(handle, file);
    const layout = understood(`${file}, footer`, () => resolveLayout(footer, options));
    found(layout);
    requireZone(layout, options.zone);
    requireTimeOfDay(layout, options.series.size);
    rows = new BarRows(placesOf(layout), options, filter);
    const reader = new RowReader(layout, options);
    let before = 0;
    for (let index = 0; index < layout.footer.groups.length; index += 1) {
      const { rows: count } = layout.footer.groups[index]!;
      const group = await readGroup(handle, layout, index);
      for (let from = 0; from < count; from += BLOCK_ROWS) {
        if (signal.aborted) return { ...NOTHING_READ, report: rows.report };
        const goesOn = takeRows(rows, reader, group, { from, count, before });
        yield* rows.takePages();
        if (!goesOn) return { report: rows.report, holes: rows.holes, failure: rows.failure };
      }
      before += count;
    }
  } catch (error) {
    if (!(error instanceof BarlineError || isOfSystem(error))) throw error;
    failure = explainFileError(error, file);
  } finally {
    await handle?.close();
  }
  return { report: rows?.report ?? NOTHING_READ.report, holes: rows?.holes, failure };
}

/** Takes the rows of one block; false when nothing after them matters. */
function takeRows(
  rows: BarRows,
  reader: RowReader,
  group: GroupValues,
  { from, count, before }: { from: number; count: number; before: number },
): boolean {
  const to = Math.min(from + BLOCK_ROWS, count);
  for (let row = from; row < to; row += 1) {
    if (!rows.take(reader.read(group, row, rows.bar), before + row + 1)) return false;
  }
  return true;
}

/** The values of one column in one row group. */
export async function readChunk(
  handle: FileHandle,
  { footer, read }: ParquetLayout,
  group: number,
  index: number,
): Promise<ColumnValues> {
  const { column, form } = read.get(index)!;
  const { rows } = footer.groups[group]!;
  if (rows === 0) return new ColumnValues(0);
  const where = `${placeOf(footer, index)}, row group ${group + 1}`;
  const metadata = understood(where, () => chunkOf(footer, footer.groups[group]!, column, where));
  const { start, end } = rangeOf(metadata);
  const bytes = await readBytes(handle, footer.file, start, end);
  return understood(where, () => readColumnChunk({ column, form, metadata, rows, where }, bytes));
}

async function readGroup(
  handle: FileHandle,
  layout: ParquetLayout,
  group: number,
): Promise<GroupValues> {
  const values: Partial<Record<keyof ParquetColumnIndexes, ColumnValues>> = {};
  for (const field of Object.keys(layout.columns) as (keyof ParquetColumnIndexes)[]) {
    const index = layout.columns[field];
    if (index >= 0) values[field] = await readChunk(handle, layout, group, index);
  }
  const { time, closeTime, open, high, low, close, volume } = values;
  return { time, closeTime, open, high, low, close, volume };
}

function placesOf({ footer, columns }: ParquetLayout): RowPlaces {
  return {
    unit: "row",
    timeColumn: columns.time,
    placeOf: (row, column) => placeOf(footer, column, row),
    cures: CURES,
  };
}
