import {
  BarGrid,
  barSize,
  calendarByName,
  createBar,
  defineStrategy,
  instant,
  instrument,
  run,
  series,
  sma,
  splice,
  TraceRecorder,
  VirtualTime,
} from "barline";
import { generateBars, SimBroker, SimGateway, Truth } from "barline/sim";

const shares = series(instrument("ACME"), barSize("5m"));
const grid = ({ size }) => new BarGrid(calendarByName("XNYS"), size);

// A market of four days, made from a seed: one slot in fifty has no trade. Ten minutes after the
// close of one bar the exchange corrects it.
const from = instant("2024-03-06T14:30:00Z");
const bars = generateBars(grid(shares), { seed: 7, bars: 300, from, emptyShare: 0.02 });
const { openTime, closeTime, open, high, low, volume } = bars.at(130);
const corrected = createBar({ openTime, closeTime, open, high, low, close: high, volume });
const truth = new Truth(shares, grid(shares), bars, 7, [
  { at: closeTime + 600_000, bar: corrected },
]);

// Small pages, a request refused for its pace and one cut short, messages that come late and twice,
// and no connection from Friday evening to Monday morning.
const clock = new VirtualTime(instant("2024-03-07T19:11:40Z"));
const gateway = new SimGateway(truth, clock, {
  seed: 7,
  pageBars: 25,
  jitterMs: 300,
  duplicateShare: 0.2,
  historyFaults: ["pacing", "partial"],
  outages: [{ from: instant("2024-03-08T20:10:00Z"), to: instant("2024-03-11T13:47:00Z") }],
});

const strategy = defineStrategy({
  name: "average",
  parameters: { length: 40 },
  setup(declare, { length }) {
    const average = declare.indicator(sma(length));
    return { onBar: ({ close }, trade) => trade.target(close > average.value ? 1 : 0) };
  },
});

const started = run({
  strategy,
  series: shares,
  source: splice({
    history: gateway.history,
    live: gateway.live,
    grid,
    clock,
  }),
  broker: new SimBroker(),
  clock,
  grid,
  observer: new TraceRecorder((line) => process.stdout.write(`${line}\n`)),
});
while (started.outcome === undefined && clock.step());
