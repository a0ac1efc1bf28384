import {
  JournaledRun,
  type JournaledRunOptions,
  type Resumption,
} from "../../../core/engine/journaled-run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import type { Divergence } from "../../../core/engine/run-replay.ts";
import type { RecordedRun } from "../../../core/journal/run-journal.ts";
import { BarlineError, fail } from "../../../core/time/failure.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { money } from "../../../core/trading/money.ts";
import type { BarStore } from "../bars/bar-store.ts";
import type { OrderedStore } from "../port/ordered-store.ts";
import {
  accountAfter,
  type CarriedAccount,
  carriedOptions,
  NOTHING_CARRIED,
  plainAccount,
} from "./carried-account.ts";
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
  /** As in `JournaledRunOptions`. */
  readonly seamed?: JournaledRunOptions["seamed"];
  /** Begins a new run, with a new account, whatever there is. */
  readonly isAnew?: boolean;
  /**
   * All prices were multiplied by this since they were stored, as by a split: what is stored of
   * the series is forgotten, the account goes on in the new prices, and the strategy warms up anew.
   */
  readonly readjusted?: number;
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
  if (before === undefined) return begun(options, "new", NOTHING_CARRIED, []);
  const { readjusted } = options;
  if (readjusted !== undefined) {
    const note = `all prices were multiplied by ${readjusted} since they were stored`;
    return warmedAgain(options, runs, before, [note]);
  }
  if (options.isAnew === true) {
    const { lastOrderId } = before.head;
    return begun(options, "new", { ...NOTHING_CARRIED, lastOrderId }, []);
  }
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
    const journaled = prepared(options, options.options(), journal);
    const resumption = resumed(journaled, recorded);
    if (typeof resumption === "string") {
      notes.push(`a snapshot was passed over: ${resumption}`);
      continue;
    }
    const { commits, divergence } = resumption;
    if (divergence === undefined) {
      if (journaled.run.summary().readyAt !== undefined) {
        return { how: "resumed", from, commits, journaled, journal, notes };
      }
      // Nothing was decided yet, and history may give more by now.
      return begun(options, "new", accountAfter(runs, journal.run), notes);
    }
    notes.push(divergenceText(divergence));
  }
  return warmedAgain(options, runs, before, notes);
}

/** How far a run was put back; a text where its snapshot is sound and yet none of this run. */
function resumed(journaled: JournaledRun, recorded: RecordedRun): Resumption | string {
  try {
    return journaled.resume(recorded);
  } catch (error) {
    if (error instanceof BarlineError && error.code === "damaged-bytes") return error.message;
    throw error;
  }
}

function warmedAgain(
  options: TakeUpOptions,
  runs: RunStore,
  before: StoredRun,
  notes: readonly string[],
): TakenUp {
  const { readjusted } = options;
  const ratio = readjusted === undefined ? undefined : ratioOf(readjusted);
  const account = accountAfter(runs, before);
  const carried = ratio === undefined ? account : inNewPrices(account, ratio);
  return begun(options, "warmed-again", carried, notes);
}

/** Stored bars at prices that were adjusted since, from the first to the last of them. */
function outdatedBars({ bars, about, readjusted }: TakeUpOptions): TimeRange | undefined {
  if (readjusted === undefined) return undefined;
  const { first, last } = bars.find(about.series.key) ?? {};
  return first === undefined || last === undefined ? undefined : { from: first, to: last + 1 };
}

/** An account as it would have been after a split: so many more units at so much less. */
function inNewPrices(account: CarriedAccount, { numerator, denominator }: Ratio): CarriedAccount {
  const units = (before: number): number =>
    money(before).times(denominator).div(numerator).toNumber();
  const { fills, orders } = account;
  return {
    ...account,
    fills: fills.map((fill) => {
      const price = money(fill.price).times(numerator).div(denominator).toNumber();
      return { ...fill, price, quantity: units(fill.quantity) };
    }),
    orders: orders.map((order) => ({ ...order, quantity: units(order.quantity) })),
  };
}

interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * Splits are ratios of small numbers, such as 2 for 1 or 3 for 2; any others are adjustments for
 * something else, such as a dividend, that leave the number of units as it is.
 */
const LARGEST_TERM = 50;
const LARGEST_SMALLER_TERM = 4;
const CLOSE_ENOUGH = 0.002;

/** The simplest ratio of a split that a factor is meant to be; undefined where it is none. */
function ratioOf(factor: number): Ratio | undefined {
  for (let denominator = 1; denominator <= LARGEST_TERM; denominator += 1) {
    const numerator = Math.round(factor * denominator);
    const isIt = Math.abs(numerator / denominator / factor - 1) <= CLOSE_ENOUGH;
    const isSplit = Math.min(numerator, denominator) <= LARGEST_SMALLER_TERM;
    if (isIt && isSplit && numerator >= 1 && numerator <= LARGEST_TERM) {
      return { numerator, denominator };
    }
  }
  return undefined;
}

function begun(
  options: TakeUpOptions,
  how: "new" | "warmed-again",
  account: CarriedAccount,
  notes: readonly string[],
): TakenUp {
  const { store, bars, processes } = options;
  const made = options.options();
  // Orders at a broker that was a part of the run have ended with it.
  const carried = made.broker.state === undefined ? account : { ...account, orders: [] };
  const about: RunAbout = { ...options.about, carried: plainAccount(carried) };
  const outdated = outdatedBars(options);
  const journal = StoreJournal.begin(store, bars, about, processes, (writer) => {
    // At one stroke: an account in new prices does not go with bars in old ones.
    if (outdated !== undefined) bars.forget(writer, about.series.key, outdated);
  });
  const journaled = prepared(options, made, journal);
  return { how, journaled, journal, notes };
}

function prepared(
  { snapshotBars, seamed }: TakeUpOptions,
  made: RunOptions,
  journal: StoreJournal,
): JournaledRun {
  const journaled = {
    journal,
    ...(snapshotBars === undefined ? {} : { snapshotBars }),
    ...(seamed === undefined ? {} : { seamed }),
  };
  return new JournaledRun({ ...made, ...carriedOptions(journal.run.about) }, journaled);
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
