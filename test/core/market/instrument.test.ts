import { describe, expect, it } from "vitest";
import { type Instrument, instrument } from "../../../core/market/instrument.ts";

// Goal: an instrument is complete and possible, or it is refused with a reason.
describe("instrument", () => {
  it("needs no more than a symbol", () => {
    expect(instrument("AAPL")).toEqual({
      symbol: "AAPL",
      exchange: "",
      currency: "USD",
      multiplier: 1,
      priceIncrement: 0,
      allowsNegativePrice: false,
    });
  });

  it("takes every detail, and cannot be changed", () => {
    const details = {
      exchange: "CFFEX",
      currency: "CNY",
      multiplier: 300,
      priceIncrement: 0.2,
      allowsNegativePrice: true,
    };
    const built = instrument("IF", details);
    expect(built).toEqual({ symbol: "IF", ...details });
    expect(Object.isFrozen(built)).toBe(true);
  });

  it.each<readonly [Partial<Instrument>, string]>([
    [{ multiplier: 0 }, "the multiplier of IF is 0; give a positive number"],
    [{ multiplier: -1 }, "the multiplier of IF is -1"],
    [{ multiplier: Number.NaN }, "the multiplier of IF is NaN"],
    [{ multiplier: Number.POSITIVE_INFINITY }, "the multiplier of IF is Infinity"],
    [{ priceIncrement: -0.1 }, "the price increment of IF is -0.1; give a positive number, or 0"],
    [{ priceIncrement: Number.NaN }, "the price increment of IF is NaN"],
    [{ priceIncrement: Number.POSITIVE_INFINITY }, "the price increment of IF is Infinity"],
  ])("refuses %o", (details, message) => {
    expect(() => instrument("IF", details)).toThrow(message);
  });

  it("refuses to be nameless", () => {
    expect(() => instrument("")).toThrow("an instrument needs a symbol");
  });
});
