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
} from "barline";
import { readCsvBars } from "barline/csv";
import { IbSession, ibContract, openIbFeed, stoqeyClient } from "barline/ib";
import { SimBroker, Truth } from "barline/sim";
import { IbGateway } from "barline/sim/ib";
import { TwsServer } from "barline/sim/tws";
import { EvenClock, ScaledClock } from "barline/system";

// The market: a file of bars, told by a gateway whose time passes 600 times as fast.
const future = instrument("IF", { exchange: "CFFEX", currency: "CNY", multiplier: 300 });
const bars15 = series(future, barSize("15m"));
const grid = new BarGrid(calendarByName("CFFEX"), bars15.size);
const file = fileURLToPath(new URL("data/cffex-if-15m.csv", import.meta.url));
const { bars } = await readCsvBars(file, { series: bars15, grid });
const contract = ibContract({
  conId: 1,
  symbol: "IF",
  secType: "FUT",
  exchange: "CFFEX",
  currency: "CNY",
});
const machine = new EvenClock();
const clock = new ScaledClock(machine, { start: instant("2024-03-05T02:16:00Z"), speed: 600 });
const market = { contract, truth: new Truth(bars15, grid, bars, 1), minTick: 0.2 };
const gateway = new IbGateway(clock, [market]);
const server = new TwsServer(gateway);
const port = await server.listen(0);

// On a real gateway only this is needed: with its host and port, and the machine's clock alone.
const client = stoqeyClient({ host: "127.0.0.1", port, clock: machine });
const session = new IbSession(client, clock, { random: Math.random });
const wanted = { contract: { conId: 1 }, size: bars15.size, priceType: "trades", scope: "regular" };
// What comes over the network comes no faster than ever, so it may come late in fast time.
const settings = { graceMs: 30_000, staleMs: 120_000 };

const average = defineStrategy({
  name: "average",
  parameters: { length: 260 },
  setup(declare, { length }) {
    const mean = declare.indicator(sma(length));
    return {
      onBar(bar, trade) {
        const above = bar.close > mean.value;
        process.stdout.write(`${formatInstant(bar.openTime)} ${bar.close} ${mean.value}\n`);
        trade.target(above ? 1 : -1);
      },
    };
  },
});

const summary = await new Promise((resolve, reject) => {
  openIbFeed(session, wanted, settings, (result) => {
    if (result.kind === "failed") {
      reject(new Error(`${result.fault.message} ${result.cure}`));
      return;
    }
    const { feed } = result;
    const live = run({
      strategy: average,
      series: feed.series,
      source: feed.source,
      grid: feed.grid,
      clock: feed.clock,
      broker: new SimBroker(),
      to: instant("2024-03-05T02:45:00Z"),
    });
    live.onEnd(() => {
      feed.close();
      resolve(live.summary());
    });
  });
  session.start();
});
process.stdout.write(`${summary.bars} bars, ${summary.warmUpBars} of them to warm up\n`);
session.close();
gateway.close();
await server.close();
