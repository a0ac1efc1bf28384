import type { Command } from "commander";
import { naturalWarmUpEnd } from "../../../core/feed/backfill-plan.ts";
import { TraceRecorder } from "../../../core/journal/trace.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import { money } from "../../../core/trading/money.ts";
import type { Parameters, Strategy } from "../../../core/trading/strategy.ts";
import type { Keeping } from "../../kept/keeping.ts";
import { observers } from "../../kept/observers.ts";
import { keepingOptions } from "../journal/keep-options.ts";
import { keepingIn } from "../journal/keeping-in.ts";
import { configuredParameters } from "../run/configured-parameters.ts";
import { ConsoleObserver } from "../run/console-observer.ts";
import { finish } from "../run/finish.ts";
import { Interruption } from "../run/interruption.ts";
import { loadStrategy } from "../run/load-strategy.ts";
import { warmUpOf } from "../run/warm-up-of.ts";
import { requireNotInput } from "../terminal/output-file.ts";
import { Talk } from "../terminal/talk.ts";
import { TraceFile } from "../trace/trace-file.ts";
import { gatewaySession, placeNotes } from "./gateway-session.ts";
import { GatewayTeller } from "./gateway-teller.ts";
import { Heartbeat } from "./heartbeat.ts";
import { feedSettings } from "./ib-feed-config.ts";
import { givenConfig } from "./ib-options.ts";
import { LiveFigures } from "./live-figures.ts";
import type { LiveIbFlags } from "./live-ib-options.ts";
import { type LiveIbEnd, type LiveIbParts, LiveIbRun } from "./live-ib-run.ts";
import type { LiveConfig } from "./live-schema.ts";
import { type LiveSettings, liveSettings } from "./live-settings.ts";
import { LogObserver } from "./log-observer.ts";
import { AccountMask } from "./masked.ts";
import { type Log, openLog } from "./open-log.ts";

/** `barline live STRATEGY --ib HOST:PORT`: a dry run on Interactive Brokers. */
export async function liveOnIb(strategyFile: string, command: Command): Promise<void> {
  const flags = command.opts<LiveIbFlags>();
  const config = givenConfig(command);
  const settings = liveSettings(config);
  feedSettings(config, flags.speed);
  checkOutputs(strategyFile, flags, settings);
  const strategy = await loadStrategy(strategyFile);
  const mask = new AccountMask();
  const log = settings.log && openLog({ ...settings.log, hide: mask.hide });
  const isLogOnError = log !== undefined && settings.log?.file === undefined;
  const talk = new Talk(flags.quiet === true || flags.json === true || isLogOnError, mask.hide);
  const parameters = configuredParameters(strategy, config, flags.param);
  const kept = keepingOptions(flags, strategyFile, strategy, parameters, settings.run);
  const keeping = kept === undefined ? undefined : keepingIn(kept.folder, kept);
  const trace = flags.trace === undefined ? undefined : new TraceFile(flags.trace);
  try {
    const outputs = { talk, log, mask, trace };
    await runToEnd({ strategy, parameters, keeping, flags, config, settings, ...outputs });
  } finally {
    keeping?.close();
    talk.clearLine();
    trace?.close();
    log?.close();
  }
}

/** Everything that a run was told, and where it tells. */
interface LiveIbSetup {
  readonly strategy: Strategy;
  readonly parameters: Parameters;
  readonly keeping: Keeping | undefined;
  readonly flags: LiveIbFlags;
  readonly config: LiveConfig;
  readonly settings: LiveSettings;
  readonly talk: Talk;
  readonly log: Log | undefined;
  readonly mask: AccountMask;
  readonly trace: TraceFile | undefined;
}

function checkOutputs(strategyFile: string, flags: LiveIbFlags, { log }: LiveSettings): void {
  if (flags.trace === "-" && flags.json) {
    fail("invalid-option", "trace and summary cannot both be on standard output", {
      where: "--trace - --json",
      cure: "write the trace to a file",
    });
  }
  const inputs = [strategyFile, ...(flags.config === undefined ? [] : [flags.config])];
  if (flags.trace !== undefined) requireNotInput("--trace", flags.trace, inputs);
  if (log?.file === undefined) return;
  requireNotInput("--log-file", log.file, inputs);
  if (flags.trace !== undefined) requireNotInput("--log-file", log.file, [flags.trace]);
}

async function runToEnd(setup: LiveIbSetup): Promise<void> {
  const { strategy, parameters, keeping, flags, config, settings, talk, log, mask } = setup;
  const warmUpBars = warmUpOf(strategy, parameters, settings.size);
  const figures = new LiveFigures();
  const teller = new GatewayTeller({ talk, log: log?.records, mask, address: settings });
  const gateway = gatewaySession(settings, config, flags.speed, [figures.tap, teller.tap]);
  const { session, machine, place } = gateway;
  session.watch(teller.link);
  sayWhatItIs(setup, place);
  const console = talk.isQuiet ? undefined : new ConsoleObserver(talk, true, () => figures.pages);
  const heartbeat = new Heartbeat({
    talk,
    log: log?.records,
    figures,
    market: session.clock,
    machine,
    skewMs: () => session.skew?.offsetMs,
    isBusy: () => console?.isDrawing === true || figures.state === "INITIALIZING",
  });
  const observer = observers(
    setup.trace && new TraceRecorder(setup.trace.write),
    console,
    log && new LogObserver(log.records),
    figures.observer(session.clock, () => heartbeat.bar()),
  );
  const initialCash = money(settings.run.cash);
  const options = { strategy, parameters, initialCash, lostBars: settings.run.lostBars };
  const { speed } = flags;
  const about = { gateway, settings, flags, speed, talk, warmUpBars };
  const parts = {
    ...about,
    feedSettings: feedSettings(config, speed),
    options,
    observer,
    ...(keeping === undefined ? {} : { keeping }),
  };
  await carryOut(setup, parts, heartbeat);
}

async function carryOut(
  setup: LiveIbSetup,
  parts: LiveIbParts,
  heartbeat: Heartbeat,
): Promise<void> {
  let interruption: Interruption | undefined;
  let end: LiveIbEnd | undefined;
  try {
    end = await new Promise<LiveIbEnd | undefined>((resolve, reject) => {
      const live = new LiveIbRun(parts, resolve, reject);
      interruption = new Interruption(() => live.stop("interrupted"));
      heartbeat.start();
      live.start();
    });
  } finally {
    interruption?.done();
    heartbeat.stop();
  }
  if (end !== undefined) summarize(setup, parts, end, interruption?.exitCode);
  const exitCode = interruption?.exitCode;
  if (exitCode !== undefined) process.exitCode = exitCode;
}

function sayWhatItIs({ talk, log, settings, flags, strategy }: LiveIbSetup, place: string): void {
  const { contract, size, mode } = settings;
  log?.records.info({ event: "start", dryRun: true, place, contract, size: size.label, mode });
  talk.say(`${strategy.name} on Interactive Brokers at ${place}`);
  talk.say("DRY RUN: orders go to the simulated broker, and none to Interactive Brokers");
  for (const note of placeNotes(settings, flags.speed)) talk.say(note);
}

function summarize(
  { strategy, flags, talk, log }: LiveIbSetup,
  { gateway }: LiveIbParts,
  { run, feed, startedAt, endedAt, isThrough }: LiveIbEnd,
  exitCode: number | undefined,
): void {
  const { warmUpBars, readyAt } = run.summary();
  const natural = naturalWarmUpEnd(feed.grid(feed.series), startedAt, warmUpBars);
  // A run that was taken up again had warmed up before.
  const isFirst = readyAt !== undefined && readyAt >= startedAt;
  if (isFirst && natural !== undefined && natural > readyAt) {
    talk.say(
      `without backfill the ${warmUpBars} bars to warm up would have taken until ` +
        formatInstant(natural),
    );
  }
  const { kind } = run.outcome!;
  log?.records.info({ event: "end", outcome: kind, interrupted: exitCode !== undefined });
  finish({
    strategy,
    market: {
      series: feed.series,
      calendar: feed.calendar.name,
      calendarNote: "reported by the gateway",
      where: gateway.place,
      noBarsCure: "check that the market was open, and that --until leaves it the time",
    },
    run,
    endedAt,
    isJson: flags.json === true,
    isTraceOnOutput: flags.trace === "-",
    ...(isThrough ? { endedHow: "as asked" } : {}),
  });
}
