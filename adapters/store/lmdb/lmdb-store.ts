import { assert, BarlineError, fail } from "../../../core/time/failure.ts";
import type { OrderedStore, StoreReader, StoreWriter } from "../port/ordered-store.ts";
import { newestTransaction } from "./data-file.ts";
import type { FileRoom } from "./file-room.ts";
import { type LmdbDatabase, releaseFile, type SharedFile } from "./lmdb-environment.ts";
import { LmdbView, LmdbWriter } from "./lmdb-view.ts";
import { commitFault, readFault } from "./store-fault.ts";

/** Where an open store is, and how it was opened. */
export interface StorePlace {
  readonly directory: string;
  readonly path: string;
  readonly shared: SharedFile;
  /** None where it was opened for reading. */
  readonly room: FileRoom | undefined;
}

/** An `OrderedStore` on LMDB; made by `openLmdbStore`. */
export class LmdbStore implements OrderedStore {
  readonly #place: StorePlace;
  #database: LmdbDatabase | undefined;
  #readers = 0;
  #isWriting = false;

  constructor(database: LmdbDatabase, place: StorePlace) {
    this.#database = database;
    this.#place = place;
  }

  read<T>(work: (reader: StoreReader) => T): T {
    const database = this.#usable();
    const { directory } = this.#place;
    const transaction = this.#begin(database);
    const reader = new LmdbView(database, directory, () => !this.#isWriting, transaction);
    this.#readers += 1;
    try {
      return work(reader);
    } finally {
      this.#readers -= 1;
      reader.end();
      transaction.done();
      // LMDB would hold on to this moment until the event loop turns.
      database.resetReadTxn();
    }
  }

  write<T>(work: (writer: StoreWriter) => T): T {
    const database = this.#usable();
    const { directory, room, shared } = this.#place;
    if (room === undefined) {
      fail("read-only", "was opened for reading", {
        where: directory,
        cure: "open it for writing",
      });
    }
    let given: { readonly result: T } | undefined;
    let transaction = 0;
    let isCommitting = false;
    this.#isWriting = true;
    try {
      database.transactionSync(() => {
        transaction = database.getWriteTxnId();
        given = { result: this.#change(database, room, work) };
        isCommitting = true;
      });
    } catch (error) {
      const fault = isCommitting ? this.#commitFault(error, database, transaction) : error;
      if (fault instanceof BarlineError && fault.code === "write-failed") shared.failure ??= fault;
      throw fault;
    } finally {
      this.#isWriting = false;
    }
    assert(given !== undefined, "a transaction that committed has a result");
    return given.result;
  }

  close(): void {
    assert(this.#readers === 0 && !this.#isWriting, "a store is closed outside its transactions");
    const database = this.#database;
    if (database === undefined) return;
    this.#database = undefined;
    releaseFile(this.#place.shared);
    // It is closed when this returns, as nothing asynchronous was ever begun.
    void database.close();
    this.#place.room?.close();
  }

  #usable(): LmdbDatabase {
    const { directory, shared } = this.#place;
    assert(!this.#isWriting, "a store that is being changed is used through its writer");
    if (this.#database === undefined) {
      fail("store-closed", "was closed", { where: directory, cure: "open it anew" });
    }
    if (shared.failure !== undefined) throw shared.failure;
    return this.#database;
  }

  #begin(database: LmdbDatabase): ReturnType<LmdbDatabase["useReadTransaction"]> {
    try {
      // What other processes have committed since the last read is to be seen.
      database.resetReadTxn();
      return database.useReadTransaction();
    } catch (error) {
      throw readFault(error, this.#place.directory);
    }
  }

  #change<T>(database: LmdbDatabase, room: FileRoom, work: (writer: StoreWriter) => T): T {
    const writer = new LmdbWriter(database, this.#place.directory, room);
    try {
      const result = work(writer);
      // Half of a change must not be committed because somebody caught what was said of the rest.
      if (writer.failure !== undefined) throw writer.failure;
      return result;
    } finally {
      writer.end();
    }
  }

  /** What a failed commit means. */
  #commitFault(error: unknown, database: LmdbDatabase, transaction: number): BarlineError {
    return commitFault(error, this.#place.directory, this.#isWhole(database, transaction));
  }

  /** Whether nothing came of a transaction, and LMDB can go on. */
  #isWhole(database: LmdbDatabase, transaction: number): boolean {
    try {
      // LMDB refuses this once it could not write the page that makes a transaction count.
      this.#begin(database).done();
      database.resetReadTxn();
      return newestTransaction(this.#place.path) < BigInt(transaction);
    } catch {
      return false;
    }
  }
}
