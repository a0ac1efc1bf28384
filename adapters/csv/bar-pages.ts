import { BarlineError } from "../../core/time/failure.ts";
import type { BarPage } from "./bar-page.ts";
import { BarRows, type OpenTimeFilter } from "./bar-rows.ts";
import type { CsvReport } from "./csv-fault.ts";
import { requireTimeOfDay, requireZone } from "./csv-layout.ts";
import type { CsvOptions } from "./csv-options.ts";
import { LayoutFinder } from "./layout-finder.ts";
import { readRecords } from "./records.ts";

/** How the reading of a file came to its end; `failure` tells why not to the file's. */
export interface BarPagesEnd {
  readonly report: CsvReport;
  /** Set where rows left out may have been wanted bars: their kinds and numbers in one line. */
  readonly holes: string | undefined;
  readonly failure: BarlineError | undefined;
}

const NOTHING_READ: CsvReport = { rows: 0, bars: 0, skipped: 0, faults: [] };

/**
 * Reads a file page by page, some thousand bars each, fewer before a row left out; at the most
 * the pages of one block are ahead of whoever iterates.
 * Failures of the world end the pages and are returned, so that what came before them counts.
 */
export async function* readBarPages(
  file: string,
  options: CsvOptions,
  filter: OpenTimeFilter,
  signal: AbortSignal,
): AsyncGenerator<BarPage, BarPagesEnd> {
  let rows: BarRows | undefined;
  const finder = new LayoutFinder(file, options, (layout) => {
    requireZone(layout, options.zone);
    requireTimeOfDay(layout, options.series.size);
    const built = new BarRows(layout, options, filter);
    rows = built;
    return (row, line) => built.take(row, line);
  });
  const records = readRecords(file, options.delimiter, signal, finder.take);
  let problem: BarlineError | undefined;
  try {
    while (problem === undefined) {
      const step = await nextOrProblem(records);
      if (step instanceof BarlineError) problem = step;
      else if (step) break;
      else if (rows !== undefined) yield* rows.takePages();
    }
    // Rows that stand before a problem count, and what is wrong with them is said first.
    if (problem === undefined || finder.hasRows) finder.finish();
    if (rows !== undefined) yield* rows.takePages();
  } finally {
    await records.return(undefined);
  }
  return {
    report: rows?.report ?? NOTHING_READ,
    holes: rows?.holes,
    failure: finder.failure ?? rows?.failure ?? problem,
  };
}

/** One step of the records: whether they have ended, or what kept them from going on. */
async function nextOrProblem(records: AsyncGenerator<void>): Promise<boolean | BarlineError> {
  try {
    return (await records.next()).done === true;
  } catch (error) {
    if (error instanceof BarlineError) return error;
    throw error;
  }
}
