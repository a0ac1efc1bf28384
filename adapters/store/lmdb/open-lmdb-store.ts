import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../../core/time/failure.ts";
import type { OrderedStore } from "../port/ordered-store.ts";
import { checkDataFile, DATA_FILE } from "./data-file.ts";
import { FileRoom } from "./file-room.ts";
import { openLmdb, releaseFile, type StoreMode, shareFile } from "./lmdb-environment.ts";
import { LmdbStore } from "./lmdb-store.ts";
import { makeDataFile, removeDrafts } from "./new-data-file.ts";
import { openFault } from "./store-fault.ts";

export interface LmdbStoreOptions {
  /**
   * `write` makes the store where there is none. `read` makes nothing, and sees what others commit;
   * a process that reads a store must close it before it can open it for writing.
   */
  readonly mode: StoreMode;
}

/**
 * Opens the store that a directory holds, on LMDB. A process may open one several times; one that
 * writes waits for the transactions of others.
 *
 * @throws {BarlineError} `no-store` (mode `read`), `not-a-store`, `damaged-store`, `disk-full`,
 * `read-only` (mode `write`, without permission), `write-failed` (a store of this process on which
 * a write failed is still open) or `cannot-open`.
 */
export function openLmdbStore(directory: string, { mode }: LmdbStoreOptions): OrderedStore {
  const path = join(directory, DATA_FILE);
  try {
    if (!existsSync(path)) makeOrRefuse(directory, path, mode);
    assertPermitted(directory, path, mode);
    if (mode === "write") removeDrafts(directory);
    checkDataFile(path, mode === "write");
    const shared = shareFile(path, mode);
    try {
      const database = openLmdb(directory, mode);
      const room = mode === "write" ? new FileRoom(path) : undefined;
      return new LmdbStore(database, { directory, path, shared, room });
    } catch (error) {
      releaseFile(shared);
      throw error;
    }
  } catch (error) {
    throw openFault(error, directory, mode);
  }
}

function makeOrRefuse(directory: string, path: string, mode: StoreMode): void {
  if (existsSync(directory) && !statSync(directory).isDirectory()) {
    fail("not-a-store", "is a file, and a store is a directory", {
      where: directory,
      cure: "name another place",
    });
  }
  if (mode === "read") {
    fail("no-store", "there is no store here", {
      where: directory,
      cure: "name the directory of a store, or write one first",
    });
  }
  makeDataFile(directory, path);
}

/**
 * Fails where something may not be read or written that LMDB needs. Where it cannot note what is
 * read, in its file `lock.mdb`, it would read all the same, and a writer would put new pages in the
 * place of those being read.
 */
function assertPermitted(directory: string, path: string, mode: StoreMode): void {
  const { R_OK, W_OK } = constants;
  accessSync(path, mode === "write" ? R_OK | W_OK : R_OK);
  const locks = join(directory, "lock.mdb");
  accessSync(existsSync(locks) ? locks : directory, R_OK | W_OK);
}
