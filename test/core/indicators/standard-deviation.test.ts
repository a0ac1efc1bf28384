import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bollinger } from "../../../core/indicators/bollinger.ts";
import { standardDeviation } from "../../../core/indicators/standard-deviation.ts";
import {
  futuresCloses,
  hostilePrice,
  indexCloses,
  priceStream,
} from "../../contracts/indicator-inputs.ts";
import { add, compare, divide, multiply, type Rational, rational, subtract } from "./rational.ts";

// Goal: the deviation keeps its stated error bound against the exact variance, for real prices and
// for numbers that cancel, overflow and underflow when they are squared.

function exactVariance(window: readonly number[], divisor: number): Rational {
  const count = rational(window.length);
  const sum = window.reduce((total, value) => add(total, rational(value)), rational(0));
  const mean = divide(sum, count);
  const squares = window.reduce((total, value) => {
    const difference = subtract(rational(value), mean);
    return add(total, multiply(difference, difference));
  }, rational(0));
  return divide(squares, rational(divisor));
}

/** Compares squares, so that no root is needed: the error bound holds twice over for them. */
function expectWithinBound(deviation: number, window: readonly number[], divisor: number): void {
  const variance = exactVariance(window, divisor);
  const square = multiply(rational(deviation), rational(deviation));
  const bound = rational(2 * (window.length + 16) * 2 ** -53);
  // A deviation below the normal numbers is rounded to a whole number of the smallest double.
  const least = multiply(rational(2 ** -1022), rational(2 ** -1022));
  if (compare(variance, least) < 0) {
    expect(deviation).toBeLessThanOrEqual(2 ** -1022);
    return;
  }
  const slack = multiply(variance, add(bound, multiply(bound, bound)));
  expect(compare(square, add(variance, slack))).toBeLessThanOrEqual(0);
  expect(compare(square, subtract(variance, slack))).toBeGreaterThanOrEqual(0);
}

describe("standard deviation", () => {
  it.each([5, 20, 23])("keeps its error bound on real prices, window %i", (length) => {
    for (const closes of [futuresCloses, indexCloses]) {
      const deviation = standardDeviation(length);
      closes.slice(0, 1_500).forEach((close, index) => {
        deviation.update(close);
        if (index + 1 < length || index % 7 !== 0) return;
        expectWithinBound(deviation.value, closes.slice(index + 1 - length, index + 1), length);
      });
    }
  });

  it("keeps its error bound on hostile numbers", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.boolean(),
        priceStream(hostilePrice, { minLength: 9, maxLength: 20 }),
        (length, isSample, inputs) => {
          const deviation = standardDeviation(length, isSample ? "sample" : "population");
          inputs.forEach((input, index) => {
            deviation.update(input);
            if (index + 1 < length || deviation.value === Number.MAX_VALUE) return;
            const window = inputs.slice(index + 1 - length, index + 1);
            expectWithinBound(deviation.value, window, isSample ? length - 1 : length);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps its error bound where prices differ by single units in the last place", () => {
    const near = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(0.1, 3_482.4, 1e-9, 1e15), near, (base, ulps) => {
        const window = ulps.map((count) => base * (1 + count * 2 ** -52));
        const deviation = standardDeviation(6);
        for (const value of window) deviation.update(value);
        expectWithinBound(deviation.value, window, 6);
      }),
    );
  });

  it.each([
    [[2, 4, 4, 4, 5, 5, 7, 9], 2, Math.sqrt(32 / 7)],
    [[0.1, 0.1, 0.1], 0, 0],
    [[1e300, 1e300], 0, 0],
    [[5e-324, 5e-324, 5e-324], 0, 0],
    [[1e200, -1e200], 1e200, Math.SQRT2 * 1e200],
    [[2 ** -1000, -(2 ** -1000)], 2 ** -1000, Math.SQRT2 * 2 ** -1000],
    [[2 ** -600, -(2 ** -600)], 2 ** -600, Math.SQRT2 * 2 ** -600],
    [[Number.MAX_VALUE, -Number.MAX_VALUE], Number.MAX_VALUE, Number.MAX_VALUE],
  ])("of %j is %d for the population and %d for a sample", (values, population, sample) => {
    for (const [kind, expected] of [
      ["population", population],
      ["sample", sample],
    ] as const) {
      const deviation = standardDeviation(values.length, kind);
      for (const value of values) deviation.update(value);
      if (expected === 0) expect(deviation.value).toBe(0);
      else expect(Math.abs(deviation.value / expected - 1)).toBeLessThan(1e-15);
    }
  });

  it("is of the population unless a sample is asked for, as the names say", () => {
    expect(standardDeviation(20).name).toBe("STDDEV(20)");
    expect(standardDeviation(20, "sample").name).toBe("STDDEV(20,sample)");
  });
});

describe("Bollinger bands", () => {
  it("lie that many deviations of the population from the middle", () => {
    const bands = bollinger(8, 1.5);
    for (const price of [2, 4, 4, 4, 5, 5, 7, 9]) bands.update(price);
    expect(bands.lines.map((name, index) => [name, bands.line(index)])).toStrictEqual([
      ["middle", 5],
      ["upper", 8],
      ["lower", 2],
    ]);
  });

  it("end at the largest double", () => {
    const bands = bollinger(2, 3);
    bands.update(Number.MAX_VALUE);
    bands.update(-Number.MAX_VALUE);
    expect([bands.line(0), bands.line(1), bands.line(2)]).toStrictEqual([
      0,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
    ]);
  });

  it("are 20 prices and 2 deviations unless told otherwise", () => {
    expect(bollinger().name).toBe("BOLLINGER(20,2)");
  });
});
