import type { BarColumns } from "../../core/market/bar-columns.ts";
import { collectBars } from "../rows/bar-pages.ts";
import type { OpenTimeFilter } from "../rows/bar-rows.ts";
import type { RowReport } from "../rows/row-fault.ts";
import { checkRowOptions } from "../rows/row-options.ts";
import { readBarPages } from "./bar-pages.ts";
import type { CsvOptions } from "./csv-options.ts";

/**
 * Reads the bars of a file into memory, those that open in `[from, to)` where that is given. For
 * files larger than memory there is `CsvBarSource`. Throws a `BarlineError` that names file, line,
 * column and cure for whatever the options do not tell it to leave out.
 */
export async function readCsvBars(
  file: string,
  options: CsvOptions,
  filter: OpenTimeFilter = {},
): Promise<{ readonly bars: BarColumns; readonly report: RowReport }> {
  checkRowOptions(options);
  return collectBars(readBarPages(file, options, filter, new AbortController().signal));
}
