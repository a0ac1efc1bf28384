import { type Bar, createBar } from "../../core/market/bar.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { instrument } from "../../core/market/instrument.ts";
import { series } from "../../core/market/series.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, type UnixMs } from "../../core/time/instant.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import { generateBars, Truth, type TruthRevision } from "../../sim/index.ts";

/** What every scenario trades. */
export const STOCK = instrument("TEST", { exchange: "SIM" });

export interface MarketOptions {
  /** Default: the calendar that never closes. */
  readonly calendar?: TradingCalendar;
  /** Such as `15m`. */
  readonly size: string;
  /** The first bar opens at or after this instant; ISO 8601 with an offset. */
  readonly from: string;
  readonly bars: number;
  /** Default 7. */
  readonly seed?: number;
  /** Share of slots in which nothing trades; default 0. */
  readonly emptyShare?: number;
  /** Corrections that the exchange makes later; default none. */
  readonly revise?: (bars: BarColumns) => readonly TruthRevision[];
}

/** A market made from a seed: what really happened, of which a scenario tells the rest. */
export function market(options: MarketOptions): Truth {
  const { calendar = calendarByName("24/7"), seed = 7, emptyShare = 0 } = options;
  const grid = new BarGrid(calendar, barSize(options.size));
  const from = instant(options.from);
  const bars = generateBars(grid, { seed, bars: options.bars, from, emptyShare });
  return new Truth(series(STOCK, grid.size), grid, bars, seed, options.revise?.(bars));
}

/** A bar as a plain value, so that what was seen is compared field by field with `Object.is`. */
export function plain(bar: Bar): Bar {
  const { openTime, closeTime, open, high, low, close, volume } = bar;
  return { openTime, closeTime, open, high, low, close, volume };
}

/** A bar with some fields changed; still a possible one. */
export function changed(bar: Bar, fields: Partial<Bar>): Bar {
  return createBar({ ...plain(bar), ...fields });
}

/** The bars of a truth that open in `[from, to)`, as first told. */
export function barsOf(
  truth: Truth,
  from: UnixMs = Number.NEGATIVE_INFINITY,
  to: UnixMs = Number.POSITIVE_INFINITY,
): Bar[] {
  return [...truth.bars].map(plain).filter(({ openTime }) => openTime >= from && openTime < to);
}

/** The bar at a place of a truth; negative counts from the end. */
export function barAt(truth: Truth, index: number): Bar {
  return plain(truth.bars.at(index < 0 ? truth.bars.length + index : index));
}
