import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactTotal } from "../../../core/trading/exact-total.ts";
import { type Money, money, ZERO_MONEY } from "../../../core/trading/money.ts";

// Goal: the total is the exact decimal sum, whichever of its two ways an amount takes.

type Item = readonly [units: number, price: number, multiplier: number];

function exactSum(initial: Money, items: readonly Item[]): Money {
  return items.reduce(
    (sum, [units, price, multiplier]) => sum.plus(money(units).times(price).times(multiplier)),
    initial,
  );
}

function totalOf(initial: Money, items: readonly Item[]): ExactTotal {
  const total = new ExactTotal(initial);
  for (const [units, price, multiplier] of items) total.add(units, price, multiplier);
  return total;
}

const decimals = (digits: number): fc.Arbitrary<number> =>
  fc.integer({ min: -2e9, max: 2e9 }).map((whole) => Number(`${whole}e-${digits}`));

const anyNumber = fc.double({ noNaN: true, min: -1e15, max: 1e15 });
const prices = fc.oneof(decimals(0), decimals(2), decimals(6), decimals(9), anyNumber);
const counts = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.integer({ min: -1e9, max: 1e9 }),
  decimals(3),
);
const multipliers = fc.oneof(fc.constantFrom(1, 50, 300), decimals(1));
const items = fc.array(fc.tuple(counts, prices, multipliers), { maxLength: 30 });

describe("ExactTotal", () => {
  it("is the exact sum for any amounts, wherever it is looked at", () => {
    fc.assert(
      fc.property(items, items, prices, (first, second, initial) => {
        const total = totalOf(money(initial), first);
        const halfway = exactSum(money(initial), first);
        expect(total.amount.eq(halfway)).toBe(true);
        for (const [units, price, multiplier] of second) total.add(units, price, multiplier);
        expect(total.amount.eq(exactSum(halfway, second))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("adds up where floating point does not", () => {
    const tenths = Array.from({ length: 10 }, (): Item => [1, 0.1, 1]);
    expect(totalOf(ZERO_MONEY, tenths).amount.toFixed()).toBe("1");
    expect(totalOf(money(1_000_000), [[-3, 3_912.4, 300]]).amount.toFixed()).toBe("-2521160");
  });

  it.each<[string, Item[], string]>([
    ["has a seventh decimal", [[1, 0.0000001, 1]], "0.0000001"],
    ["counts parts of a unit", [[0.5, 0.1, 1]], "0.05"],
    ["has a multiplier in fractions", [[1, 0.1, 0.5]], "0.05"],
    ["is a product beyond 2^53 millionths", [[9_007_199_254, 1.000001, 1]], "9007208261.199254"],
    [
      "takes the sum beyond 2^53 millionths",
      [
        [1, 9_000_000_000.5, 1],
        [1, 900_000_000.25, 1],
      ],
      "9900000000.75",
    ],
    [
      "is back in reach after one that was not",
      [
        [1, 1e15, 1],
        [1, 0.25, 1],
      ],
      "1000000000000000.25",
    ],
  ])("stays exact when an amount %s", (_case, amounts, expected) => {
    expect(totalOf(ZERO_MONEY, amounts).amount.toFixed()).toBe(expected);
  });

  it("refuses what is no number", () => {
    expect(() => totalOf(ZERO_MONEY, [[1, Number.NaN, 1]])).toThrow();
    expect(() => totalOf(ZERO_MONEY, [[1, Number.POSITIVE_INFINITY, 1]])).toThrow();
  });
});

// Goal: what an amount was does not shine through what it becomes.
describe("ExactTotal: become", () => {
  it("is what it was made, whatever waited to be worked in", () => {
    const total = new ExactTotal(money(1));
    total.add(3, 0.1, 1);
    total.become(money("7.25"));
    expect(total.amount.toFixed()).toBe("7.25");
    total.add(1, 0.75, 1);
    expect(total.amount.toFixed()).toBe("8");
  });
});
