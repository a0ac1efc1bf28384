import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PriceIndicator } from "../../../core/indicators/indicator.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { wma } from "../../../core/indicators/wma.ts";
import {
  futuresCloses,
  hostilePrice,
  indexCloses,
  priceStream,
} from "../../contracts/indicator-inputs.ts";
import { add, divide, expectNearest, multiply, type Rational, rational } from "./rational.ts";

// Goal: every SMA and WMA value is the double nearest to the exact mean of its window, ties to
// even, for real prices and for numbers made to break it, judged by rational arithmetic.

interface Kind {
  readonly title: string;
  readonly create: (length: number) => PriceIndicator;
  readonly weight: (age: number) => number;
}

const kinds: readonly Kind[] = [
  { title: "SMA", create: sma, weight: () => 1 },
  { title: "WMA", create: wma, weight: (age) => age + 1 },
];

function exactMean(window: readonly number[], weight: (age: number) => number): Rational {
  let sum = rational(0);
  let weights = 0;
  window.forEach((value, age) => {
    sum = add(sum, multiply(rational(value), rational(weight(age))));
    weights += weight(age);
  });
  return divide(sum, rational(weights));
}

function expectNearestMeans(kind: Kind, length: number, inputs: readonly number[], step = 1): void {
  const indicator = kind.create(length);
  let checked = 0;
  inputs.forEach((input, index) => {
    const value = indicator.update(input);
    if (index + 1 < length || index % step !== 0) return;
    const window = inputs.slice(index + 1 - length, index + 1);
    expectNearest(value, exactMean(window, kind.weight));
    checked += 1;
  });
  expect(checked).toBeGreaterThan(0);
}

/** `count` closes after one another, over and over. */
function repeated(count: number): number[] {
  return Array.from({ length: count }, (_, index) => futuresCloses[index % futuresCloses.length]!);
}

describe.each(kinds)("$title values are the nearest doubles", (kind) => {
  it.each([
    [2, 1],
    [7, 1],
    [40, 3],
    [260, 11],
  ])("on real prices, window %i", (length, step) => {
    expectNearestMeans(kind, length, futuresCloses, step);
    expectNearestMeans(kind, length, indexCloses, step);
  });

  it("with million-fold spikes, which leave no trace once they are out of the window", () => {
    const spiked = futuresCloses.map((close, index) => (index % 97 === 0 ? close * 1e6 : close));
    expectNearestMeans(kind, 40, spiked, 3);
    const absurd = futuresCloses.map((close, index) => (index % 97 === 0 ? close * 1e24 : close));
    expectNearestMeans(kind, 40, absurd.slice(0, 400));
  });

  it("on hostile numbers", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        priceStream(hostilePrice, { minLength: 12, maxLength: 40 }),
        (length, inputs) => expectNearestMeans(kind, length, inputs),
      ),
      { numRuns: 300 },
    );
  });

  it("at ties and next to them, by a hair on either side", () => {
    const hair = fc.constantFrom(0, 2 ** -28, -(2 ** -28), 2 ** -52, 2 ** -80, -(2 ** -80));
    const big = fc
      .tuple(fc.integer({ min: 2 ** 52, max: 2 ** 53 - 1 }), fc.integer({ min: -60, max: -14 }))
      .map(([significand, exponent]) => significand * 2 ** exponent);
    const near = fc
      .tuple(
        big,
        fc.array(fc.tuple(fc.integer({ min: -2, max: 2 }), hair), { minLength: 8, maxLength: 16 }),
      )
      .map(([base, offsets]) =>
        offsets.map(([ulps, tiny], index) =>
          index % 2 === 0 ? base + ulps * base * 2 ** -52 : tiny === 0 ? base : tiny,
        ),
      );
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 6, 8), near, (length, inputs) =>
        expectNearestMeans(kind, length, inputs),
      ),
      { numRuns: 400 },
    );
  });

  it("when large numbers cancel and leave the smallest part of the sum", () => {
    const canceling = [
      2 ** 40,
      -(2 ** 40),
      2 ** -50,
      3,
      -3,
      2 ** -54 + 2 ** -70,
      0,
      2 ** -30,
      1e-9,
    ];
    for (const length of [1, 2, 3, 4, 5]) {
      expectNearestMeans(kind, length, [...canceling, ...canceling, ...canceling]);
    }
  });

  it("when the part on the finest grid is as large as the rest of the sum", () => {
    const small = fc
      .tuple(fc.double({ min: 1, max: 8, noNaN: true }), fc.boolean())
      .map(([magnitude, isNegative]) => (isNegative ? -magnitude : magnitude));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(small, { minLength: 24, maxLength: 24 }),
        (length, inputs) => {
          // The smallest sizes that the bins hold: 2^(2w-56), where 2^w is 4 up to 4 terms, else 8.
          const least = 2 ** (length > 4 ? -50 : -52);
          const scaled = inputs.map((each) => each * least);
          expectNearestMeans(kind, length, scaled);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("on both sides of the edges of what the bins hold", () => {
    for (const length of [1, 3, 4, 5, 8, 9]) {
      const edges: number[] = [];
      for (let exponent = -56; exponent <= 53; exponent += 1) {
        const power = 2 ** exponent;
        edges.push(power * (1 - 2 ** -53), power, power * (1 + 2 ** -52), power - 1, -power);
      }
      expectNearestMeans(kind, length, edges);
    }
  });
});

describe("exact means, cases known beforehand", () => {
  it("rounds a tie to even", () => {
    // The mean of 1 and the next double lies half way between the two; 1 is the even one.
    const mean = sma(2);
    mean.update(1);
    expect(mean.update(1 + 2 ** -52)).toBe(1);
    expect(mean.update(1 + 2 ** -51)).toBe(1 + 2 ** -51);
  });

  it("is not pulled off a tie by parts too small for one addition", () => {
    // The window sums to a tie and 2^-80 more, or less: it must round up, or down.
    for (const [tiny, expected] of [
      [2 ** -80, 2 ** 30 + 2 ** -22],
      [-(2 ** -80), 2 ** 30],
    ] as const) {
      const mean = sma(4);
      const least = 2 ** -28;
      for (const value of [2 ** 31, 2 ** 31 + 2 ** -21, -least, least + tiny]) mean.update(value);
      expect(mean.value).toBe(expected);
    }
  });

  it("gives the same constant, 0 without a sign, and the largest double", () => {
    for (const [input, expected] of [
      [0.1, 0.1],
      [-0, 0],
      [Number.MAX_VALUE, Number.MAX_VALUE],
      [5e-324, 5e-324],
    ] as const) {
      for (const create of [sma, wma]) {
        const mean = create(3);
        for (let count = 0; count < 5; count += 1) mean.update(input);
        expect(mean.value).toBe(expected);
      }
    }
  });

  it("has no sign when it rounds to 0 from below", () => {
    const mean = sma(2);
    mean.update(0);
    expect(mean.update(-5e-324)).toBe(0);
  });

  it("weighs the newest price most", () => {
    const mean = wma(3);
    for (const price of [1, 2, 6]) mean.update(price);
    expect(mean.value).toBe((1 * 1 + 2 * 2 + 6 * 3) / 6);
  });

  it("holds for the longest windows", () => {
    const long = sma(2 ** 14);
    const inputs = repeated(2 ** 14 + 100);
    for (const input of inputs) long.update(input);
    expectNearest(
      long.value,
      exactMean(inputs.slice(-(2 ** 14)), () => 1),
    );
    const linear = wma(2_048);
    for (const input of inputs.slice(0, 3_000)) linear.update(input);
    expectNearest(
      linear.value,
      exactMean(inputs.slice(3_000 - 2_048, 3_000), (age) => age + 1),
    );
  });
});
