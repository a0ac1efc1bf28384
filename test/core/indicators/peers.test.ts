import * as technical from "technicalindicators";
import * as signals from "trading-signals";
import { describe, expect, it } from "vitest";
import { atr } from "../../../core/indicators/atr.ts";
import { bollinger } from "../../../core/indicators/bollinger.ts";
import { donchian } from "../../../core/indicators/donchian.ts";
import { ema } from "../../../core/indicators/ema.ts";
import type { Indicator } from "../../../core/indicators/indicator.ts";
import { macd } from "../../../core/indicators/macd.ts";
import { rateOfChange } from "../../../core/indicators/roc.ts";
import { rsi } from "../../../core/indicators/rsi.ts";
import { sessionVwap } from "../../../core/indicators/session-vwap.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { standardDeviation } from "../../../core/indicators/standard-deviation.ts";
import { wma } from "../../../core/indicators/wma.ts";
import { futuresCloses as closes, futuresBars } from "../../contracts/indicator-inputs.ts";

// Goal: where the definitions agree, the values of two independent packages are the same but for
// their rounding, on every real bar; where only the seeds differ, from the warm-up on.

const highs = futuresBars.map((bar) => bar.high);
const lows = futuresBars.map((bar) => bar.low);
const volumes = futuresBars.map((bar) => bar.volume);

/** The named lines after every bar, of the bars that have them. */
function valuesOf(indicator: Indicator, names: readonly string[]): number[][] {
  const places = names.map((name) => indicator.lines.indexOf(name));
  const rows: number[][] = [];
  for (const bar of futuresBars) {
    if (indicator.input === "price") indicator.update(bar.close);
    else indicator.update(bar);
    if (indicator.isReady) rows.push(places.map((place) => indicator.line(place)));
  }
  return rows;
}

/** Compares the last rows, as many as both have, or those from the warm-up on. */
function expectClose(
  own: readonly number[][],
  peer: readonly (readonly number[])[],
  tolerance: number,
  skip = 0,
): void {
  const count = Math.min(own.length, peer.length) - skip;
  expect(count).toBeGreaterThan(2_000);
  const [mine, theirs] = [own.slice(-count), peer.slice(-count)];
  mine.forEach((row, index) => {
    row.forEach((value, line) => {
      const expected = theirs[index]![line]!;
      const limit = tolerance * Math.max(1, Math.abs(expected));
      if (!(Math.abs(value - expected) <= limit)) expect([index, value]).toEqual([index, expected]);
    });
  });
}

const single = (values: readonly (number | undefined)[]): number[][] =>
  values.map((value) => [value!]);

function signalsOf<Input>(
  indicator: { add(input: Input): unknown },
  inputs: readonly Input[],
  names: readonly string[] = [],
): number[][] {
  const rows: number[][] = [];
  for (const input of inputs) {
    const result = indicator.add(input);
    if (typeof result === "number") rows.push([result]);
    else if (result !== null) {
      rows.push(names.map((name) => (result as Record<string, number>)[name]!));
    }
  }
  return rows;
}

describe("trading-signals 8.3 gives the same", () => {
  const bands = ["middle", "upper", "lower"];

  it("moving averages, bands and changes", () => {
    expectClose(valuesOf(sma(40), ["value"]), signalsOf(new signals.SMA(40), closes), 1e-12);
    expectClose(valuesOf(wma(40), ["value"]), signalsOf(new signals.WMA(40), closes), 1e-12);
    expectClose(
      valuesOf(bollinger(), bands),
      signalsOf(new signals.BollingerBands(20), closes, bands),
      1e-12,
    );
    const changes = signalsOf(new signals.ROC(10), closes).map(([ratio]) => [100 * ratio!]);
    expectClose(valuesOf(rateOfChange(10), ["value"]), changes, 1e-12);
  });

  it("RSI and ATR, from the first value on", () => {
    expectClose(valuesOf(rsi(), ["value"]), signalsOf(new signals.RSI(14), closes), 1e-11);
    expectClose(valuesOf(atr(), ["value"]), signalsOf(new signals.ATR(14), futuresBars), 1e-12);
  });

  it("Donchian channels, bit for bit", () => {
    const channel = ["upper", "lower", "middle"];
    const theirs = signalsOf(new signals.DonchianChannels(20), futuresBars, channel);
    expectClose(valuesOf(donchian(), channel), theirs, 0);
  });

  it("EMA and MACD, whose seed is another, from the warm-up on", () => {
    expectClose(valuesOf(ema(20), ["value"]), signalsOf(new signals.EMA(20), closes), 1e-9, 300);
    const theirs = new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9));
    const names = ["macd", "signal", "histogram"];
    expectClose(valuesOf(macd(), names), signalsOf(theirs, closes, names), 1e-6, 500);
  });

  it("VWAP, within one session", () => {
    const own = sessionVwap(() => 1, { barsPerSession: 4_000 });
    expectClose(valuesOf(own, ["value"]), signalsOf(new signals.VWAP(), futuresBars), 1e-12);
  });
});

describe("technicalindicators 3.1 gives the same", () => {
  it("moving averages, deviation and bands", () => {
    const input = { period: 20, values: closes };
    expectClose(valuesOf(sma(20), ["value"]), single(technical.SMA.calculate(input)), 1e-11);
    expectClose(valuesOf(wma(20), ["value"]), single(technical.WMA.calculate(input)), 1e-11);
    expectClose(valuesOf(ema(20), ["value"]), single(technical.EMA.calculate(input)), 1e-12);
    expectClose(
      valuesOf(standardDeviation(20), ["value"]),
      single(technical.SD.calculate(input)),
      1e-8,
    );
    const bands = technical.BollingerBands.calculate({ ...input, stdDev: 2 });
    const rows = bands.map(({ middle, upper, lower }) => [middle, upper, lower]);
    expectClose(valuesOf(bollinger(), ["middle", "upper", "lower"]), rows, 1e-11);
  });

  it("RSI (to the two decimals it gives), rate of change and MACD", () => {
    const strengths = technical.RSI.calculate({ period: 14, values: closes });
    expectClose(valuesOf(rsi(), ["value"]), single(strengths), 0.005_001);
    const changes = technical.ROC.calculate({ period: 10, values: closes });
    expectClose(valuesOf(rateOfChange(10), ["value"]), single(changes), 1e-11);
    const rows = technical.MACD.calculate({
      values: closes,
      fastPeriod: 12,
      slowPeriod: 26,
      signalPeriod: 9,
      SimpleMAOscillator: false,
      SimpleMASignal: false,
    }).map((each) => [each.MACD!, each.signal!, each.histogram!]);
    expectClose(valuesOf(macd(), ["macd", "signal", "histogram"]), rows, 1e-9, 100);
  });

  it("ATR, which leaves the first bar out, from the warm-up on, and VWAP", () => {
    const columns = { high: highs, low: lows, close: closes };
    const ranges = technical.ATR.calculate({ ...columns, period: 14 });
    expectClose(valuesOf(atr(), ["value"]), single(ranges), 1e-9, 400);
    const prices = technical.VWAP.calculate({ ...columns, volume: volumes });
    const own = sessionVwap(() => 1, { barsPerSession: 4_000 });
    expectClose(valuesOf(own, ["value"]), single(prices), 1e-11);
  });
});
