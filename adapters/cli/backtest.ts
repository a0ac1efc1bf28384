import type { Command } from "commander";
import { type Run, run } from "../../core/engine/run.ts";
import { TraceRecorder } from "../../core/journal/trace.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { money } from "../../core/trading/money.ts";
import { SimBroker } from "../../sim/sim-broker.ts";
import { openBarFile } from "./bar-file.ts";
import { ConsoleObserver } from "./console-observer.ts";
import { finish } from "./finish.ts";
import { loadStrategy, parseParameters } from "./load-strategy.ts";
import { observers } from "./observers.ts";
import {
  barFileRequest,
  commissionOption,
  instantOption,
  type RunFlags,
  slippageOption,
  withRunOptions,
} from "./options.ts";
import { Talk } from "./talk.ts";
import { TraceFile } from "./trace-file.ts";

interface BacktestFlags extends RunFlags {
  readonly bars: string;
  readonly from?: UnixMs;
  readonly to?: UnixMs;
}

/** `barline backtest STRATEGY --bars FILE`. */
export function addBacktest(program: Command): void {
  const command = program
    .command("backtest")
    .description("run a strategy on a file of bars")
    .argument("<strategy>", "TypeScript or JavaScript file whose default export is a strategy")
    .requiredOption("--bars <file>", "CSV file of bars, also gzipped")
    .option("--from <instant>", "only bars that open at or after this instant", instantOption)
    .option("--to <instant>", "only bars that open before this instant", instantOption);
  withRunOptions(command).action(backtest);
}

async function backtest(strategyFile: string, flags: BacktestFlags): Promise<void> {
  const talk = new Talk(flags.quiet === true || flags.json === true);
  const strategy = await loadStrategy(strategyFile);
  const parameters = parseParameters(strategy, flags.param);
  const commission = commissionOption(flags.commission);
  const slippage = slippageOption(flags.slippage, flags.tick);
  const file = await openBarFile(barFileRequest(flags.bars, flags));
  talk.say(`calendar ${file.calendar.name} (${file.calendarNote})`);
  const trace = flags.trace === undefined ? undefined : new TraceFile(flags.trace);
  const recorder = trace && new TraceRecorder(trace.write);
  const observer = observers(recorder, new ConsoleObserver(talk, false));
  const time = new VirtualTime(file.startsAt);
  const started = run({
    strategy,
    parameters,
    series: file.series,
    source: file.source,
    broker: new SimBroker({ commission, slippage }),
    clock: time,
    driver: time,
    grid: file.grid,
    initialCash: money(flags.cash),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(observer === undefined ? {} : { observer }),
  });
  await ended(started);
  talk.clearLine();
  trace?.close();
  finish(strategy, file, started, flags.json);
}

function ended(started: Run): Promise<void> {
  return new Promise((resolve) => started.onEnd(() => resolve()));
}
