import { describe, expect, it } from "vitest";
import { atr } from "../../../core/indicators/atr.ts";
import { bollinger } from "../../../core/indicators/bollinger.ts";
import { donchian } from "../../../core/indicators/donchian.ts";
import { ema } from "../../../core/indicators/ema.ts";
import { macd } from "../../../core/indicators/macd.ts";
import { rateOfChange } from "../../../core/indicators/roc.ts";
import { rsi } from "../../../core/indicators/rsi.ts";
import { sessionVwap } from "../../../core/indicators/session-vwap.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { standardDeviation } from "../../../core/indicators/standard-deviation.ts";
import { wma } from "../../../core/indicators/wma.ts";
import { BarlineError } from "../../../core/time/failure.ts";

// Goal: a parameter out of range is refused at once, by an error that names it and says what to
// give.

const noSession = () => 0;
const lengths: readonly (readonly [string, (length: number) => unknown, number])[] = [
  ["SMA", sma, 2 ** 20],
  ["WMA", wma, 2_048],
  ["EMA", ema, 2 ** 20],
  ["STDDEV", standardDeviation, 2 ** 20],
  ["BOLLINGER", bollinger, 2 ** 20],
  ["RSI", rsi, 2 ** 20],
  ["ATR", atr, 2 ** 20],
  ["DONCHIAN", donchian, 2 ** 20],
  ["ROC", rateOfChange, 2 ** 20],
  ["MACD", (signal) => macd({ signal }), 2 ** 20],
  ["VWAP", (barsPerSession) => sessionVwap(noSession, { barsPerSession }), 86_400],
];

const otherNames: Readonly<Record<string, string>> = {
  MACD: "signal length",
  VWAP: "number of bars per session",
};

describe.each(lengths)("%s", (name, create, most) => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, most + 1])("refuses %d", (length) => {
    expect(() => create(length)).toThrow(BarlineError);
    const parameter = otherNames[name] ?? "length";
    expect(() => create(length)).toThrow(
      new RegExp(`^the ${parameter} of ${name} is ${length}; give an integer of 1 to ${most}$`),
    );
  });

  it("takes 1 and the largest", () => {
    expect(() => create(1)).not.toThrow();
    // The longest memories take long to fade, which their constructors count: one is enough.
    if (!["RSI", "ATR", "MACD"].includes(name)) expect(() => create(most)).not.toThrow();
  });
});

describe("other parameters", () => {
  it.each([0, -1e-9, 1e-17, 0.6, Number.NaN])("refuses a tolerance of %d", (tolerance) => {
    for (const [name, create] of [
      ["EMA", () => ema(20, { tolerance })],
      ["RSI", () => rsi(14, { tolerance })],
      ["ATR", () => atr(14, { tolerance })],
      ["MACD", () => macd({ tolerance })],
    ] as const) {
      expect(create).toThrow(`the tolerance of ${name} is ${tolerance}; give a number of 2.2`);
    }
  });

  it("refuses a sample of one, a band of no width, and a fast average that is not faster", () => {
    expect(() => standardDeviation(1, "sample")).toThrow("give an integer of 2 to 1048576");
    expect(() => bollinger(20, 0)).toThrow("the width of BOLLINGER is 0");
    expect(() => bollinger(20, Number.NaN)).toThrow("the width of BOLLINGER is NaN");
    expect(() => bollinger(20, 1_001)).toThrow("the width of BOLLINGER is 1001");
    expect(() => macd({ fast: 26 })).toThrow(
      "the fast length of MACD is 26; give an integer of 1 to 25",
    );
    expect(() => macd({ slow: 1 })).toThrow("the slow length of MACD is 1");
  });

  it("takes the least and the largest tolerance and width", () => {
    for (const tolerance of [2 ** -52, 0.5]) expect(() => ema(2, { tolerance })).not.toThrow();
    for (const width of [5e-324, 1_000]) expect(() => bollinger(20, width)).not.toThrow();
  });

  it("refuses by a code that programs can tell", () => {
    for (const create of [() => ema(0), () => bollinger(20, 0), () => rsi(14, { tolerance: 1 })]) {
      expect(create).toThrow(expect.objectContaining({ code: "indicator-parameter" }));
    }
  });

  it("says of each indicator its name, its lines, and how many inputs it needs", () => {
    const facts = [
      sma(3),
      wma(3),
      ema(3),
      standardDeviation(3),
      standardDeviation(3, "sample"),
      bollinger(),
      bollinger(9, 1.5),
      rsi(),
      atr(),
      macd(),
      donchian(),
      rateOfChange(3),
      sessionVwap(noSession, { barsPerSession: 7 }),
    ].map(({ name, input, lines, readyAfter, warmUp }) =>
      [name, input, lines.join(" "), readyAfter, warmUp].join(", "),
    );
    expect(facts).toStrictEqual([
      "SMA(3), price, value, 3, 3",
      "WMA(3), price, value, 3, 3",
      "EMA(3), price, value, 3, 33",
      "STDDEV(3), price, value, 3, 3",
      "STDDEV(3,sample), price, value, 3, 3",
      "BOLLINGER(20,2), price, middle upper lower, 20, 20",
      "BOLLINGER(9,1.5), price, middle upper lower, 9, 9",
      "RSI(14), price, value, 15, 295",
      "ATR(14), bar, value, 14, 294",
      "MACD(12,26,9), price, macd signal histogram, 34, 308",
      "DONCHIAN(20), bar, upper lower middle, 20, 20",
      "ROC(3), price, value, 4, 4",
      "VWAP(session), bar, value, 1, 7",
    ]);
  });

  it("has the defaults of the field", () => {
    const names = [rsi(), atr(), macd(), donchian()].map((each) => each.name);
    expect(names).toStrictEqual(["RSI(14)", "ATR(14)", "MACD(12,26,9)", "DONCHIAN(20)"]);
  });

  it("says in the error which lines there are", () => {
    expect(() => macd().line(3)).toThrow(
      "MACD(12,26,9) has no line 3; it has 0 (macd), 1 (signal), 2 (histogram)",
    );
  });
});
