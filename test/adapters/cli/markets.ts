import { BarGrid, type GridAlignment } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { formatInstant, instant, type UnixMs } from "../../../core/time/instant.ts";
import type { Zone } from "../../../core/time/zone.ts";

/** A bar of a generated file. */
export interface MarketBar {
  readonly openTime: UnixMs;
  readonly closeTime: UnixMs;
  /** `open,high,low,close,volume`. */
  readonly prices: string;
}

/** A generator of numbers from 0 to 1, exclusive (Numerical Recipes' linear congruence). */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bars of a calendar with prices that wander; `keeps` tells which of its slots have one. */
export function market(
  name: string,
  size: string,
  from: string,
  to: string,
  keeps: (openTime: UnixMs, draw: () => number) => boolean = () => true,
  alignment: GridAlignment = "session",
): MarketBar[] {
  const draw = draws(7);
  const bars: MarketBar[] = [];
  let price = 5_000;
  const grid = new BarGrid(calendarByName(name), barSize(size), alignment);
  for (const slot of grid.slots({ from: instant(from), to: instant(to) })) {
    if (!keeps(slot.openTime, draw)) continue;
    const open = price;
    price = Math.max(100, price + Math.floor(draw() * 41) - 20);
    const high = Math.max(open, price) + Math.floor(draw() * 9);
    const low = Math.min(open, price) - Math.floor(draw() * 9);
    const figures = [open, high, low, price].map((ticks) => ticks / 100);
    bars.push({ ...slot, prices: `${figures.join(",")},${Math.floor(draw() * 10_000)}` });
  }
  return bars;
}

/** The bars of explicit open times, all of one length. */
export function barsAt(openTimes: readonly UnixMs[], size: string): MarketBar[] {
  const draw = draws(11);
  const { ms } = barSize(size);
  return openTimes.map((openTime) => {
    const close = 50 + Math.floor(draw() * 200) / 100;
    return { openTime, closeTime: openTime + ms, prices: `51,60,40,${close},1` };
  });
}

/** The text of a CSV file; `stamp` writes the time of a bar. */
export function csvOf(
  bars: readonly MarketBar[],
  stamp: (bar: MarketBar) => string = ({ openTime }) => formatInstant(openTime),
  header = "time",
): string {
  const rows = bars.map((bar) => `${stamp(bar)},${bar.prices}`);
  return `${header},open,high,low,close,volume\n${rows.join("\n")}\n`;
}

/** `20240131 14:30:00` on the wall clock of a zone. */
export function wallText(zone: Zone, at: UnixMs): string {
  const text = formatInstant(at + zone.offsetMsAt(at));
  return `${text.slice(0, 10).replaceAll("-", "")} ${text.slice(11, 19)}`;
}
