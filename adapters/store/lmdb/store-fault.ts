import { constants } from "node:os";
import { BarlineError } from "../../../core/time/failure.ts";

const NAMES = new Map<number, string>(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

// The codes of LMDB itself.
const MDB_PAGE_NOT_FOUND = -30_797;
const MDB_CORRUPTED = -30_796;
const MDB_PANIC = -30_795;
const MDB_VERSION_MISMATCH = -30_794;
const MDB_INVALID = -30_793;
const MDB_MAP_FULL = -30_792;
const MDB_READERS_FULL = -30_790;

const DAMAGED: readonly (number | string)[] = [MDB_PAGE_NOT_FOUND, MDB_CORRUPTED];
const FOREIGN: readonly (number | string)[] = [MDB_INVALID, MDB_VERSION_MISMATCH];
const FORBIDDEN: readonly (number | string)[] = ["EACCES", "EPERM", "EROFS"];
const FULL: readonly (number | string)[] = ["ENOSPC", "EDQUOT", MDB_MAP_FULL];

const RESTORE = "restore it from a copy";

/** The fault behind what LMDB or the file system threw: `EACCES`, or a number of LMDB's own. */
function reasonOf(error: unknown): number | string {
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string") return code;
  return typeof code === "number" ? (NAMES.get(code) ?? code) : "";
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why a store could not be opened. */
export function openFault(error: unknown, where: string, mode: "read" | "write"): BarlineError {
  if (error instanceof BarlineError) return error;
  const reason = reasonOf(error);
  const details = { where, cause: error };
  if (FORBIDDEN.includes(reason)) {
    if (mode === "write") {
      const cure = "let this user write it, or open it for reading";
      return new BarlineError("read-only", `may not be written (${reason})`, { ...details, cure });
    }
    const cure = "let this user read it, and write its file lock.mdb, where readers are noted";
    return new BarlineError("cannot-open", `may not be read (${reason})`, { ...details, cure });
  }
  if (FULL.includes(reason)) return diskFull(error, where, "could not be made");
  if (FOREIGN.includes(reason)) {
    const cure = "name the directory of a store, or restore it from a copy";
    return new BarlineError("not-a-store", "its file data.mdb is no LMDB file", {
      ...details,
      cure,
    });
  }
  if (DAMAGED.includes(reason)) return damaged(error, where);
  const cure = "look whether its directory and its disk are in order";
  const text = `could not be opened: ${textOf(error)}`;
  return new BarlineError("cannot-open", text, { ...details, cure });
}

/** Why something could not be read from a store that was open. */
export function readFault(error: unknown, where: string): unknown {
  const reason = reasonOf(error);
  const details = { where, cause: error };
  if (reason === MDB_READERS_FULL) {
    const cure = "end some of the programs that read it";
    return new BarlineError("too-many-readers", "is read by too many at once", {
      ...details,
      cure,
    });
  }
  if (reason === MDB_PANIC) return writeFailed(error, where);
  return damaged(error, where);
}

/** Whether there was no room on the disk for something. */
export function isDiskFull(error: unknown): boolean {
  return FULL.includes(reasonOf(error));
}

/** Why no room could be made for a change, of which nothing was written. */
export function roomFault(error: unknown, where: string): BarlineError {
  if (isDiskFull(error)) return diskFull(error, where, "nothing of this change was stored");
  return writeFailed(error, where);
}

/** Why a change could not be committed. `isWhole`: the store is known to be as it was before. */
export function commitFault(error: unknown, where: string, isWhole: boolean): BarlineError {
  if (isDiskFull(error) && isWhole) {
    return diskFull(error, where, "nothing of this change was stored");
  }
  return writeFailed(error, where);
}

/** What a store says from a failed write on, until it is opened anew. */
function writeFailed(cause: unknown, where: string): BarlineError {
  const text = `a write failed (${textOf(cause)}), and it is not known how much reached the disk`;
  const cure = "look whether the disk is in order, then open the store anew";
  return new BarlineError("write-failed", text, { where, cure, cause });
}

function diskFull(cause: unknown, where: string, consequence: string): BarlineError {
  const cure = "make room and try again";
  return new BarlineError("disk-full", `the disk is full, ${consequence}`, { where, cure, cause });
}

function damaged(cause: unknown, where: string): BarlineError {
  const text = `its data is damaged: ${textOf(cause)}`;
  return new BarlineError("damaged-store", text, { where, cure: RESTORE, cause });
}
