import { readFileSync, statSync } from "node:fs";
import { open, type RootDatabase, type RootDatabaseOptions } from "lmdb";
import { type BarlineError, fail } from "../../../core/time/failure.ts";

export type LmdbDatabase = RootDatabase<Uint8Array, Uint8Array>;
export type StoreMode = "read" | "write";

/**
 * Address space for the file, 256 GiB: it costs nothing until it is used, every 64-bit system has
 * it, and a map that never has to grow never has to move under a reader.
 */
const MAP_BYTES = 2 ** 38;
const OPTIONS: RootDatabaseOptions & { readonly noSubdir: boolean } = {
  // Left out, LMDB would guess it by whether the name has a dot; its types do not know it.
  noSubdir: false,
  encoding: "binary",
  keyEncoding: "binary",
  mapSize: MAP_BYTES,
  // A commit is on the disk when it returns: data, a sync, and then the page that makes it count.
  overlappingSync: false,
};

/** Opens `data.mdb` in a directory. LMDB may crash where it cannot, so it must be able to. */
export function openLmdb(directory: string, mode: StoreMode): LmdbDatabase {
  assertRoom(directory);
  return open<Uint8Array, Uint8Array>(directory, { ...OPTIONS, readOnly: mode === "read" });
}

/** Fails where this process may not have the address space that the map takes. */
function assertRoom(directory: string): void {
  if (process.platform !== "linux") return;
  const limit = /^Max address space +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
  if (limit === undefined || Number(limit) > 2 * MAP_BYTES) return;
  fail("cannot-open", `needs ${MAP_BYTES} bytes of address space, and there are ${limit} in all`, {
    where: directory,
    cure: "lift the limit (ulimit -v unlimited)",
  });
}

/** What all stores of this process that are open on one file have in common. */
export interface SharedFile {
  readonly mode: StoreMode;
  stores: number;
  /** Set when a write failed: LMDB must then be used no more, and would crash. */
  failure: BarlineError | undefined;
}

const sharedFiles = new Map<string, SharedFile>();

/**
 * Notes that one more store of this process is open on a file, which LMDB opens once a process: as
 * the first one asked, so that what was opened for reading cannot be written by a second.
 */
export function shareFile(path: string, mode: StoreMode): SharedFile {
  const identity = identityOf(path);
  const shared = sharedFiles.get(identity) ?? { mode, stores: 0, failure: undefined };
  if (shared.failure !== undefined) throw shared.failure;
  if (mode === "write" && shared.mode === "read") {
    fail("cannot-open", "is open for reading in this process", {
      where: path,
      cure: "close it first, or open it for writing first",
    });
  }
  shared.stores += 1;
  sharedFiles.set(identity, shared);
  return shared;
}

/** A store is closed; the last one of a file takes what was known of it with it. */
export function releaseFile(shared: SharedFile): void {
  shared.stores -= 1;
  if (shared.stores > 0) return;
  for (const [identity, known] of sharedFiles) {
    if (known === shared) sharedFiles.delete(identity);
  }
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}
