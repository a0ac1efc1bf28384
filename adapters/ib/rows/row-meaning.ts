import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import { wallTime } from "../../../core/time/zone.ts";
import { ibZone } from "../contracts/ib-zone.ts";
import type { IbBar } from "../port/ib-event.ts";
import { parseIbTime } from "../port/ib-time.ts";

// What a gateway's rows mean is decided here alone: history and live bars must agree on it, or the
// same bar would be two different ones.

/**
 * Whether a row of a series that shows no trade means that there is no bar. Quotes have no trades,
 * and neither has an index (security type `IND`).
 */
export function countsTrades({ priceType }: Series, secType: string): boolean {
  return (priceType === "trades" || priceType === "adjusted") && secType !== "IND";
}

/** A bar's volume: 0 where the series has none, whatever number stands in its place. */
export function volumeOf(row: IbBar, doesCountTrades: boolean): number {
  return doesCountTrades ? row.volume : 0;
}

/**
 * Whether a row says that nothing happened: no volume, no trades, and a price that did not move.
 * Where trades do not count, only if that price is none (0 or -1).
 */
export function isWithoutTrades(row: IbBar, doesCountTrades: boolean): boolean {
  const { open, high, low, close, volume, count } = row;
  if (volume > 0 || count > 0 || high !== low) return false;
  return doesCountTrades || isNoPrice(open, close, high);
}

/** Whether a row says nothing at all: its prices are numbers that stand for none. */
export function isPlaceholder({ open, high, low, close, volume, count }: IbBar): boolean {
  return high === low && isNoPrice(open, close, high) && volume <= 0 && count <= 0;
}

function isNoPrice(open: number, close: number, price: number): boolean {
  return open === price && close === price && (price === 0 || price === -1);
}

/**
 * The instant that a row's time names; of a day, the opening of its session where it has one.
 * Undefined for what cannot be read: also for text without a zone, since a guess could shift every
 * bar by hours.
 */
export function openTimeOf(text: string, { calendar, size }: BarGrid): UnixMs | undefined {
  const time = parseIbTime(text, (name) => (name === "" ? undefined : ibZone(name)));
  if (time?.kind !== "day") return time?.at;
  const session = size.ms === DAY_MS ? calendar.sessionOn(time.day) : undefined;
  return session?.segments[0]?.from ?? wallTime(calendar.zone, time.day, 0);
}
