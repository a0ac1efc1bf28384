import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import type { RecordedRun } from "../../../core/journal/run-journal.ts";
import type { Series } from "../../../core/market/series.ts";
import { BarlineError, fail } from "../../../core/time/failure.ts";
import { DAMAGE_CURE, undamaged } from "../damage.ts";
import { ENTRY, entriesOf, entryKey, numberInKey } from "../keys.ts";
import type { OrderedStore, StoreReader } from "../port/ordered-store.ts";
import { checksumOf } from "../sealed.ts";
import { storeFormat } from "../store-format.ts";
import { decodeRunAbout, type RunAbout } from "./run-about.ts";
import { decodeCommit, decodeSnapshot } from "./run-frame.ts";
import { decodeRunHead, type RunHead } from "./run-head.ts";

/** A run that a store has. */
export interface StoredRun {
  readonly number: number;
  readonly about: RunAbout;
  readonly head: RunHead;
}

/** What can be gone on from, and what had to be passed over to find it. */
export interface ReadRun extends RecordedRun {
  /** Why newer snapshots were not taken; empty when the newest is sound. */
  readonly unsound: readonly string[];
}

const HEAD = 1;
/** Commits that are read at one moment. */
const COMMITS_AT_ONCE = 256;

/** The key of what a run is. */
export function runAboutKey(number: number): Uint8Array {
  return entryKey(ENTRY.run, number);
}

/** The key of how far a run is. */
export function runHeadKey(number: number): Uint8Array {
  return entryKey(ENTRY.run, number, HEAD);
}

/** Reads the runs of a store. Whatever is not as it was written throws `damaged-store`. */
export class RunStore {
  readonly #store: OrderedStore;

  /** Throws `newer-store` or `damaged-store`. */
  constructor(store: OrderedStore) {
    this.#store = store;
    store.read(storeFormat);
  }

  /** All runs in the order in which they were begun. */
  list(): StoredRun[] {
    return this.#store.read((reader) => {
      const runs: StoredRun[] = [];
      for (const number of numbersOf(reader)) runs.push(runOf(reader, number));
      return runs;
    });
  }

  /** The runs of one name, in the order in which they were begun. */
  named(name: string): StoredRun[] {
    return this.list().filter(({ about }) => about.name === name);
  }

  /** How far a run is at this moment. */
  head(number: number): RunHead {
    return this.#store.read((reader) => headOf(reader, number));
  }

  /**
   * What a run has heard and decided: from its newest sound snapshot on, or from its beginning.
   *
   * @param until commits to read at the most; default: all that there are now.
   */
  recorded(run: StoredRun, from: "snapshot" | "beginning", until?: number): ReadRun {
    const { number, about } = run;
    const { commits, snapshots, checksum } = this.head(number);
    const last = Math.min(until ?? commits, commits);
    const unsound: string[] = [];
    const candidates = from === "beginning" ? [] : snapshots.filter((each) => each <= last);
    for (const commit of candidates.reverse()) {
      const where = `run "${about.name}", snapshot after commit ${commit}`;
      try {
        const snapshot = this.#store.read((reader) => snapshotOf(reader, number, commit, where));
        const rest = this.#commits(about.series, where, number, {
          first: commit + 1,
          last,
          before: snapshot.checksum,
          isWhole: last === commits,
          checksum,
        });
        return { snapshot: { bytes: snapshot.state }, commits: rest, unsound };
      } catch (error) {
        if (!(error instanceof BarlineError) || error.code !== "damaged-store") throw error;
        unsound.push(error.message);
      }
    }
    const where = `run "${about.name}"`;
    const isWhole = last === commits;
    const all = { first: 1, last, before: 0, isWhole, checksum };
    return { commits: this.#commits(about.series, where, number, all), unsound };
  }

  *#commits(
    main: Series,
    where: string,
    number: number,
    span: CommitSpan,
  ): Generator<readonly JournalRecord[]> {
    let before = span.before;
    for (let next = span.first; next <= span.last; ) {
      const to = Math.min(span.last, next + COMMITS_AT_ONCE - 1);
      const first = next;
      const some = this.#store.read((reader) => {
        const read: (readonly JournalRecord[])[] = [];
        for (let commit = first; commit <= to; commit += 1) {
          const found = commitOf(reader, where, number, commit, before, main);
          read.push(found.records);
          before = found.checksum;
        }
        return read;
      });
      yield* some;
      next = to + 1;
    }
    if (span.isWhole && before !== span.checksum) {
      fail("damaged-store", "its last commit is not the one that it ends with", { where });
    }
  }
}

interface CommitSpan {
  readonly first: number;
  readonly last: number;
  /** The checksum of the commit before the first. */
  readonly before: number;
  /** Whether the last of the span is the last there is, whose checksum is known. */
  readonly isWhole: boolean;
  readonly checksum: number;
}

/** The numbers of all runs, ascending. */
export function numbersOf(reader: StoreReader): number[] {
  const numbers = new Set<number>();
  for (const { key } of reader.range(entriesOf(ENTRY.run))) numbers.add(numberInKey(key, 0));
  return [...numbers];
}

/** What a run is, and how far. */
export function runOf(reader: StoreReader, number: number): StoredRun {
  const key = runAboutKey(number);
  const where = `run ${number}`;
  const bytes = reader.get(key) ?? missing(where, "what it is");
  const about = undamaged(where, () => decodeRunAbout(key, bytes));
  return { number, about, head: headOf(reader, number) };
}

/** How far a run is. */
export function headOf(reader: StoreReader, number: number): RunHead {
  const key = runHeadKey(number);
  const where = `run ${number}`;
  const bytes = reader.get(key) ?? missing(where, "how far it is");
  return undamaged(where, () => decodeRunHead(key, bytes));
}

function snapshotOf(
  reader: StoreReader,
  number: number,
  commit: number,
  where: string,
): { readonly checksum: number; readonly state: Uint8Array } {
  const key = entryKey(ENTRY.snapshot, number, commit);
  const bytes = reader.get(key) ?? missing(where, "it");
  return undamaged(where, () => decodeSnapshot(key, bytes));
}

function commitOf(
  reader: StoreReader,
  of: string,
  number: number,
  commit: number,
  before: number,
  main: Series,
): { readonly records: readonly JournalRecord[]; readonly checksum: number } {
  const key = entryKey(ENTRY.record, number, commit);
  const where = `${of}, commit ${commit}`;
  const bytes = reader.get(key) ?? missing(where, "it");
  const records = undamaged(where, () => decodeCommit(key, bytes, before, main));
  return { records, checksum: checksumOf(bytes) };
}

function missing(where: string, what: string): never {
  return fail("damaged-store", `${what} is missing`, { where, cure: DAMAGE_CURE });
}
