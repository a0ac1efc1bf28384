import * as technical from "technicalindicators";
import * as signals from "trading-signals";
import { atr } from "../../core/indicators/atr.ts";
import { bollinger } from "../../core/indicators/bollinger.ts";
import { donchian } from "../../core/indicators/donchian.ts";
import { ema } from "../../core/indicators/ema.ts";
import { macd } from "../../core/indicators/macd.ts";
import { rateOfChange } from "../../core/indicators/roc.ts";
import { rsi } from "../../core/indicators/rsi.ts";
import { sessionVwap } from "../../core/indicators/session-vwap.ts";
import { sma } from "../../core/indicators/sma.ts";
import { standardDeviation } from "../../core/indicators/standard-deviation.ts";
import { wma } from "../../core/indicators/wma.ts";
import type { Bar } from "../../core/market/bar.ts";
import * as hand from "./hand-written.ts";
import { type BenchInputs, readInputs } from "./inputs.ts";

export const LIBRARIES = [
  "hand-written",
  "barline",
  "trading-signals",
  "technicalindicators",
] as const;
export type Library = (typeof LIBRARIES)[number];

/**
 * Feeds all inputs once more to one indicator and returns something that depends on every value.
 */
export type Pass = () => number;

type Contenders = Readonly<Record<"hand-written" | "barline", () => Pass>> &
  Readonly<Partial<Record<"trading-signals" | "technicalindicators", () => Pass>>>;

let inputs: BenchInputs | undefined;

function shared(): BenchInputs {
  inputs ??= readInputs();
  return inputs;
}

/** Ours and the hand-written ones answer with a number, NaN at first. */
function prices(create: () => { update(price: number): number }): () => Pass {
  return () => {
    const { closes } = shared();
    const indicator = create();
    return () => {
      let total = 0;
      for (let index = 0; index < closes.length; index += 1) {
        const value = indicator.update(closes[index]!);
        if (!Number.isNaN(value)) total += value;
      }
      return total;
    };
  };
}

function bars(create: (inputs: BenchInputs) => { update(bar: Bar): number }): () => Pass {
  return () => {
    const { bars: all } = shared();
    const indicator = create(shared());
    return () => {
      let total = 0;
      for (let index = 0; index < all.length; index += 1) {
        const value = indicator.update(all[index]!);
        if (!Number.isNaN(value)) total += value;
      }
      return total;
    };
  };
}

/** `trading-signals` answers with null at first, then with a number or an object. */
function signalPrices(
  create: () => { update(price: number, replace: boolean): unknown },
): () => Pass {
  return () => {
    const { closes } = shared();
    const indicator = create();
    return () => {
      let total = 0;
      for (let index = 0; index < closes.length; index += 1) {
        if (indicator.update(closes[index]!, false) !== null) total += 1;
      }
      return total;
    };
  };
}

function signalBars(create: () => { update(bar: Bar, replace: boolean): unknown }): () => Pass {
  return () => {
    const { bars: all } = shared();
    const indicator = create();
    return () => {
      let total = 0;
      for (let index = 0; index < all.length; index += 1) {
        if (indicator.update(all[index]!, false) !== null) total += 1;
      }
      return total;
    };
  };
}

/** `technicalindicators` answers with undefined at first, then with a number or an object. */
function technicalPrices(create: () => { nextValue(price: number): unknown }): () => Pass {
  return () => {
    const { closes } = shared();
    const indicator = create();
    return () => {
      let total = 0;
      for (let index = 0; index < closes.length; index += 1) {
        if (indicator.nextValue(closes[index]!) !== undefined) total += 1;
      }
      return total;
    };
  };
}

function technicalBars(create: () => { nextValue(bar: Bar): unknown }): () => Pass {
  return () => {
    const { bars: all } = shared();
    const indicator = create();
    return () => {
      let total = 0;
      for (let index = 0; index < all.length; index += 1) {
        if (indicator.nextValue(all[index]!) !== undefined) total += 1;
      }
      return total;
    };
  };
}

const noValues = { values: [] as number[] };
const noBars = { high: [], low: [], close: [] };

function movingAverage(length: number): Contenders {
  return {
    "hand-written": prices(() => new hand.RingMean(length)),
    barline: prices(() => sma(length)),
    "trading-signals": signalPrices(() => new signals.SMA(length)),
    technicalindicators: technicalPrices(() => new technical.SMA({ period: length, ...noValues })),
  };
}

const macdInput = {
  fastPeriod: 12,
  slowPeriod: 26,
  signalPeriod: 9,
  SimpleMAOscillator: false,
  SimpleMASignal: false,
};

/**
 * Every indicator, and who offers it. The packages' VWAP never begins anew; ours does every day.
 */
export const CONTENDERS: Readonly<Record<string, Contenders>> = {
  "SMA(40)": movingAverage(40),
  "SMA(260)": movingAverage(260),
  "EMA(20)": {
    "hand-written": prices(() => new hand.PlainAverage(2 / 21)),
    barline: prices(() => ema(20)),
    "trading-signals": signalPrices(() => new signals.EMA(20)),
    technicalindicators: technicalPrices(() => new technical.EMA({ period: 20, ...noValues })),
  },
  "WMA(40)": {
    "hand-written": prices(() => new hand.RingWeightedMean(40)),
    barline: prices(() => wma(40)),
    "trading-signals": signalPrices(() => new signals.WMA(40)),
    technicalindicators: technicalPrices(() => new technical.WMA({ period: 40, ...noValues })),
  },
  "STDDEV(20)": {
    "hand-written": prices(() => new hand.TwoPassDeviation(20, 1)),
    barline: prices(() => standardDeviation(20)),
    technicalindicators: technicalPrices(() => new technical.SD({ period: 20, ...noValues })),
  },
  "BOLLINGER(20,2)": {
    "hand-written": prices(() => new hand.TwoPassDeviation(20, 2)),
    barline: prices(() => bollinger(20, 2)),
    "trading-signals": signalPrices(() => new signals.BollingerBands(20, 2)),
    technicalindicators: technicalPrices(
      () => new technical.BollingerBands({ period: 20, stdDev: 2, ...noValues }),
    ),
  },
  "RSI(14)": {
    "hand-written": prices(() => new hand.PlainStrength(14)),
    barline: prices(() => rsi(14)),
    "trading-signals": signalPrices(() => new signals.RSI(14)),
    technicalindicators: technicalPrices(() => new technical.RSI({ period: 14, ...noValues })),
  },
  "ATR(14)": {
    "hand-written": bars(() => new hand.PlainTrueRange(14)),
    barline: bars(() => atr(14)),
    "trading-signals": signalBars(() => new signals.ATR(14)),
    technicalindicators: technicalBars(() => new technical.ATR({ period: 14, ...noBars })),
  },
  "MACD(12,26,9)": {
    "hand-written": prices(() => new hand.PlainConvergence()),
    barline: prices(() => macd()),
    "trading-signals": signalPrices(
      () => new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9)),
    ),
    technicalindicators: technicalPrices(() => new technical.MACD({ ...macdInput, ...noValues })),
  },
  "DONCHIAN(20)": {
    "hand-written": bars(() => new hand.ScanningChannel(20)),
    barline: bars(() => donchian(20)),
    "trading-signals": signalBars(() => new signals.DonchianChannels(20)),
  },
  "VWAP(session)": {
    "hand-written": bars(() => new hand.PlainSessionPrice()),
    barline: bars(({ calendar }) => sessionVwap(calendar, { barsPerSession: 240 })),
    "trading-signals": signalBars(() => new signals.VWAP()),
    technicalindicators: technicalBars(() => new technical.VWAP({ ...noBars, volume: [] })),
  },
  "ROC(10)": {
    "hand-written": prices(() => new hand.RingChange(10)),
    barline: prices(() => rateOfChange(10)),
    "trading-signals": signalPrices(() => new signals.ROC(10)),
    technicalindicators: technicalPrices(() => new technical.ROC({ period: 10, ...noValues })),
  },
};

/** Inputs in one pass. */
export function inputsPerPass(): number {
  return shared().closes.length;
}
