import type { BarColumns } from "../../core/market/bar-columns.ts";
import { collectBars } from "../rows/bar-pages.ts";
import type { OpenTimeFilter } from "../rows/bar-rows.ts";
import type { RowReport } from "../rows/row-fault.ts";
import { checkRowOptions } from "../rows/row-options.ts";
import { readBarPages } from "./bar-pages.ts";
import type { ParquetOptions } from "./parquet-options.ts";

/** What reading a file came to. */
export interface ParquetReport extends RowReport {
  /** Columns of numbers of 32 bits: they were written with some 7 digits, and have no more. */
  readonly singlePrecision: readonly string[];
}

/**
 * Reads the bars of a file into memory, those that open in `[from, to)` where that is given. For
 * files larger than memory there is `ParquetBarSource`. Throws a `BarlineError` that names file,
 * row, column and cure for whatever the options do not tell it to leave out.
 */
export async function readParquetBars(
  file: string,
  options: ParquetOptions,
  filter: OpenTimeFilter = {},
): Promise<{ readonly bars: BarColumns; readonly report: ParquetReport }> {
  checkRowOptions(options);
  let singlePrecision: readonly string[] = [];
  const pages = readBarPages(file, options, filter, new AbortController().signal, (layout) => {
    singlePrecision = layout.singlePrecision;
  });
  const { bars, report } = await collectBars(pages);
  return { bars, report: { ...report, singlePrecision } };
}
