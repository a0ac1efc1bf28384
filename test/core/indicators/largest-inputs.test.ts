import { describe, expect, it } from "vitest";
import { atr } from "../../../core/indicators/atr.ts";
import { donchian } from "../../../core/indicators/donchian.ts";
import { ema } from "../../../core/indicators/ema.ts";
import { macd } from "../../../core/indicators/macd.ts";
import { rsi } from "../../../core/indicators/rsi.ts";
import { sessionVwap } from "../../../core/indicators/session-vwap.ts";
import type { Bar } from "../../../core/market/bar.ts";

// Goal: one absurd price cannot poison an indicator that remembers everything: it takes prices up
// to 2^500 in magnitude, refuses larger ones by its name, and stays as it was.

const LARGEST = 2 ** 500;
const TOO_LARGE = LARGEST * (1 + 2 ** -52);

interface Fed {
  readonly name: string;
  readonly value: number;
  readonly update: (price: number) => number;
  readonly replace: (price: number) => number;
}

/** An indicator of bars, fed with bars of one price. */
function ofBars(indicator: ReturnType<typeof atr> | ReturnType<typeof sessionVwap>): Fed {
  const flat = (price: number) => bar({ high: price, low: price, close: price });
  return {
    name: indicator.name,
    get value() {
      return indicator.value;
    },
    update: (price) => indicator.update(flat(price)),
    replace: (price) => indicator.replace(flat(price)),
  };
}

function bar(given: Partial<Bar>): Bar {
  return { openTime: 0, closeTime: 1, open: 1, high: 1, low: 1, close: 1, volume: 1, ...given };
}

const cases: readonly (readonly [string, () => Fed])[] = [
  ["EMA", () => ema(1)],
  ["RSI", () => rsi(1)],
  ["MACD", () => macd({ fast: 1, slow: 2, signal: 1 })],
  ["ATR", () => ofBars(atr(1))],
  ["VWAP", () => ofBars(sessionVwap(() => 1, { barsPerSession: 9 }))],
];

describe.each(cases)("%s", (_title, create) => {
  it.each([LARGEST, -LARGEST])("takes %d, as a new price and as another one", (price) => {
    const indicator = create();
    indicator.update(1);
    expect(indicator.update(price)).toBe(indicator.value);
    expect(indicator.replace(price)).toBe(indicator.value);
    expect(Number.isFinite(indicator.value)).toBe(true);
  });

  it.each([TOO_LARGE, -TOO_LARGE])("refuses %d, and stays as it was", (price) => {
    const indicator = create();
    indicator.update(1);
    indicator.update(2);
    const before = indicator.value;
    const refusal = `${indicator.name} cannot take `;
    expect(() => indicator.update(price)).toThrow(refusal);
    expect(() => indicator.replace(price)).toThrow(refusal);
    expect(indicator.value).toBe(before);
    expect(indicator.replace(2)).toBe(before);
  });
});

describe("ATR", () => {
  it.each(["high", "low", "close"] as const)("refuses a bar for its %s alone", (price) => {
    const range = atr(1);
    expect(range.update(bar({ [price]: -LARGEST }))).toBe(range.value);
    expect(() => range.update(bar({ [price]: -TOO_LARGE }))).toThrow("ATR(1) cannot take");
    expect(() => range.replace(bar({ [price]: TOO_LARGE }))).toThrow("ATR(1) cannot take");
  });
});

describe("what a bar is refused for", () => {
  it("is named by the sum of its prices, or by what lies between them", () => {
    const range = atr(1);
    range.update(bar({}));
    const sum = `cannot take ${2 ** 501 + 2 ** 500} as an input`;
    const large = bar({ high: 2 ** 501, low: 2 ** 499, close: 2 ** 499 });
    expect(() => range.update(large)).toThrow(sum);
    expect(() => range.replace(large)).toThrow(sum);
    const channel = donchian(1);
    channel.update(bar({}));
    const endless = bar({ high: Number.POSITIVE_INFINITY, low: Number.NEGATIVE_INFINITY });
    expect(() => channel.update(endless)).toThrow("cannot take Infinity");
    expect(() => channel.replace(endless)).toThrow("cannot take Infinity");
    const bottomless = bar({ low: Number.NEGATIVE_INFINITY });
    expect(() => channel.update(bottomless)).toThrow("DONCHIAN(1) cannot take Infinity");
    expect(channel.value).toBe(1);
  });
});

describe("Donchian", () => {
  it("takes the largest double on both sides", () => {
    const channel = donchian(1);
    channel.update(bar({ high: Number.MAX_VALUE, low: -Number.MAX_VALUE }));
    expect([0, 1, 2].map((line) => channel.line(line))).toStrictEqual([
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      0,
    ]);
  });
});

describe("VWAP", () => {
  it("takes volumes of 0 to 2^500", () => {
    const average = sessionVwap(() => 1, { barsPerSession: 9 });
    for (const volume of [0, LARGEST]) {
      average.update(bar({ close: 4, volume }));
      expect(average.value).toBe(2);
    }
    for (const volume of [-5e-324, TOO_LARGE]) {
      expect(() => average.update(bar({ volume }))).toThrow(`cannot take ${volume} as an input`);
    }
  });
});
