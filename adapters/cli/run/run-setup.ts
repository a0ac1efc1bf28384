import type { Run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { TraceRecorder } from "../../../core/journal/trace.ts";
import { fail } from "../../../core/time/failure.ts";
import type { VirtualTime } from "../../../core/time/virtual-time.ts";
import { money } from "../../../core/trading/money.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/sim-broker.ts";
import { observers } from "../../kept/observers.ts";
import { type BarFile, openBarFile } from "../bars/bar-file.ts";
import { barFileRequest } from "../bars/bar-file-options.ts";
import { commissionOption, type RunFlags, slippageOption } from "../terminal/options.ts";
import { requireNotInput } from "../terminal/output-file.ts";
import { Talk } from "../terminal/talk.ts";
import { TraceFile } from "../trace/trace-file.ts";
import { ConsoleObserver } from "./console-observer.ts";
import { finish } from "./finish.ts";
import { Interruption } from "./interruption.ts";
import { loadStrategy, parseParameters } from "./load-strategy.ts";
import { fileMarket } from "./run-market.ts";

/** Everything that a backtest and a live run have in common, checked, before either begins. */
export interface RunSetup {
  readonly flags: RunFlags;
  readonly talk: Talk;
  readonly strategy: Strategy;
  readonly file: BarFile;
  /** A new broker that costs what was asked for. */
  readonly broker: () => SimBroker;
  readonly options: Pick<RunOptions, "parameters" | "initialCash" | "lostBars">;
}

/** Where the bars of a run come from. */
export interface RunBars {
  readonly open: (talk: Talk) => Promise<BarFile>;
  /** What is read, and must not be written over. */
  readonly files: readonly string[];
}

/** A file of bars as the options describe it. */
export function barsOfFile(file: string, flags: RunFlags): RunBars {
  const request = barFileRequest(file, flags);
  return { open: () => openBarFile(request), files: [file] };
}

/** Loads the strategy, understands the bars and reads the options of a run. */
export async function setUpRun(
  strategyFile: string,
  bars: RunBars,
  flags: RunFlags,
): Promise<RunSetup> {
  const isTraceOnOutput = flags.trace === "-";
  if (isTraceOnOutput && flags.json) {
    fail("invalid-option", "trace and summary cannot both be on standard output", {
      where: "--trace - --json",
      cure: "write the trace to a file",
    });
  }
  const commission = commissionOption(flags.commission);
  const talk = new Talk(flags.quiet === true || flags.json === true);
  const strategy = await loadStrategy(strategyFile);
  const parameters = parseParameters(strategy, flags.param);
  const file = await bars.open(talk);
  if (flags.trace !== undefined) {
    requireNotInput("--trace", flags.trace, [...bars.files, strategyFile]);
  }
  const slippage = slippageOption(flags.slippage, file.series.instrument.priceIncrement);
  const broker = (): SimBroker => new SimBroker({ commission, slippage });
  return {
    flags,
    talk,
    strategy,
    file,
    broker,
    options: { parameters, initialCash: money(flags.cash), lostBars: flags.lostBars },
  };
}

/** A run that was begun, and how it is ended before its time. */
export interface Running {
  readonly run: Run;
  stop(reason: string): void;
}

/** A run that nothing stands around. */
export function unkept(run: Run): Running {
  return { run, stop: (reason) => run.stop(reason) };
}

/** How a run that was set up is begun and carried to its end. */
export interface RunManner {
  readonly time: VirtualTime;
  /** Whether every signal is said; for a long backtest that would be a flood. */
  readonly tellsSignals: boolean;
  readonly begin: (options: Pick<RunOptions, "observer">) => Running;
  readonly ended: (run: Run) => Promise<void>;
  /** Lets go of what the run stood on. */
  readonly close?: () => void;
  /** How a run ended that was stopped and not interrupted. */
  readonly endedHow?: string;
  /** Something to say after the run and before its summary. */
  readonly remark?: (run: Run) => string | undefined;
}

/**
 * Runs to the end in good order: the trace is whole and closed, also when the run breaks off or is
 * interrupted. Then prints the summary, or throws what ended the run.
 */
export async function carryOut(setup: RunSetup, manner: RunManner): Promise<void> {
  const { talk, flags, strategy, file } = setup;
  const { time } = manner;
  talk.say(`calendar ${file.calendar.name} (${file.calendarNote})`);
  const trace = flags.trace === undefined ? undefined : new TraceFile(flags.trace);
  let begun: Running;
  let exitCode: number | undefined;
  try {
    const recorder = trace && new TraceRecorder(trace.write);
    const teller = talk.isQuiet ? undefined : new ConsoleObserver(talk, manner.tellsSignals);
    const observer = observers(recorder, teller);
    begun = manner.begin(observer === undefined ? {} : { observer });
    const interruption = new Interruption(() => begun.stop("interrupted"));
    await manner.ended(begun.run);
    interruption.done();
    exitCode = interruption.exitCode;
  } finally {
    talk.clearLine();
    trace?.close();
    manner.close?.();
  }
  const { run } = begun;
  const remark = manner.remark?.(run);
  if (remark !== undefined) talk.say(remark);
  finish({
    strategy,
    market: fileMarket(file),
    run,
    endedAt: time.now(),
    isJson: flags.json === true,
    isTraceOnOutput: flags.trace === "-",
    ...(exitCode === undefined && manner.endedHow !== undefined
      ? { endedHow: manner.endedHow }
      : {}),
  });
  if (exitCode !== undefined) process.exitCode = exitCode;
}
