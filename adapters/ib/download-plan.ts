import type { Series } from "../../core/market/series.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { historyQuestion } from "./history/history-question.ts";
import { describeRange } from "./history/page-plan.ts";
import type { PlannedRequest } from "./pacing/plan.ts";
import type { IbContract } from "./port/ib-contract.ts";

/** Plans the requests that bring all of some ranges: page after page, the last range first. */
export function planDownload(
  series: Series,
  contract: IbContract,
  grid: BarGrid,
  now: UnixMs,
  ranges: readonly TimeRange[],
): PlannedRequest[] {
  const { priceType } = series;
  return ranges
    .toReversed()
    .flatMap((range) => describeRange(grid, now, range, { priceType }))
    .map((page, index) => {
      const question = historyQuestion(contract, series, page);
      const request = { question, bars: page.slots };
      return index === 0 ? request : { ...request, after: index - 1 };
    });
}
