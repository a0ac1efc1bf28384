import type { Series } from "../../core/market/series.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { describePages, type Page } from "./history/page-plan.ts";
import type { LiveMode } from "./live/live-options.ts";
import { seedDuration } from "./live/seed-duration.ts";
import type { PlannedRequest } from "./pacing/plan.ts";
import { ibBarSize, whatToShow } from "./port/bar-sizes.ts";
import type { IbContract } from "./port/ib-contract.ts";
import type { IbQuestion } from "./session/ib-link.ts";

/** What a warm-up will ask for. */
export interface WarmUpPlan {
  /** The pages of history, newest first. */
  readonly pages: readonly Page[];
  /** Every request: the live stream, then page after page. */
  readonly requests: readonly PlannedRequest[];
}

/** Plans the requests that bring a series to READY with so many bars, as its sources will ask. */
export function planWarmUp(
  series: Series,
  contract: IbContract,
  grid: BarGrid,
  now: UnixMs,
  options: { readonly bars: number; readonly mode: LiveMode; readonly pageBars?: number },
): WarmUpPlan {
  const { bars, mode, pageBars } = options;
  const { priceType } = series;
  const pages = describePages(grid, now, bars, {
    priceType,
    ...(pageBars === undefined ? {} : { pageBars }),
  });
  const shown = {
    contract,
    whatToShow: whatToShow(priceType),
    useRegularHours: series.scope === "regular",
  };
  const history = {
    ...shown,
    kind: "history",
    barSize: ibBarSize(series.size),
    formatDate: 2,
  } as const;
  const live: IbQuestion =
    mode === "keep-up-to-date"
      ? { ...history, end: "", duration: seedDuration(series.size), keepUpToDate: true }
      : { ...shown, kind: "real-time-bars" };
  const requests: PlannedRequest[] = [{ question: live, bars: 2 }];
  for (const { end, duration, slots } of pages) {
    const question: IbQuestion = { ...history, end, duration, keepUpToDate: false };
    const last = requests.length - 1;
    requests.push({ question, bars: slots, ...(last === 0 ? {} : { after: last }) });
  }
  return { pages, requests };
}
