import { readFileSync } from "node:fs";
import type { Bar } from "../../core/market/bar.ts";
import { DAY_MS, MINUTE_MS, parseInstant, utcDay } from "../../core/time/instant.ts";
import { calendarOfSessions, type TradingCalendar } from "../../core/time/trading-calendar.ts";
import { UTC } from "../../core/time/zone.ts";

/** The shipped 1-minute bars. This module runs from `dist/bench/indicators`. */
const FILE = new URL("../../../examples/data/cffex-if-1m.csv", import.meta.url);

export interface BenchInputs {
  readonly bars: readonly Bar[];
  readonly closes: Float64Array;
  /** The sessions that the bars were traded in, one each UTC day. */
  readonly calendar: TradingCalendar;
}

export function readInputs(): BenchInputs {
  const bars = readFileSync(FILE, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((row): Bar => {
      const [time, open, high, low, close, volume] = row.split(",");
      const openTime = parseInstant(time!)!;
      return {
        openTime,
        closeTime: openTime + MINUTE_MS,
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume: Number(volume),
      };
    });
  const days = [...new Set(bars.map((bar) => utcDay(bar.openTime)))];
  const sessions = days.map((day) => ({
    day,
    segments: [{ from: day * DAY_MS, to: (day + 1) * DAY_MS }],
  }));
  return {
    bars,
    closes: Float64Array.from(bars, (bar) => bar.close),
    calendar: calendarOfSessions("bench", UTC, sessions),
  };
}
