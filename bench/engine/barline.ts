import {
  type BarColumns,
  BarGrid,
  calendarByName,
  defineStrategy,
  instrument,
  MemorySource,
  money,
  type RunObserver,
  run,
  type Series,
  type Strategy,
  sma,
  VirtualTime,
} from "../../core/index.ts";
import { fixedCommission, SimBroker } from "../../sim/index.ts";
import type { CrossResult } from "./hand-written.ts";

/** What the bars of the benchmark are of. */
export const BENCH_INSTRUMENT = instrument("BENCH", { priceIncrement: 0.01 });

/** The strategy of the loops that are written by hand, as a strategy. */
export const cross = defineStrategy({
  name: "sma-cross",
  parameters: { fast: 40, slow: 260, quantity: 1 },
  setup(declare, { fast, slow, quantity }) {
    const quick = declare.indicator(sma(fast));
    const steady = declare.indicator(sma(slow));
    return {
      onBar(_bar, trade) {
        trade.target(quick.value > steady.value ? quantity : -quantity);
      },
    };
  },
});

/** The same, but only in the direction of an average of hourly bars that are made on the way. */
export const hourlyTrend = defineStrategy({
  name: "sma-cross-with-trend",
  parameters: { fast: 40, slow: 260, trend: 20, quantity: 1 },
  setup(declare, { fast, slow, trend, quantity }) {
    const quick = declare.indicator(sma(fast));
    const steady = declare.indicator(sma(slow));
    const hourly = declare.indicator(sma(trend), { on: declare.series("1h") });
    return {
      onBar(bar, trade) {
        const isUp = quick.value > steady.value && bar.close > hourly.value;
        trade.target(isUp ? quantity : 0);
      },
    };
  },
});

/** A strategy through the engine: exact averages, broker, portfolio with exact cash. */
export function barlineRun(
  strategy: Strategy,
  bars: BarColumns,
  series: Series,
  observer?: RunObserver,
): CrossResult {
  const calendar = calendarByName("24/7");
  const time = new VirtualTime(0);
  const finished = run({
    strategy,
    series,
    source: new MemorySource(bars),
    broker: new SimBroker({ commission: fixedCommission(0.75) }),
    clock: time,
    driver: time,
    grid: ({ size }) => new BarGrid(calendar, size),
    initialCash: money(1_000_000),
    ...(observer === undefined ? {} : { observer }),
  });
  if (finished.outcome?.kind !== "ended") throw new Error("the run did not go to its end");
  const { fills, cash } = finished.summary();
  return { fills, cash: cash.toNumber(), equity: () => finished.equityCurve.equity };
}
