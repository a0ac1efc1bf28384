import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../core/engine/run.ts";
import { naturalWarmUpEnd } from "../../../core/feed/backfill-plan.ts";
import type { RunObserver } from "../../../core/journal/run-observer.ts";
import { TraceRecorder } from "../../../core/journal/trace.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { formatInstant, HOUR_MS, instant } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { money } from "../../../core/trading/money.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import { SimBroker, shareOfValueCommission, ticksOfSlippage } from "../../../sim/sim-broker.ts";
import { Truth } from "../../../sim/truth.ts";
import { ibContract } from "../../ib/port/ib-contract.ts";
import { countText } from "../../kept/count-text.ts";
import type { Keeping } from "../../kept/keeping.ts";
import { DEAF_OBSERVER, observers } from "../../kept/observers.ts";
import { durationText } from "../../system/duration.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import { openBarFile } from "../bars/bar-file.ts";
import { comparisonText } from "../commands/compare.ts";
import { keepingIn } from "../journal/keeping-in.ts";
import { replayRun, requireSame } from "../journal/replay-run.ts";
import { programVersion } from "../program-version.ts";
import { ConsoleObserver } from "../run/console-observer.ts";
import { finish } from "../run/finish.ts";
import { loadStrategy } from "../run/load-strategy.ts";
import { fileMarket } from "../run/run-market.ts";
import { loadedCode } from "../run/strategy-code.ts";
import { Talk } from "../terminal/talk.ts";
import { compareTraces } from "../trace/comparison.ts";
import { TraceReader } from "../trace/trace-contents.ts";
import { readTrace } from "../trace/trace-lines.ts";
import { runOverTcp } from "./demo-live.ts";

const EXAMPLES = new URL("../../../../examples/", import.meta.url);
/** As the gateway lists it. */
const CONTRACT = ibContract({
  conId: 1_001,
  symbol: "IF",
  secType: "FUT",
  lastTradeDate: "202403",
  multiplier: "300",
  exchange: "CFFEX",
  currency: "CNY",
  localSymbol: "IF2403",
  tradingClass: "IF",
});
/** In the middle of a bar, in the middle of the data. */
const START = instant("2024-03-05T02:07:30Z");
/** Two months of live bars. */
const END = instant("2024-05-01T00:00:00Z");
/** The gateway is down for a while, over the end of a session and into the next. */
const OUTAGE = { from: instant("2024-03-14T06:20:00Z"), to: instant("2024-03-15T02:05:00Z") };

/** The program is ended in the middle of a bar, and started again before the next week begins. */
const PAUSE = { from: instant("2024-04-10T02:40:10Z"), to: instant("2024-04-15T01:12:00Z") };

function broker(): SimBroker {
  return new SimBroker({
    commission: shareOfValueCommission(0.000023),
    slippage: ticksOfSlippage(1),
  });
}

/** What `npm start` shows. */
export async function demo(): Promise<void> {
  const talk = new Talk(false);
  const strategy = await loadStrategy(fileURLToPath(new URL("sma-cross.ts", EXAMPLES)));
  const file = await openBarFile({
    file: fileURLToPath(new URL("data/cffex-if-15m.csv", EXAMPLES)),
    calendar: calendarByName("CFFEX"),
    dialect: {},
    instrument: instrument("IF", {
      exchange: "CFFEX",
      currency: "CNY",
      multiplier: 300,
      priceIncrement: 0.2,
    }),
    onFault: "fail",
  });
  const { bars } = await file.load();
  const { series, grid } = file;
  const initialCash = money(5_000_000);

  talk.say(
    `CSI 300 index futures, ${countText(bars.length)} real bars of 15 minutes; ` +
      `${strategy.name} 40/260`,
  );
  talk.say("\n1. The run that never stopped: a backtest to the end of April");
  const whole = new TraceReader("the backtest");
  const time = new VirtualTime(file.startsAt);
  const backtest = run({
    strategy,
    series,
    source: file.source,
    broker: broker(),
    clock: time,
    driver: time,
    grid,
    initialCash,
    to: END,
    observer: new TraceRecorder((line) => whole.take(line)),
  });
  await new Promise<void>((resolve) => backtest.onEnd(() => resolve()));
  talk.say(`   ${countText(backtest.summary().bars)} bars, ${backtest.summary().signals} signals`);

  talk.say(`\n2. Live, started cold at ${formatInstant(START)}`);
  const folder = mkdtempSync(join(tmpdir(), "barline-demo-"));
  try {
    const watch = new Stopwatch();
    const live = await runOverTcp(
      {
        market: {
          contract: CONTRACT,
          truth: new Truth(series, grid(series), bars, 1),
          minTick: 0.2,
        },
        start: START,
        to: END,
        outage: OUTAGE,
        pause: PAUSE,
        listening: (port) => {
          talk.say(`   from a simulated gateway at 127.0.0.1:${port}, in the protocol of TWS,`);
          talk.say("   which is gone from 06:20 on 14 March until the next morning");
          watch.start();
        },
        again: () => {
          talk.say(
            `\n   ended in the middle of a bar, and started again ${formatInstant(PAUSE.to)}`,
          );
          watch.start();
        },
      },
      {
        strategy,
        broker,
        initialCash,
        observer: observers(new ConsoleObserver(talk, true), watch.observer)!,
        keeping: () => keepingIn(folder, keptAs(strategy)),
        tell: (line) => talk.say(line),
      },
    );
    finish({
      strategy,
      market: { ...fileMarket(file), calendarNote: "reported by the gateway" },
      run: live.run,
      endedAt: live.endedAt,
      isJson: false,
      isTraceOnOutput: false,
    });

    talk.say("\n3. Its journal, played again, against the run that never stopped, bit by bit");
    const trace = join(folder, "whole.ndjson");
    const replayed = await replayRun(folder, { param: [], trace });
    requireSame(replayed);
    const comparison = compareTraces(whole.contents, await readTrace(trace));
    process.stdout.write(`${comparisonText(comparison)}\n`);
    if (!comparison.equal) process.exitCode = 1;

    const { warmUpBars } = live.run.summary();
    const natural = naturalWarmUpEnd(grid(series), START, warmUpBars)!;
    const [first, second] = watch.times;
    const trading = (warmUpBars * series.size.ms) / HOUR_MS;
    talk.say("");
    talk.say(`READY ${first} after the start, connection and handshake included,`);
    talk.say(`and ${second} after it was started again.`);
    talk.say(
      `Warming up on live bars alone would have taken ${trading} trading hours, ` +
        `until ${formatInstant(natural)}: ${durationText(natural - START)}.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the run is kept as; a demonstration has no file of its own. */
function keptAs(strategy: Strategy): ConstructorParameters<typeof Keeping>[0] {
  return {
    name: undefined,
    isAnew: false,
    strategy: strategy.name,
    strategyFile: "examples/sma-cross.ts",
    code: loadedCode(),
    parameters: strategy.parameters,
    cash: "5000000",
    commission: "share:0.000023",
    slippage: "ticks:1",
    lostBars: "rewarm",
    barline: programVersion(),
  };
}

/** Takes the time from each start to READY, the market's and this machine's. */
class Stopwatch {
  readonly times: string[] = [];
  #beganMs: number | undefined;

  readonly observer: RunObserver = {
    ...DEAF_OBSERVER,
    state: ({ to, at }) => {
      if (to !== "READY" || this.#beganMs === undefined) return;
      const ms = Math.round(elapsedMs() - this.#beganMs);
      this.#beganMs = undefined;
      const began = this.times.length === 0 ? START : PAUSE.to;
      this.times.push(`${durationText(at - began)} (${ms} ms of this machine's time)`);
    },
  };

  start(): void {
    this.#beganMs = elapsedMs();
  }
}
