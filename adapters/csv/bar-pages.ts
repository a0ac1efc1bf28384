import { BarlineError } from "../../core/time/failure.ts";
import { type BarPageReading, NOTHING_READ } from "../rows/bar-pages.ts";
import { BarRows, type OpenTimeFilter, type RowPlaces } from "../rows/bar-rows.ts";
import type { FormatCures } from "../rows/rejection.ts";
import type { RowTape } from "../rows/row-tape.ts";
import { type CsvLayout, placeOf, requireTimeOfDay, requireZone } from "./csv-layout.ts";
import type { CsvOptions } from "./csv-options.ts";
import { LayoutFinder } from "./layout-finder.ts";
import { readRecords } from "./records.ts";
import { RowReader } from "./row-reader.ts";

const CURES: FormatCures = {
  "time-form": "write all times in one form",
  "not-a-number": "write a plain decimal number with a point",
};

/** How the rows of a file with this header are spoken of. */
export function placesOf(
  layout: Pick<CsvLayout, "file" | "header">,
  timeColumn: number,
): RowPlaces {
  return {
    unit: "line",
    timeColumn,
    placeOf: (line, column) => placeOf(layout, line, column),
    cures: CURES,
  };
}

/** Keeps what the rows of a CSV file came to. */
export interface CsvTape extends RowTape {
  /** The names of the header; they come first. */
  header(names: readonly string[]): void;
}

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
  tape?: CsvTape,
): BarPageReading {
  let rows: BarRows | undefined;
  const finder = new LayoutFinder(file, options, (layout) => {
    requireZone(layout, options.zone);
    requireTimeOfDay(layout, options.series.size);
    const reader = new RowReader(layout, options);
    const built = new BarRows(placesOf(layout, layout.columns.time), options, filter, tape);
    tape?.header(layout.header);
    rows = built;
    return (row, line) => built.take(reader.read(row, built.bar), line);
  });
  const records = readRecords(file, options.delimiter, signal, finder.take);
  let problem: BarlineError | undefined;
  try {
    while (problem === undefined) {
      const step = await nextOrProblem(records);
      if (step instanceof BarlineError) problem = step;
      else if (step) break;
      else if (rows !== undefined) {
        tape?.page();
        yield* rows.takePages();
      }
    }
    // Rows that stand before a problem count, and what is wrong with them is said first.
    if (problem === undefined || finder.hasRows) finder.finish();
    if (rows !== undefined) yield* rows.takePages();
  } finally {
    await records.return(undefined);
  }
  return {
    report: rows?.report ?? NOTHING_READ.report,
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
