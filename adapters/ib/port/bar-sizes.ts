import type { PriceType } from "../../../core/market/series.ts";
import { type BarSize, barSize } from "../../../core/time/bar-size.ts";
import { fail } from "../../../core/time/failure.ts";
import type { WhatToShow } from "./ib-request.ts";

const NAMES: Readonly<Record<string, string>> = {
  "1s": "1 secs",
  "5s": "5 secs",
  "10s": "10 secs",
  "15s": "15 secs",
  "30s": "30 secs",
  "1m": "1 min",
  "2m": "2 mins",
  "3m": "3 mins",
  "5m": "5 mins",
  "10m": "10 mins",
  "15m": "15 mins",
  "20m": "20 mins",
  "30m": "30 mins",
  "1h": "1 hour",
  "2h": "2 hours",
  "3h": "3 hours",
  "4h": "4 hours",
  "8h": "8 hours",
  "1d": "1 day",
};

/** The gateway's name of a bar size; throws `invalid-bar-size` for one it does not have. */
export function ibBarSize(size: BarSize): string {
  return (
    NAMES[size.label] ??
    fail("invalid-bar-size", `Interactive Brokers has no bars of ${size.label}`, {
      cure: `choose one of ${Object.keys(NAMES).join(", ")}`,
    })
  );
}

/** The bar size behind one of the gateway's names; undefined for a name it does not know. */
export function barSizeOfIb(name: string): BarSize | undefined {
  const label = Object.keys(NAMES).find((each) => NAMES[each] === name);
  return label === undefined ? undefined : barSize(label);
}

/** The gateway's name of a price type. */
export function whatToShow(priceType: PriceType): WhatToShow {
  const names: Readonly<Record<PriceType, WhatToShow>> = {
    trades: "TRADES",
    midpoint: "MIDPOINT",
    bid: "BID",
    ask: "ASK",
    adjusted: "ADJUSTED_LAST",
  };
  return names[priceType];
}
