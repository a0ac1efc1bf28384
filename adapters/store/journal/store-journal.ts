import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import type { KnownCalendar } from "../../../core/journal/known-calendar.ts";
import type { RunJournal } from "../../../core/journal/run-journal.ts";
import { fail } from "../../../core/time/failure.ts";
import { type UnixMs, utcDay } from "../../../core/time/instant.ts";
import type { BarStore } from "../bars/bar-store.ts";
import type { StoredCalendar } from "../bars/stored-calendar.ts";
import { ENTRY, entryKey } from "../keys.ts";
import type { OrderedStore, StoreWriter } from "../port/ordered-store.ts";
import type { ProcessIdentity, ProcessState } from "../port/process-identity.ts";
import { checksumOf } from "../sealed.ts";
import { stampFormat } from "../store-format.ts";
import { encodeRunAbout, type RunAbout } from "./run-about.ts";
import { encodeCommit, encodeSnapshot } from "./run-frame.ts";
import { encodeRunHead, type RunHead } from "./run-head.ts";
import { headOf, numbersOf, runAboutKey, runHeadKey, runOf, type StoredRun } from "./run-store.ts";
import { StoredWords } from "./stored-words.ts";

/** Snapshots that are kept: the newest, and one to fall back on. */
const SNAPSHOTS_KEPT = 2;

/** How far from the present what a gateway tells of sessions is news. */
const NEWS_DAYS = 10;

/** What tells processes from each other; the machine's, or a test's own. */
export interface ProcessTable {
  readonly thisProcess: () => ProcessIdentity;
  readonly isAlive: (process: ProcessIdentity) => ProcessState;
}

/**
 * The journal of one run in a store, in the hands of one process. Each commit is one transaction:
 * the records, the bars and coverage that they tell of, how far the run is, and a snapshot where
 * there is one.
 */
export class StoreJournal implements RunJournal {
  readonly #store: OrderedStore;
  readonly #bars: BarStore;
  readonly #words = new StoredWords();
  readonly #run: StoredRun;
  readonly #calendar: StoredCalendar;
  #head: RunHead;

  private constructor(store: OrderedStore, bars: BarStore, run: StoredRun) {
    this.#store = store;
    this.#bars = bars;
    this.#run = run;
    this.#head = run.head;
    this.#calendar = bars.find(run.about.series.key)!.calendar;
  }

  /**
   * Begins a new run; its series must be declared in the bar store. Its orders come after those of
   * all runs of its name.
   *
   * @param also what else is to be changed in the same transaction.
   */
  static begin(
    store: OrderedStore,
    bars: BarStore,
    about: RunAbout,
    processes: ProcessTable,
    also: (writer: StoreWriter) => void = () => {},
  ): StoreJournal {
    const run = store.write((writer) => {
      stampFormat(writer);
      const numbers = numbersOf(writer);
      let lastOrderId = 0;
      for (const each of numbers) {
        const other = runOf(writer, each);
        if (other.about.name !== about.name) continue;
        requireFree(other, processes);
        lastOrderId = Math.max(lastOrderId, other.head.lastOrderId);
        putHead(writer, each, { ...other.head, writer: null });
      }
      const number = (numbers.at(-1) ?? 0) + 1;
      const key = runAboutKey(number);
      writer.put(key, encodeRunAbout(key, about));
      const head: RunHead = {
        commits: 0,
        checksum: 0,
        at: about.beganAt,
        lastOrderId,
        snapshots: [],
        writer: processes.thisProcess(),
      };
      putHead(writer, number, head);
      also(writer);
      return { number, about, head };
    });
    return new StoreJournal(store, bars, run);
  }

  /** Takes a run up again; throws `run-in-use` while another process has it. */
  static take(
    store: OrderedStore,
    bars: BarStore,
    number: number,
    processes: ProcessTable,
  ): StoreJournal {
    const run = store.write((writer) => {
      const found = runOf(writer, number);
      requireFree(found, processes);
      const head = { ...found.head, writer: processes.thisProcess() };
      putHead(writer, number, head);
      return { ...found, head };
    });
    return new StoreJournal(store, bars, run);
  }

  get run(): StoredRun {
    return { ...this.#run, head: this.#head };
  }

  commit(records: readonly JournalRecord[], snapshot?: Uint8Array): void {
    const { number, about } = this.#run;
    const { series } = about;
    const head = this.#head;
    const commit = head.commits + 1;
    const key = entryKey(ENTRY.record, number, commit);
    const bytes = encodeCommit(key, head.checksum, records, series);
    const updates = this.#words.updates(records);
    const isKept = snapshot !== undefined;
    const snapshots = isKept ? [...head.snapshots, commit].slice(-SNAPSHOTS_KEPT) : head.snapshots;
    const lastOrderId = lastOrderIn(records, head.lastOrderId);
    const checksum = checksumOf(bytes);
    const next = { ...head, commits: commit, checksum, lastOrderId, snapshots };
    const at = records.reduce((latest, each) => ("at" in each ? each.at : latest), head.at);
    this.#head = this.#store.write((writer) => {
      this.#requireOurs(writer);
      writer.put(key, bytes);
      for (const record of records)
        if (record.kind === "calendar") this.#learn(writer, record.at, record.known);
      for (const update of updates) this.#bars.update(writer, series.key, update);
      if (isKept) {
        const snapshotKey = entryKey(ENTRY.snapshot, number, commit);
        writer.put(snapshotKey, encodeSnapshot(snapshotKey, next.checksum, snapshot));
        for (const old of head.snapshots) {
          if (!snapshots.includes(old)) writer.remove(entryKey(ENTRY.snapshot, number, old));
        }
      }
      putHead(writer, number, { ...next, at });
      return { ...next, at };
    });
  }

  /** Lets go of the run, so that another process may take it up. */
  release(): void {
    this.#store.write((writer) => {
      this.#requireOurs(writer);
      this.#head = { ...this.#head, writer: null };
      putHead(writer, this.#run.number, this.#head);
    });
  }

  /** A calendar whose sessions are told, not in the catalog, is kept with the bars. */
  #learn(writer: StoreWriter, at: UnixMs, known: KnownCalendar): void {
    const { series } = this.#run.about;
    const stored = this.#calendar;
    if (stored.sessions === undefined) return;
    // What was known of days long gone was better known when they were present.
    const today = utcDay(at);
    const sessions = known.sessions.filter(({ day }) => Math.abs(day - today) <= NEWS_DAYS);
    if (sessions.length === 0) return;
    this.#bars.declare(writer, { series, calendar: { ...stored, sessions } });
  }

  /** Whoever took the run from us meanwhile has the word now. */
  #requireOurs(writer: StoreWriter): void {
    const head = headOf(writer, this.#run.number);
    const isOurs = isSame(head.writer, this.#head.writer) && head.commits === this.#head.commits;
    if (isOurs) return;
    fail("run-in-use", "another process goes on with this run", {
      where: `run "${this.#run.about.name}"`,
      cure: "end one of the two, or give one of them another name with --run",
    });
  }
}

function lastOrderIn(records: readonly JournalRecord[], before: number): number {
  let last = before;
  for (const record of records) {
    if (record.kind === "order") last = Math.max(last, record.event.order.id);
  }
  return last;
}

function putHead(writer: StoreWriter, number: number, head: RunHead): void {
  const key = runHeadKey(number);
  writer.put(key, encodeRunHead(key, head));
}

function requireFree({ about, head }: StoredRun, { isAlive, thisProcess }: ProcessTable): void {
  const { writer } = head;
  if (writer === null || isSame(writer, thisProcess())) return;
  const state = isAlive(writer);
  if (state === "gone") return;
  const where = `run "${about.name}"`;
  if (state === "alive") {
    fail("run-in-use", `process ${writer.pid} is running it`, {
      where,
      cure: "end that process, or begin another run with --run NAME",
    });
  }
  fail("run-in-use", `process ${writer.pid} on ${writer.host} was running it`, {
    where,
    cure:
      "this machine cannot see whether it still does: end it there, or when you are sure that it " +
      "is gone, begin another run with --run NAME",
  });
}

function isSame(a: ProcessIdentity | null, b: ProcessIdentity | null): boolean {
  if (a === null || b === null) return a === b;
  return a.host === b.host && a.pid === b.pid && a.startedAt === b.startedAt;
}
