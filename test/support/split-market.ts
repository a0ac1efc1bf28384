import { type Bar, createBar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { Truth } from "../../sim/index.ts";
import { barsOf } from "./market.ts";

/** A market in which all prices were multiplied at some instant. */
export interface SplitMarket {
  /** Bars as they are first told; history tells those of before otherwise from the split on. */
  readonly truth: Truth;
  /** All bars at the prices after the split. */
  readonly adjusted: readonly Bar[];
}

/** A split of 1 / `factor` for 1 in a market. */
export function split(before: Truth, at: UnixMs, factor: number): SplitMarket {
  const adjusted = barsOf(before).map((bar) => inNewPrices(bar, factor));
  const told = barsOf(before).map((bar, index) => (bar.openTime < at ? bar : adjusted[index]!));
  const revisions = adjusted.filter((bar) => bar.openTime < at).map((bar) => ({ at, bar }));
  const { series, grid } = before;
  return { truth: new Truth(series, grid, BarColumns.of(told), 7, revisions), adjusted };
}

function inNewPrices(bar: Bar, factor: number): Bar {
  const price = (of: number): number => Math.round(of * factor * 100) / 100;
  const { openTime, closeTime, volume } = bar;
  const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(price);
  return createBar({
    openTime,
    closeTime,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: Math.round(volume / factor),
  });
}
