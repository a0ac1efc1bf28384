import {
  type BarColumns,
  BarGrid,
  calendarByName,
  defineStrategy,
  instrument,
  MemorySource,
  money,
  run,
  type Series,
  sma,
  VirtualTime,
} from "../../core/index.ts";
import { fixedCommission, SimBroker } from "../../sim/index.ts";
import type { CrossResult } from "./hand-written.ts";

const cross = defineStrategy({
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

/** The same strategy through the engine: exact averages, broker, portfolio with exact cash. */
export function barlineRun(bars: BarColumns, series: Series): CrossResult {
  const calendar = calendarByName("24/7");
  const time = new VirtualTime(0);
  const finished = run({
    strategy: cross,
    series,
    source: new MemorySource(bars),
    broker: new SimBroker({ commission: fixedCommission(0.75) }),
    clock: time,
    driver: time,
    grid: (size) => new BarGrid(calendar, size),
    initialCash: money(1_000_000),
  });
  const { fills, cash } = finished.summary();
  return { fills, cash: cash.toNumber(), equity: finished.equityCurve.equity };
}

/** What the bars of the benchmark are of. */
export const BENCH_INSTRUMENT = instrument("BENCH", { priceIncrement: 0.01 });
