import { describe, expect, it } from "vitest";
import { money, ZERO_MONEY } from "../../../core/trading/money.ts";
import { sideSign } from "../../../core/trading/order.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";

// Goal: an amount is the decimal that is written, and nothing that is no number is an amount.
describe("money", () => {
  it("is the decimal that a number prints as", () => {
    expect(money(0.1).plus(money(0.2)).toString()).toBe("0.3");
    expect(money("12345678901234567890.01").toString()).toBe("12345678901234567890.01");
    expect(ZERO_MONEY.toString()).toBe("0");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d",
    (amount) => {
      expect(() => money(amount)).toThrow(`${amount} is not an amount of money`);
    },
  );

  it("refuses text that is no number with a code, like anything else it refuses", () => {
    expect(() => money("ten")).toThrow(expect.objectContaining({ code: "invalid-amount" }));
  });
});

describe("sideSign", () => {
  it("is plus one to buy and minus one to sell", () => {
    expect([sideSign("buy"), sideSign("sell")]).toEqual([1, -1]);
  });
});

describe("defineStrategy", () => {
  const rules = () => ({ onBar: () => {} });

  it("gives the strategy back", () => {
    const strategy = { name: "hold", parameters: { length: 3 }, setup: rules };
    expect(defineStrategy(strategy)).toBe(strategy);
  });

  it("refuses one without a name", () => {
    expect(() => defineStrategy({ name: "", parameters: {}, setup: rules })).toThrow(
      "a strategy needs a name",
    );
  });
});
