import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";

// Goal: the key of a series is its identity: equal for equal ones, different where anything is.
describe("series", () => {
  it("is of trades in the regular session unless it is said otherwise", () => {
    const future = instrument("IF", { exchange: "CFFEX" });
    const built = series(future, barSize("15m"));
    expect(built).toEqual({
      instrument: future,
      size: barSize("15m"),
      priceType: "trades",
      scope: "regular",
      key: "IF.CFFEX 15m trades regular",
    });
    expect(Object.isFrozen(built)).toBe(true);
    expect(series(instrument("EURUSD"), barSize("1h"), "midpoint", "all").key).toBe(
      "EURUSD 1h midpoint all",
    );
  });

  it("catalogue 34: differs where the instrument, the size, the price or the session does", () => {
    const parts = fc.record({
      symbol: fc.constantFrom("A", "B"),
      exchange: fc.constantFrom("", "X", "Y"),
      size: fc.constantFrom("1m", "60s", "1h"),
      priceType: fc.constantFrom("trades", "midpoint", "bid", "ask", "adjusted"),
      scope: fc.constantFrom("regular", "all"),
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const [a, b] = [one, other].map(({ symbol, exchange, size, priceType, scope }) =>
          series(instrument(symbol, { exchange }), barSize(size), priceType, scope),
        );
        const isSame =
          one.symbol === other.symbol &&
          one.exchange === other.exchange &&
          barSize(one.size) === barSize(other.size) &&
          one.priceType === other.priceType &&
          one.scope === other.scope;
        expect(a!.key === b!.key).toBe(isSame);
      }),
      { numRuns: 300 },
    );
  });
});
