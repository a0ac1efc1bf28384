import type { PlainValue } from "../../../core/codec/plain-value.ts";
import { JournaledRun } from "../../../core/engine/journaled-run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import type { Divergence } from "../../../core/engine/run-replay.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import type { Fill } from "../../../core/trading/order.ts";
import type { BarStore } from "../bars/bar-store.ts";
import type { OrderedStore } from "../port/ordered-store.ts";
import type { RunAbout } from "./run-about.ts";
import { RunStore, type StoredRun } from "./run-store.ts";
import { type ProcessTable, StoreJournal } from "./store-journal.ts";

/** A run that is to be gone on with, or begun where there is none. */
export interface TakeUpOptions {
  readonly store: OrderedStore;
  readonly bars: BarStore;
  /** What it is now. The run before it under this name is gone on with where that was the same. */
  readonly about: Omit<RunAbout, "carried">;
  readonly processes: ProcessTable;
  /** What it is made of; asked for anew for each attempt, as what was used is not used again. */
  readonly options: () => RunOptions;
  readonly snapshotBars?: number;
  /** Begins a new run whatever there is. */
  readonly isAnew?: boolean;
}

/**
 * How a run came to be. `new`: there was none. `resumed`: it is where it was. `warmed-again`: what
 * there was cannot be gone on with, the account goes on, and the strategy warms up once more.
 */
export type TakenUp = {
  readonly journaled: JournaledRun;
  readonly journal: StoreJournal;
  /** What there is to say of it, in whole sentences. */
  readonly notes: readonly string[];
} & (
  | { readonly how: "new" | "warmed-again" }
  | { readonly how: "resumed"; readonly from: "snapshot" | "beginning"; readonly commits: number }
);

/**
 * Goes on with the newest run of a name, bit for bit where it was, or begins a new one. Throws
 * `run-in-use`, `damaged-store`, or `other-series` for a name whose run is on another series.
 */
export function takeUp(options: TakeUpOptions): TakenUp {
  const { store, about } = options;
  const runs = new RunStore(store);
  const before = runs.named(about.name).at(-1);
  if (before === undefined) return begun(options, "new", [], []);
  if (options.isAnew === true) return begun(options, "new", [], []);
  const changed = changeOf(before.about, about);
  if (changed !== undefined) return warmedAgain(options, runs, before, [changed]);
  const journal = StoreJournal.take(store, options.bars, before.number, options.processes);
  const notes: string[] = [];
  const isSameProgram = before.about.barline === about.barline;
  for (const from of ["snapshot", "beginning"] as const) {
    if (from === "snapshot" && !isSameProgram) continue;
    const recorded = runs.recorded(journal.run, from);
    for (const text of recorded.unsound) notes.push(`a snapshot was passed over: ${text}`);
    if (from === "snapshot" && recorded.snapshot === undefined) continue;
    const journaled = prepared(options, journal, before.about.carried);
    const { commits, divergence } = journaled.resume(recorded);
    if (divergence === undefined) {
      if (journaled.run.summary().readyAt !== undefined) {
        return { how: "resumed", from, commits, journaled, journal, notes };
      }
      // Nothing was decided yet, and history may give more by now.
      return begun(options, "new", booked(before.about.carried), notes);
    }
    notes.push(divergenceText(divergence));
  }
  return warmedAgain(options, runs, before, notes);
}

/** The fills with which the account of a run begins. */
export function carriedFills(about: RunAbout): readonly Fill[] {
  const { instrument } = about.series;
  return booked(about.carried).map((fill) => ({ ...fill, instrument }));
}

function warmedAgain(
  options: TakeUpOptions,
  runs: RunStore,
  before: StoredRun,
  notes: readonly string[],
): TakenUp {
  const fills = [...booked(before.about.carried)];
  for (const records of runs.recorded(before, "beginning").commits) {
    for (const record of records) if (record.kind === "fill") fills.push(plainFill(record.fill));
  }
  return begun(options, "warmed-again", fills, notes);
}

function begun(
  options: TakeUpOptions,
  how: "new" | "warmed-again",
  fills: readonly PlainFill[],
  notes: readonly string[],
): TakenUp {
  const { store, bars, processes } = options;
  const about: RunAbout = { ...options.about, carried: fills as unknown as PlainValue };
  const journal = StoreJournal.begin(store, bars, about, processes);
  const journaled = prepared(options, journal, about.carried);
  return { how, journaled, journal, notes };
}

function prepared(
  { options, about, snapshotBars }: TakeUpOptions,
  journal: StoreJournal,
  carried: PlainValue,
): JournaledRun {
  const bookedFills = carriedFills({ ...about, carried });
  const journaled = { journal, ...(snapshotBars === undefined ? {} : { snapshotBars }) };
  return new JournaledRun({ ...options(), bookedFills }, journaled);
}

/** What keeps a run from being gone on with; undefined when nothing does. */
function changeOf(before: RunAbout, now: Omit<RunAbout, "carried">): string | undefined {
  if (before.series.key !== now.series.key) {
    fail("other-series", `it is on ${before.series.key}, and not on ${now.series.key}`, {
      where: `run "${now.name}"`,
      cure: "give this one another name with --run NAME",
    });
  }
  if (before.code !== now.code) return "the strategy's code has changed";
  const parameters = Object.entries(now.parameters);
  const other = parameters.find(([name, value]) => !Object.is(before.parameters[name], value));
  if (other !== undefined) return `its parameter ${other[0]} is ${other[1]} now`;
  for (const name of ["cash", "commission", "slippage", "lostBars"] as const) {
    if (before[name] !== now[name]) return `its ${name} is ${now[name]} now`;
  }
  return undefined;
}

function divergenceText({ at, recorded, replayed }: Divergence): string {
  const then = recorded === undefined ? "nothing" : recorded.kind;
  const now = replayed === undefined ? "nothing" : replayed.kind;
  const what =
    recorded === undefined && replayed === undefined
      ? "it computes other values"
      : `it decides otherwise (${then} then, ${now} now)`;
  return `on what it saw at ${formatInstant(at)} ${what} than it did`;
}

type PlainFill = Omit<Fill, "instrument">;

function booked(carried: PlainValue): readonly PlainFill[] {
  return carried as unknown as readonly PlainFill[];
}

function plainFill({ orderId, side, quantity, price, fee, at }: Fill): PlainFill {
  return { orderId, side, quantity, price, fee, at };
}
