import type { IbBar } from "../../adapters/ib/port/ib-event.ts";
import type { WhatToShow } from "../../adapters/ib/port/ib-request.ts";
import { type PathPart, tidyPrice } from "./bar-path.ts";

/** Prices of a kind lie so many ticks from those of trades. */
const TICKS_AWAY: Readonly<Record<"MIDPOINT" | "BID" | "ASK", number>> = {
  MIDPOINT: 0,
  BID: -1,
  ASK: 1,
};

/** Trades as a bar of a kind of price, which begins at `time`. */
export function ibBarOf(part: PathPart, time: string, show: WhatToShow, minTick: number): IbBar {
  if (show === "TRADES" || show === "ADJUSTED_LAST") {
    const { open, high, low, close, volume, trades } = part;
    const average = trades === 0 ? -1 : typicalPrice(part);
    return { time, open, high, low, close, volume, average, count: trades };
  }
  const at = (price: number, ticks: number): number => tidyPrice(price + ticks * minTick);
  const { open, high, low, close } = part;
  const unsaid = { time, volume: -1, average: -1, count: -1 };
  if (show === "BID_ASK") {
    // Opens at the average bid, closes at the average ask, between the lowest bid and highest ask.
    const bid = at(typicalPrice(part), -1);
    const ask = at(typicalPrice(part), 1);
    return { ...unsaid, open: bid, high: at(high, 1), low: at(low, -1), close: ask };
  }
  const ticks = TICKS_AWAY[show];
  if (ticks === 0) return { ...unsaid, open, high, low, close };
  return {
    ...unsaid,
    open: at(open, ticks),
    high: at(high, ticks),
    low: at(low, ticks),
    close: at(close, ticks),
  };
}

/** Stands in for the volume-weighted price, inside the bar. */
function typicalPrice({ open, high, low, close }: PathPart): number {
  return Math.min(high, Math.max(low, tidyPrice((open + high + low + close) / 4)));
}
