import { describe, expect, it } from "vitest";
import { atr } from "../../../core/indicators/atr.ts";
import { donchian } from "../../../core/indicators/donchian.ts";
import { ema } from "../../../core/indicators/ema.ts";
import { macd } from "../../../core/indicators/macd.ts";
import { rateOfChange } from "../../../core/indicators/roc.ts";
import { rsi } from "../../../core/indicators/rsi.ts";
import type { Bar } from "../../../core/market/bar.ts";

// Goal: the cases that people know, and the conventions where books and libraries disagree.

function bar(high: number, low: number, close: number): Bar {
  return { openTime: 0, closeTime: 1, open: close, high, low, close, volume: 1 };
}

describe("RSI", () => {
  /** The worked example of StockCharts' ChartSchool, "Relative Strength Index". */
  const textbookCloses = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
  ];

  it("gives the values of the widely known example", () => {
    const strength = rsi(14);
    const values = textbookCloses.map((close) => strength.update(close)).slice(14);
    expect(values.map((value) => value.toFixed(2))).toStrictEqual([
      "70.53",
      "66.32",
      "66.55",
      "69.41",
      "66.36",
      "57.97",
    ]);
  });

  it("is 100 without a loss, 0 without a gain, and 50 where nothing moved", () => {
    for (const [step, expected] of [
      [1, 100],
      [-1, 0],
      [0, 50],
    ] as const) {
      const strength = rsi(5);
      for (let count = 0; count < 20; count += 1) strength.update(100 + count * step);
      expect(strength.value).toBe(expected);
    }
  });

  it("stays a number of 0 to 100 after a standstill so long that its averages vanish", () => {
    const strength = rsi(2);
    strength.update(1);
    strength.update(2);
    strength.update(1.5);
    for (let count = 0; count < 3_000; count += 1) strength.update(1.5);
    expect(strength.value).toBeGreaterThanOrEqual(0);
    expect(strength.value).toBeLessThanOrEqual(100);
  });
});

describe("EMA", () => {
  it("starts from the mean and moves by 2 / (length + 1)", () => {
    const average = ema(3);
    expect([2, 4, 6, 8, 4].map((price) => average.update(price))).toStrictEqual([
      Number.NaN,
      Number.NaN,
      4,
      6,
      5,
    ]);
  });

  it("states the warm-up that its weight needs, and a longer one for a smaller tolerance", () => {
    // The weight left after n more prices is (1 - 2 / 21)^n: below 1e-9 from the 208th on.
    expect(ema(20).warmUp).toBe(20 + 208);
    expect(ema(20, { tolerance: 1e-3 }).warmUp).toBe(20 + 70);
  });

  it("gives a constant exactly", () => {
    const average = ema(7);
    for (let count = 0; count < 50; count += 1) average.update(0.1);
    expect(average.value).toBeCloseTo(0.1, 15);
    const settled = average.value;
    expect(average.update(settled)).toBe(settled);
  });
});

describe("ATR", () => {
  it("spans the close before it, but for the first bar", () => {
    const range = atr(2);
    expect(range.update(bar(12, 10, 11))).toBeNaN();
    // 15 to 14, reached from 11: a true range of 4.
    expect(range.update(bar(15, 14, 14))).toBe(3);
    // 13 to 8, reached from 14: a true range of 6; half way from 3.
    expect(range.update(bar(13, 8, 9))).toBe(4.5);
  });

  it("replaces its very first bar", () => {
    const range = atr(1);
    expect(range.update(bar(12, 10, 11))).toBe(2);
    expect(range.replace(bar(15, 10, 11))).toBe(5);
    expect(range.update(bar(11, 11, 11))).toBe(0);
  });
});

describe("MACD", () => {
  it("is ready when its signal is, on all lines at once", () => {
    const convergence = macd();
    expect(convergence.readyAfter).toBe(34);
    for (let count = 1; count < 34; count += 1) convergence.update(count);
    expect([0, 1, 2].map((line) => convergence.line(line))).toStrictEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    convergence.update(34);
    // On a straight line each average lags by half its length less one: 12.5 - 5.5.
    expect(convergence.line(0)).toBeCloseTo(7, 12);
    expect(convergence.line(1)).toBeCloseTo(7, 12);
    expect(convergence.line(2)).toBeCloseTo(0, 12);
  });
});

describe("Donchian", () => {
  it("holds the extremes of the window and lets them go", () => {
    const channel = donchian(2);
    channel.update(bar(12, 10, 11));
    channel.update(bar(11, 9, 10));
    expect([0, 1, 2].map((line) => channel.line(line))).toStrictEqual([12, 9, 10.5]);
    channel.update(bar(10, 9.5, 10));
    expect([0, 1, 2].map((line) => channel.line(line))).toStrictEqual([11, 9, 10]);
  });

  it("has a middle where the sum of the extremes would overflow", () => {
    const channel = donchian(1);
    channel.update(bar(1.7e308, 1.5e308, 1.6e308));
    expect(channel.line(2)).toBe(1.6e308);
  });
});

describe("rate of change", () => {
  it("is in percent of the earlier price", () => {
    const change = rateOfChange(2);
    expect([100, 103, 110, 51.5].map((price) => change.update(price))).toStrictEqual([
      Number.NaN,
      Number.NaN,
      10,
      -50,
    ]);
  });

  it("is 0 where the earlier price is 0, and ends at the largest double", () => {
    const change = rateOfChange(1);
    change.update(0);
    expect(change.update(5)).toBe(0);
    change.update(5e-324);
    expect(change.update(1e308)).toBe(Number.MAX_VALUE);
  });
});
