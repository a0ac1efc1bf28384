import { fail } from "../../core/time/failure.ts";
import { openLmdbStore } from "./lmdb/open-lmdb-store.ts";
import { migrate } from "./migrations.ts";
import type { OrderedStore } from "./port/ordered-store.ts";
import { STORE_FORMAT, storeFormat } from "./store-format.ts";

/** How a store is opened. */
export interface OpenStoreOptions {
  /**
   * `write` makes the store where there is none, and brings one of an older format to this one.
   * `read` makes and changes nothing, and sees what others commit.
   */
  readonly mode: "read" | "write";
}

/**
 * Opens the store of bars and runs that a folder holds. Throws a `BarlineError`: what
 * `openLmdbStore` throws, `newer-store`, `damaged-store`, or `older-store` (mode `read`).
 */
export function openStore(folder: string, { mode }: OpenStoreOptions): OrderedStore {
  const store = openLmdbStore(folder, { mode });
  try {
    if (mode === "write") migrate(store);
    else requirePresent(folder, store.read(storeFormat));
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

function requirePresent(folder: string, format: number | undefined): void {
  if (format === undefined || format === STORE_FORMAT) return;
  fail("older-store", `it has format ${format}, and this Barline reads format ${STORE_FORMAT}`, {
    where: folder,
    cure: "open it once for writing, as barline bars import does: that brings it up to date",
  });
}
