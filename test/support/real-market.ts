import { readFileSync } from "node:fs";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { series } from "../../core/market/series.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, type UnixMs } from "../../core/time/instant.ts";
import { Truth } from "../../sim/index.ts";
import { STOCK } from "./market.ts";

/** Real bars of 15 minutes from Shanghai, that open in `[from, to)`, as a market. */
export function shanghai(from: UnixMs, to: UnixMs): Truth {
  const grid = new BarGrid(calendarByName("CFFEX"), barSize("15m"));
  const file = new URL("../../examples/data/cffex-if-15m.csv", import.meta.url);
  const bars = new BarColumns();
  for (const line of readFileSync(file, "utf8").trimEnd().split("\n").slice(1)) {
    const [time, open, high, low, close, volume] = line.split(",");
    const openTime = instant(time!);
    if (openTime < from || openTime >= to) continue;
    bars.push({
      openTime,
      closeTime: grid.closeOf(openTime),
      open: Number(open),
      high: Number(high),
      low: Number(low),
      close: Number(close),
      volume: Number(volume),
    });
  }
  return new Truth(series(STOCK, grid.size), grid, bars, 7);
}
