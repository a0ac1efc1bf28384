import type { Run } from "../../../core/engine/run.ts";
import { TraceRecorder } from "../../../core/journal/trace.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/sim-broker.ts";
import { observers } from "../../kept/observers.ts";
import { BarStore } from "../../store/bars/bar-store.ts";
import { type PlayedAgain, playAgain } from "../../store/journal/play-again.ts";
import { playOther } from "../../store/journal/play-other.ts";
import { RunStore, type StoredRun } from "../../store/journal/run-store.ts";
import { openStore } from "../../store/open-store.ts";
import { systemZone } from "../../system/zone.ts";
import { loadKeptStrategy, loadStrategy, parseParameters } from "../run/load-strategy.ts";
import { commissionOption, slippageOption } from "../terminal/options.ts";
import { TraceFile } from "../trace/trace-file.ts";
import { type DecisionDifference, DecisionLog, differencesOf } from "./decision-log.ts";
import { findRun } from "./find-run.ts";

/** What a replay is told. */
export interface ReplayFlags {
  readonly run?: string;
  readonly number?: number;
  readonly until?: UnixMs;
  readonly trace?: string;
  readonly against?: string;
  readonly param: readonly string[];
}

/** Another strategy on what the run saw. */
export interface Against {
  readonly strategy: Strategy;
  readonly run: Run;
  readonly differences: readonly DecisionDifference[];
}

/** A run that was played again, with what there is to say of it. */
export interface Replayed {
  readonly stored: StoredRun;
  readonly strategy: Strategy;
  readonly played: PlayedAgain;
  readonly against: Against | undefined;
}

/** Plays a run of a store again, and lets another strategy see what it saw where one is named. */
export async function replayRun(folder: string, flags: ReplayFlags): Promise<Replayed> {
  const store = openStore(folder, { mode: "read" });
  try {
    const runs = new RunStore(store);
    const { run: name, number } = flags;
    const stored = findRun(runs, folder, {
      ...(name === undefined ? {} : { name }),
      ...(number === undefined ? {} : { number }),
    });
    const { about } = stored;
    const strategy = await loadKeptStrategy(about.code, about.strategyFile);
    const other = flags.against === undefined ? undefined : await loadStrategy(flags.against);
    const zone = systemZone(about.zone);
    const until = flags.until === undefined ? {} : { until: flags.until };
    const log = new DecisionLog();
    const trace = flags.trace === undefined ? undefined : new TraceFile(flags.trace);
    let played: PlayedAgain;
    try {
      const observer = observers(log.observer, trace && new TraceRecorder(trace.write))!;
      played = playAgain(runs, stored, {
        strategy,
        broker: brokerOf(stored),
        zone,
        observer,
        ...until,
      });
    } finally {
      trace?.close();
    }
    if (other === undefined) return { stored, strategy, played, against: undefined };
    const otherLog = new DecisionLog();
    const run = playOther(runs, stored, {
      strategy: other,
      parameters: parseParameters(other, flags.param),
      broker: brokerOf(stored),
      zone,
      bars: new BarStore(store, { zoneNamed: systemZone }),
      observer: otherLog.observer,
      ...until,
    });
    if (run.outcome?.kind === "crashed") throw run.outcome.error;
    const against = { strategy: other, run, differences: differencesOf(log, otherLog) };
    return { stored, strategy, played, against };
  } finally {
    store.close();
  }
}

/** Whether a run, and the seam before it, did what they did. */
export function isAsRecorded({ divergence, seam }: PlayedAgain): boolean {
  return divergence === undefined && seam.divergence === undefined;
}

/** Throws `replay-differs` where a run does not do what it did, and says where. */
export function requireSame({ stored, played }: Replayed): void {
  const { divergence, seam } = played;
  const where = `run "${stored.about.name}"`;
  if (divergence === undefined && seam.divergence !== undefined) {
    const { at } = seam.divergence;
    const what = `the seam says something else at ${formatInstant(at)} than it said`;
    throw new BarlineError("replay-differs", what, { where, cure: versionCure(stored) });
  }
  if (divergence === undefined) return;
  const { at, seq, recorded, replayed } = divergence;
  const isValue = recorded === undefined && replayed === undefined;
  const what = isValue
    ? "a bar or the value of an indicator is another one"
    : `recorded ${JSON.stringify(recorded ?? null)}, replayed ${JSON.stringify(replayed ?? null)}`;
  throw new BarlineError("replay-differs", `${what}, at ${formatInstant(at)}, after bar ${seq}`, {
    where,
    cure:
      `${versionCure(stored)}; a strategy that asks for the date, a random number or a file ` +
      "decides differently each time",
  });
}

function versionCure({ about }: StoredRun): string {
  return `play it with Barline ${about.barline}, which recorded it`;
}

function brokerOf({ about }: StoredRun): SimBroker {
  const { commission, slippage, series } = about;
  return new SimBroker({
    commission: commissionOption(commission),
    slippage: slippageOption(slippage, series.instrument.priceIncrement),
  });
}
