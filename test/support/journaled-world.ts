import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import { RunStore } from "../../adapters/store/journal/run-store.ts";
import type { ProcessTable } from "../../adapters/store/journal/store-journal.ts";
import { type TakenUp, takeUp } from "../../adapters/store/journal/take-up.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import { JournaledRun } from "../../core/engine/journaled-run.ts";
import type { RunOptions } from "../../core/engine/run-options.ts";
import { type SpliceOptions, splice } from "../../core/feed/seam/splice.ts";
import type { JournalRecord } from "../../core/journal/journal-record.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { DAY_MS, utcDay } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import type { Broker } from "../../core/trading/broker.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import { type GatewayOptions, SimBroker, SimGateway, type Truth } from "../../sim/index.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { RunLog } from "./run-log.ts";

/** A run and its market: everything of it but for where and when it lives. */
export interface JournaledSetting {
  readonly truth: Truth;
  readonly strategy: () => Strategy;
  readonly gateway?: GatewayOptions;
  readonly snapshotBars?: number;
  /** The text that stands for the strategy's code; default `1`. */
  readonly code?: string;
  /** Default: a simulated broker, which is a part of the run. */
  readonly broker?: (time: VirtualTime) => Broker;
  /** Whether what comes into the seam is written down, too; default: no. */
  readonly isSeamed?: boolean;
  /** Default: one process after another, each gone when the next one comes. */
  readonly processes?: ProcessTable;
}

/** One life of a run, from a start to an end of its process. */
export interface JournaledLife {
  readonly taken: TakenUp;
  readonly log: RunLog;
  readonly time: VirtualTime;
  /** Requests for history so far, as ranges. */
  readonly asked: { readonly from: UnixMs | undefined; readonly to: UnixMs | undefined }[];
}

const ME = { host: "sim", pid: 1, startedAt: 1 };
/** Sessions before and after the bars of a market that are known of its calendar. */
const DAYS_AROUND = 20;
const ONE_BY_ONE: ProcessTable = { thisProcess: () => ME, isAlive: () => "gone" };

/** Begins or goes on with the run that a store has, and lets it live up to an instant. */
export function live(
  setting: JournaledSetting,
  store: OrderedStore,
  from: UnixMs,
  to: UnixMs,
): JournaledLife {
  const { truth } = setting;
  const time = new VirtualTime(from);
  const { history, live: stream } = new SimGateway(truth, time, setting.gateway);
  const asked: JournaledLife["asked"] = [];
  const log = new RunLog(time);
  const bars = new BarStore(store, { zoneNamed: () => truth.grid.calendar.zone });
  const { calendar, alignment } = truth.grid;
  declare(setting, store, bars);
  const seam: SpliceOptions = {
    history: {
      open: (query, sink) => {
        asked.push({ from: query.from, to: query.to });
        return history.open(query, sink);
      },
    },
    live: stream,
    grid: () => truth.grid,
    clock: time,
    backfillMs: 30 * DAY_MS,
  };
  const options = (): RunOptions => ({
    strategy: setting.strategy(),
    series: truth.series,
    source: splice(seam),
    broker: setting.broker?.(time) ?? new SimBroker(),
    clock: time,
    grid: () => truth.grid,
  });
  const taken = takeUp({
    store,
    bars,
    processes: setting.processes ?? ONE_BY_ONE,
    about: {
      name: "test",
      strategy: "test",
      strategyFile: "test.ts",
      code: setting.code ?? "1",
      parameters: {},
      series: truth.series,
      calendar: calendar.name,
      zone: calendar.zone.name,
      alignment,
      cash: "1000000",
      commission: "none",
      slippage: "none",
      lostBars: "rewarm",
      barline: "0",
      beganAt: from,
    },
    options,
    ...(setting.isSeamed === true ? { seamed: (spliced) => spliced(seam) } : {}),
    ...(setting.snapshotBars === undefined ? {} : { snapshotBars: setting.snapshotBars }),
  });
  const { journaled } = taken;
  journaled.start();
  while (journaled.run.outcome === undefined && (time.nextAt ?? to) < to) time.step();
  return { taken, log, time, asked };
}

function declare({ truth }: JournaledSetting, store: OrderedStore, bars: BarStore): void {
  const { calendar, alignment } = truth.grid;
  const { bars: all } = truth;
  const sessions = [];
  const last = utcDay(all.closeTime[all.length - 1]!) + DAYS_AROUND;
  for (let day = utcDay(all.openTime[0]!) - DAYS_AROUND; day <= last; day += 1) {
    const session = calendar.sessionOn(day);
    if (session !== undefined) sessions.push(session);
  }
  const stored = { name: calendar.name, zone: calendar.zone.name, alignment, sessions };
  store.write((writer) => bars.declare(writer, { series: truth.series, calendar: stored }));
}

/** Everything that the runs of a store have written down, in order. */
export function recordsOf(store: OrderedStore): readonly JournalRecord[] {
  const runs = new RunStore(store);
  return runs.list().flatMap((run) => [...runs.recorded(run, "beginning").commits].flat());
}

/** What the newest run of a store did, as its journal plays again from its beginning. */
export function played(setting: JournaledSetting, store: OrderedStore): RunLog {
  const { truth } = setting;
  const time = new VirtualTime(0);
  const log = new RunLog(time);
  const runs = new RunStore(store);
  const run = runs.list().at(-1)!;
  const journaled = new JournaledRun(
    {
      strategy: setting.strategy(),
      series: truth.series,
      source: { open: () => ({ close: () => {}, pause: () => {}, resume: () => {} }) },
      broker: setting.broker?.(time) ?? new SimBroker(),
      clock: time,
      grid: () => truth.grid,
      observer: log,
    },
    { journal: new MemoryJournal(truth.series) },
  );
  const { divergence } = journaled.resume(runs.recorded(run, "beginning"));
  if (divergence !== undefined) throw new Error(`it diverges: ${JSON.stringify(divergence)}`);
  return log;
}
