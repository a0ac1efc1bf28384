import { BarColumns } from "../../core/market/bar-columns.ts";
import { readBarPages } from "./bar-pages.ts";
import type { OpenTimeFilter } from "./bar-rows.ts";
import type { CsvReport } from "./csv-fault.ts";
import { type CsvOptions, checkCsvOptions } from "./csv-options.ts";

/**
 * Reads the bars of a file into memory, those that open in `[from, to)` where that is given. For
 * files larger than memory there is `CsvBarSource`. Throws a `BarlineError` that names file, line,
 * column and cure for whatever the options do not tell it to leave out.
 */
export async function readCsvBars(
  file: string,
  options: CsvOptions,
  filter: OpenTimeFilter = {},
): Promise<{ readonly bars: BarColumns; readonly report: CsvReport }> {
  checkCsvOptions(options);
  const bars = new BarColumns();
  const pages = readBarPages(file, options, filter, new AbortController().signal);
  for (;;) {
    const page = await pages.next();
    if (page.done) {
      if (page.value.failure !== undefined) throw page.value.failure;
      return { bars, report: page.value.report };
    }
    const batch = page.value.bars;
    for (let index = 0; batch !== undefined && index < batch.length; index += 1) {
      bars.append(
        batch.openTime[index]!,
        batch.closeTime[index]!,
        batch.open[index]!,
        batch.high[index]!,
        batch.low[index]!,
        batch.close[index]!,
        batch.volume[index]!,
      );
    }
  }
}
