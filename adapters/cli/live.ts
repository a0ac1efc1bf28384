import type { Command } from "commander";
import { naturalWarmUpEnd } from "../../core/feed/backfill-plan.ts";
import { TraceRecorder } from "../../core/journal/trace.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { BarlineError, fail } from "../../core/time/failure.ts";
import { formatInstant, MINUTE_MS, parseInstant, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { money } from "../../core/trading/money.ts";
import type { GatewayOptions } from "../../sim/gateway-options.ts";
import { SimBroker } from "../../sim/sim-broker.ts";
import { type BarFile, openBarFile } from "./bar-file.ts";
import { ConsoleObserver } from "./console-observer.ts";
import { finish } from "./finish.ts";
import { loadStrategy, parseParameters } from "./load-strategy.ts";
import { observers } from "./observers.ts";
import {
  barFileRequest,
  commissionOption,
  instantOption,
  numberOption,
  type RunFlags,
  slippageOption,
  withRunOptions,
} from "./options.ts";
import { simulate } from "./simulate.ts";
import { Talk } from "./talk.ts";
import { TraceFile } from "./trace-file.ts";

interface LiveFlags extends RunFlags {
  readonly sim: string;
  readonly start: UnixMs;
  readonly backfill: boolean;
  readonly historyBars?: number;
  readonly outage: readonly TimeRange[];
  readonly seed: number;
}

/** `barline live STRATEGY --sim FILE --start INSTANT`. */
export function addLive(program: Command): void {
  const command = program
    .command("live")
    .description(
      "run a strategy live, from a simulated gateway that tells a file of bars as a market",
    )
    .argument("<strategy>", "TypeScript or JavaScript file whose default export is a strategy")
    .requiredOption("--sim <file>", "CSV file of bars: the truth of the simulated market")
    .requiredOption("--start <instant>", "when the run starts, at any moment", instantOption)
    .option("--no-backfill", "warm up on live bars alone")
    .option(
      "--history-bars <count>",
      "the gateway's history has only this many bars before the start",
      numberOption(0),
    )
    .option(
      "--outage <instant/minutes>",
      "the gateway is down from then on for so long; may be repeated",
      outageOption,
      [],
    )
    .option("--seed <number>", "draws the path of prices inside the bars", numberOption(0), 1);
  withRunOptions(command).action(live);
}

/** Reads `2024-03-01T02:07:00Z/90`. */
function outageOption(text: string, before: readonly TimeRange[]): readonly TimeRange[] {
  const slash = text.lastIndexOf("/");
  const from = parseInstant(text.slice(0, slash));
  const minutes = Number(text.slice(slash + 1));
  if (from === undefined || !(minutes > 0 && Number.isFinite(minutes))) {
    fail("invalid-option", `"${text}" is not an outage`, {
      where: "--outage",
      cure: 'write an instant and minutes, such as "2024-03-01T02:07:00Z/90"',
    });
  }
  return [...before, { from, to: from + Math.ceil(minutes * MINUTE_MS) }];
}

async function live(strategyFile: string, flags: LiveFlags): Promise<void> {
  const talk = new Talk(flags.quiet === true || flags.json === true);
  const strategy = await loadStrategy(strategyFile);
  const parameters = parseParameters(strategy, flags.param);
  const commission = commissionOption(flags.commission);
  const slippage = slippageOption(flags.slippage, flags.tick);
  const file = await openBarFile(barFileRequest(flags.sim, flags));
  const bars = await file.load();
  requireWithin(flags, bars);
  talk.say(`calendar ${file.calendar.name} (${file.calendarNote})`);
  const trace = flags.trace === undefined ? undefined : new TraceFile(flags.trace);
  const recorder = trace && new TraceRecorder(trace.write);
  const observer = observers(recorder, new ConsoleObserver(talk, true));
  const finished = simulate({
    strategy,
    broker: new SimBroker({ commission, slippage }),
    file,
    bars,
    start: flags.start,
    backfill: flags.backfill,
    gateway: gatewayOf(flags, bars),
    options: {
      parameters,
      initialCash: money(flags.cash),
      ...(observer === undefined ? {} : { observer }),
    },
  });
  trace?.close();
  talk.say(naturalText(file, flags.start, finished.summary().warmUpBars));
  finish(strategy, file, finished, flags.json);
}

function requireWithin(flags: LiveFlags, bars: BarColumns): void {
  if (bars.length === 0) throw new BarlineError("no-bars", `${flags.sim}: it has no bars`);
  const last = bars.closeTime[bars.length - 1]!;
  if (flags.start < last) return;
  fail("invalid-option", `${formatInstant(flags.start)} is not before the end of the market`, {
    where: "--start",
    cure: `${flags.sim} ends at ${formatInstant(last)}; start earlier`,
  });
}

/** The gateway that the options describe. */
function gatewayOf(flags: LiveFlags, bars: BarColumns): GatewayOptions {
  const outages = [...flags.outage].sort((a, b) => a.from - b.from);
  const options: GatewayOptions = { seed: flags.seed, outages };
  if (flags.historyBars === undefined) return options;
  let closed = 0;
  while (closed < bars.length && bars.closeTime[closed]! <= flags.start) closed += 1;
  const first = closed - flags.historyBars;
  return first < 0 ? options : { ...options, historyFrom: bars.openTime[first] ?? flags.start };
}

/** How long warming up on live bars alone takes from an instant on. */
function naturalText(file: BarFile, start: UnixMs, warmUpBars: number): string {
  const end = naturalWarmUpEnd(file.grid(file.series.size), start, warmUpBars);
  const until = end === undefined ? "past the end of the calendar" : formatInstant(end);
  return `natural warm-up of ${warmUpBars} bars would have lasted until ${until}`;
}
