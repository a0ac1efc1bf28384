import { assert, fail } from "../../../core/time/failure.ts";
import type { OrderedStore, StoreReader, StoreWriter } from "../port/ordered-store.ts";
import { newestTransaction } from "./data-file.ts";
import {
  type LmdbDatabase,
  releaseFile,
  type SharedFile,
  type StoreMode,
} from "./lmdb-environment.ts";
import { LmdbView, LmdbWriter } from "./lmdb-view.ts";
import { commitFault, readFault } from "./store-fault.ts";

/** Where an open store is, and how it was opened. */
export interface StorePlace {
  readonly directory: string;
  readonly path: string;
  readonly mode: StoreMode;
  readonly shared: SharedFile;
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
      // LMDB would hold on to this moment until the event loop turns; the next read wants a new one.
      database.resetReadTxn();
    }
  }

  write<T>(work: (writer: StoreWriter) => T): T {
    const database = this.#usable();
    const { directory, mode } = this.#place;
    if (mode === "read") {
      fail("read-only", "was opened for reading", {
        where: directory,
        cure: "open it for writing",
      });
    }
    const writer = new LmdbWriter(database, directory);
    let given: { readonly result: T } | undefined;
    let transaction = 0;
    let isCommitting = false;
    this.#isWriting = true;
    try {
      database.transactionSync(() => {
        transaction = database.getWriteTxnId();
        try {
          given = { result: work(writer) };
        } finally {
          writer.end();
        }
        isCommitting = true;
      });
    } catch (error) {
      throw isCommitting ? this.#failure(error, database, transaction) : error;
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

  /** What a failed commit means; after anything but a full disk the store is of no more use. */
  #failure(error: unknown, database: LmdbDatabase, transaction: number): Error {
    const { directory, shared } = this.#place;
    const fault = commitFault(error, directory, this.#isWhole(database, transaction));
    if (fault.code === "write-failed") shared.failure = fault;
    return fault;
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
