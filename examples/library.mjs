import { fileURLToPath } from "node:url";
import {
  BarGrid,
  barSize,
  calendarByName,
  defineStrategy,
  formatInstant,
  instant,
  instrument,
  run,
  series,
  sma,
  splice,
  VirtualTime,
} from "barline";
import { readCsvBars } from "barline/csv";
import { SimBroker, SimGateway, Truth } from "barline/sim";

const future = instrument("IF", { exchange: "CFFEX", currency: "CNY", multiplier: 300 });
const bars15 = series(future, barSize("15m"));
const grid = ({ size }) => new BarGrid(calendarByName("CFFEX"), size);

const cross = defineStrategy({
  name: "cross",
  parameters: { fast: 40, slow: 260 },
  setup(declare, { fast, slow }) {
    const quick = declare.indicator(sma(fast));
    const steady = declare.indicator(sma(slow));
    return {
      onBar: (_bar, trade) => trade.target(quick.value > steady.value ? 1 : -1),
    };
  },
});

// The truth of the simulated market, and a gateway that tells it as history and as live bars.
const file = fileURLToPath(new URL("data/cffex-if-15m.csv", import.meta.url));
const { bars } = await readCsvBars(file, { series: bars15, grid: grid(bars15) });
const clock = new VirtualTime(instant("2024-03-05T02:07:30Z"));
const gateway = new SimGateway(new Truth(bars15, grid(bars15), bars, 1), clock);

const joined = run({
  strategy: cross,
  series: bars15,
  source: splice({
    history: gateway.history,
    live: gateway.live,
    grid,
    clock,
  }),
  broker: new SimBroker(),
  clock,
  grid,
});
while (joined.outcome === undefined && clock.step());

const { readyAt, bars: handled, fills, equity } = joined.summary();
process.stdout.write(`READY at ${formatInstant(readyAt)}\n`);
process.stdout.write(`${handled} bars, ${fills} fills, equity ${equity} CNY\n`);
