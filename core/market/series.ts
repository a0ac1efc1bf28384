import type { BarSize } from "../time/bar-size.ts";
import type { Instrument } from "./instrument.ts";

/** Which price a bar is made of. Series of different price types never mix. */
export type PriceType = "trades" | "midpoint" | "bid" | "ask" | "adjusted";

/** Which hours a bar covers: the regular session, or extended hours as well. */
export type SessionScope = "regular" | "all";

/** The identity of a stream of bars. */
export interface Series {
  readonly instrument: Instrument;
  readonly size: BarSize;
  readonly priceType: PriceType;
  readonly scope: SessionScope;
  /** Canonical text form, equal for equal series: `IF.CFFEX 15m trades regular`. */
  readonly key: string;
}

/** Builds a series; trades in the regular session unless said otherwise. */
export function series(
  of: Instrument,
  size: BarSize,
  priceType: PriceType = "trades",
  scope: SessionScope = "regular",
): Series {
  const name = of.exchange === "" ? of.symbol : `${of.symbol}.${of.exchange}`;
  return Object.freeze({
    instrument: of,
    size,
    priceType,
    scope,
    key: `${name} ${size.label} ${priceType} ${scope}`,
  });
}
