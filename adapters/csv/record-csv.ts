import type { BarlineError } from "../../core/time/failure.ts";
import { NOTHING_READ } from "../rows/bar-pages.ts";
import { checkRowOptions } from "../rows/row-options.ts";
import { type CsvTape, readBarPages } from "./bar-pages.ts";
import type { CsvOptions } from "./csv-options.ts";

/**
 * Reads all of a file onto a tape. Gives what keeps the file from being read to its end, if
 * something does: the tape is of no use then.
 *
 * @param goesOn asked some thousand rows after another, with the number of bars since the last
 * time; the reading ends where it says no.
 */
export async function recordCsv(
  file: string,
  options: CsvOptions,
  tape: CsvTape,
  goesOn: (bars: number) => boolean,
): Promise<BarlineError | undefined> {
  checkRowOptions(options);
  const pages = readBarPages(file, options, {}, new AbortController().signal, tape);
  for (;;) {
    const page = await pages.next();
    if (page.done) return page.value.failure;
    if (goesOn(page.value.bars?.length ?? 0)) continue;
    await pages.return(NOTHING_READ);
    return undefined;
  }
}
