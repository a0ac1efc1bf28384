import { planBackfill } from "../feed/backfill-plan.ts";
import type { RunOptions } from "./run-options.ts";
import type { SeriesFeed } from "./series-feed.ts";

/** Main bars to fetch before the present so that every declared series has the bars it needs. */
export function barsToWarmUp(
  options: Pick<RunOptions, "clock" | "grid" | "series">,
  main: SeriesFeed,
  derived: readonly SeriesFeed[],
): number {
  const { clock, grid, series } = options;
  const now = clock.now();
  let bars = main.required;
  for (const feed of derived) {
    const plan = planBackfill(grid(feed.series), now, feed.required);
    if (plan === undefined) continue;
    bars = Math.max(bars, grid(series).count({ from: plan.range.from, to: now }));
  }
  return bars;
}
