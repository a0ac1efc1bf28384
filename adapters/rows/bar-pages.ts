import { BarColumns } from "../../core/market/bar-columns.ts";
import type { BarlineError } from "../../core/time/failure.ts";
import type { BarPage } from "./bar-page.ts";
import type { RowReport } from "./row-fault.ts";

/** How the reading of a file came to its end; `failure` tells why not to the file's. */
export interface BarPagesEnd {
  readonly report: RowReport;
  /** Set where rows left out may have been wanted bars: their kinds and numbers in one line. */
  readonly holes: string | undefined;
  readonly failure: BarlineError | undefined;
}

/** A file read page by page, some thousand bars each, fewer before a row left out. */
export type BarPageReading = AsyncGenerator<BarPage, BarPagesEnd>;

/** The end of a file that was left before its first row. */
export const NOTHING_READ: BarPagesEnd = {
  report: { rows: 0, bars: 0, skipped: 0, faults: [] },
  holes: undefined,
  failure: undefined,
};

/** Reads all there is into memory; throws what kept the file from being read to its end. */
export async function collectBars(
  pages: BarPageReading,
): Promise<{ readonly bars: BarColumns; readonly report: RowReport }> {
  const bars = new BarColumns();
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
