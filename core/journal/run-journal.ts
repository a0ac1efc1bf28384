import type { JournalRecord } from "./journal-record.ts";

/**
 * Where a run writes down what it hears and decides. Behind it is a disk, real or simulated; see
 * `adapters/store/journal`.
 */
export interface RunJournal {
  /**
   * Makes records durable, all of them or none, and returns when they are: whatever a run does to
   * the world it does after that. Throws a `BarlineError` where it cannot: then the run must end,
   * and nothing of these records may have an effect.
   *
   * @param snapshot the state of the run after the last of the records, where it is time for one.
   */
  commit(records: readonly JournalRecord[], snapshot?: Uint8Array): void;
}

/** A snapshot that is to be gone on from. */
export interface JournalSnapshot {
  readonly bytes: Uint8Array;
}

/** What a journal holds of a run: where to go on from, and all that was committed after it. */
export interface RecordedRun {
  /** Absent: the commits are those from the beginning on. */
  readonly snapshot?: JournalSnapshot;
  /** In order; each as it was committed. */
  readonly commits: Iterable<readonly JournalRecord[]>;
}
