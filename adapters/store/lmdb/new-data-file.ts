import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { openLmdbFile } from "./lmdb-environment.ts";
import { isRunning } from "./running-process.ts";

const DRAFT = /^draft-(\d+)\.mdb(?:-lock)?$/;

/**
 * Makes an empty LMDB file. It is made beside its place and put there whole: LMDB itself would
 * leave a file that it can never open again if it were killed in between.
 */
export function makeDataFile(directory: string, path: string): void {
  mkdirSync(directory, { recursive: true });
  const draft = join(directory, `draft-${process.pid}.mdb`);
  try {
    void openLmdbFile(draft).close();
    sync(draft, "r+");
    putInPlace(draft, path);
    syncDirectory(directory);
    syncDirectory(dirname(resolve(directory)));
  } finally {
    rmSync(draft, { force: true });
    rmSync(`${draft}-lock`, { force: true });
  }
}

/** Removes what a process left that was killed while it made the file. */
export function removeDrafts(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(directory, name), { force: true });
  }
}

function putInPlace(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another process was faster, and its file is as good as ours.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the names in a directory durable, where the system can. */
function syncDirectory(directory: string): void {
  if (process.platform !== "win32") sync(directory, "r");
}
