import { fail } from "../time/failure.ts";

/** What is traded. Immutable; two instruments are the same when their keys are. */
export interface Instrument {
  /** The exchange's ticker, such as `AAPL` or `IF`. */
  readonly symbol: string;
  /** Market identifier code or the venue's name; empty where it does not matter. */
  readonly exchange: string;
  /** ISO 4217 code of the currency prices are quoted in. */
  readonly currency: string;
  /** Money per point of price per unit held: 1 for a stock, 300 for a CSI 300 future. Positive. */
  readonly multiplier: number;
  /** The smallest price step, positive; 0 where it is unknown. */
  readonly priceIncrement: number;
  /** Whether a price of zero or below is possible, as for spreads and some futures. */
  readonly allowsNegativePrice: boolean;
}

/** Builds an instrument; everything but the symbol has a default. */
export function instrument(
  symbol: string,
  details: Partial<Omit<Instrument, "symbol">> = {},
): Instrument {
  const built: Instrument = {
    symbol,
    exchange: details.exchange ?? "",
    currency: details.currency ?? "USD",
    multiplier: details.multiplier ?? 1,
    priceIncrement: details.priceIncrement ?? 0,
    allowsNegativePrice: details.allowsNegativePrice ?? false,
  };
  if (symbol === "") fail("invalid-instrument", "an instrument needs a symbol");
  if (!(built.multiplier > 0 && Number.isFinite(built.multiplier))) {
    fail("invalid-instrument", `the multiplier of ${symbol} is ${built.multiplier}`, {
      cure: "give a positive number",
    });
  }
  if (!(built.priceIncrement >= 0 && Number.isFinite(built.priceIncrement))) {
    fail("invalid-instrument", `the price increment of ${symbol} is ${built.priceIncrement}`, {
      cure: "give a positive number, or 0 where it is unknown",
    });
  }
  return Object.freeze(built);
}
