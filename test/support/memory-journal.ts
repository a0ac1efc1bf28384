import { ByteWriter } from "../../core/codec/byte-writer.ts";
import type { JournalRecord } from "../../core/journal/journal-record.ts";
import { readRecords, writeRecord } from "../../core/journal/record-codec.ts";
import type { RecordedRun, RunJournal } from "../../core/journal/run-journal.ts";
import type { Series } from "../../core/market/series.ts";

/** A journal whose disk is this memory; what it gives back went through bytes. */
export class MemoryJournal implements RunJournal {
  readonly commits: Uint8Array[] = [];
  /** With how many commits before each. */
  readonly snapshots: { readonly bytes: Uint8Array; readonly commits: number }[] = [];
  /** What `commit` throws; absent: it works. */
  failure: Error | undefined;
  readonly #series: Series;

  constructor(series: Series) {
    this.#series = series;
  }

  commit(records: readonly JournalRecord[], snapshot?: Uint8Array): void {
    if (this.failure !== undefined) throw this.failure;
    const writer = new ByteWriter();
    for (const record of records) writeRecord(writer, record, this.#series);
    this.commits.push(writer.bytes);
    if (snapshot !== undefined) {
      this.snapshots.push({ bytes: snapshot, commits: this.commits.length });
    }
  }

  /** Everything that was committed, as one list. */
  get records(): readonly JournalRecord[] {
    return this.commits.flatMap((bytes) => readRecords(bytes, this.#series));
  }

  /** As a reader finds it: from its last snapshot on, or from its beginning. */
  recorded(from: "snapshot" | "beginning" = "snapshot"): RecordedRun {
    const snapshot = from === "snapshot" ? this.snapshots.at(-1) : undefined;
    const commits = this.commits.slice(snapshot?.commits ?? 0);
    return {
      ...(snapshot === undefined ? {} : { snapshot: { bytes: snapshot.bytes } }),
      commits: commits.map((bytes) => readRecords(bytes, this.#series)),
    };
  }
}
