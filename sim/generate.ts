import { BarColumns } from "../core/market/bar-columns.ts";
import type { BarGrid } from "../core/time/bar-grid.ts";
import { fail } from "../core/time/failure.ts";
import type { UnixMs } from "../core/time/instant.ts";
import { Random } from "./random.ts";

/** How a made-up market moves. */
export interface GenerateOptions {
  readonly seed: number;
  /** Bars to make, at most; 1 or more. */
  readonly bars: number;
  /** First bar opens at or after this instant. */
  readonly from: UnixMs;
  /** First price; default 100. */
  readonly price?: number;
  /** Smallest price step, positive; default 0.01. */
  readonly priceIncrement?: number;
  /** Share of slots in which nothing trades, 0 to below 1; default 0. */
  readonly emptyShare?: number;
}

/** A random walk in price steps on a grid: no look at any real market, but the right shape. */
export function generateBars(grid: BarGrid, options: GenerateOptions): BarColumns {
  const { seed, bars, from, price = 100, priceIncrement = 0.01, emptyShare = 0 } = options;
  const random = new Random(seed, "market");
  const empty = new Random(seed, "empty");
  const perUnit = Math.round(1 / priceIncrement);
  let ticks = Math.round(priceIncrement < 1 ? price * perUnit : price / priceIncrement);
  const made = new BarColumns(bars);
  let slot = grid.slotAtOrAfter(from);
  while (slot !== undefined && made.length < bars) {
    const { openTime, closeTime } = slot;
    const reach = Math.max(1, Math.floor(ticks / 500));
    const open = Math.max(1, ticks + random.integer(-1, 1));
    const close = Math.max(1, open + random.integer(-reach, reach));
    const high = Math.max(open, close) + random.integer(0, reach);
    const low = Math.max(1, Math.min(open, close) - random.integer(0, reach));
    const volume = random.integer(1, 10_000);
    ticks = close;
    if (!empty.chance(emptyShare)) {
      const at = (tick: number): number =>
        priceIncrement < 1 ? tick / perUnit : tick * priceIncrement;
      made.append(openTime, closeTime, at(open), at(high), at(low), at(close), volume);
    }
    slot = grid.slotAtOrAfter(closeTime);
  }
  if (made.length === 0) fail("empty-truth", `${grid.calendar.name} has no bar from there on`);
  return made;
}
