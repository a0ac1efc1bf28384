import { describe, expect, it } from "vitest";
import { EquityCurve } from "../../../core/engine/equity-curve.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { money } from "../../../core/trading/money.ts";
import { Portfolio } from "../../../core/trading/portfolio.ts";

// Goal: one value for each close, however many there are.
describe("EquityCurve", () => {
  const portfolio = new Portfolio(money(7), "USD");
  const columns = new BarColumns();
  columns.append(0, 1, 1, 1, 1, 1, 0);
  const filled = (count: number): EquityCurve => {
    const curve = new EquityCurve();
    for (let index = 0; index < count; index += 1) {
      columns.closeTime[0] = index;
      curve.push(columns, 0, portfolio);
    }
    return curve;
  };

  it.each([0, 1, 16_384, 16_385, 40_000])("holds %d of them", (count) => {
    const curve = filled(count);
    expect([curve.length, curve.at.length, curve.equity.length]).toEqual([count, count, count]);
    expect(curve.at.every((at, index) => at === index)).toBe(true);
    expect(curve.equity.every((equity) => equity === 7)).toBe(true);
  });

  it("hands out copies", () => {
    const curve = filled(3);
    curve.equity[0] = 99;
    expect(curve.equity[0]).toBe(7);
  });
});
