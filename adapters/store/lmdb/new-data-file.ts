import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { headOfEmptyFile } from "./file-head.ts";
import { isRunning } from "./running-process.ts";

const DRAFT = /^draft-(\d+)\.(?:data|lock)\.mdb$/;

/** What LMDB asks for 1,000 readers, and more: whoever reads is noted in 64 bytes. */
const LOCK_BYTES = 72 * 1_024;

/**
 * Makes an empty store. Its files are made beside their places and put there whole: LMDB itself
 * would leave one that it can never open again if it were killed in between, or end the process
 * when the disk is full. The file of locks has all its room from the start, as LMDB maps it into
 * memory, where a full disk is no error but the end of the process.
 */
export function makeDataFile(directory: string, path: string): void {
  mkdirSync(directory, { recursive: true });
  // LMDB makes the locks anew whenever the first process opens it: of a store that is no more, too.
  const locks = join(directory, "lock.mdb");
  if (!existsSync(locks)) put(locks, new Uint8Array(LOCK_BYTES), "lock");
  put(path, headOfEmptyFile(), "data");
  syncDirectory(directory);
  syncDirectory(dirname(resolve(directory)));
}

/** Removes what a process left that was killed while it made a store. */
export function removeDrafts(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(directory, name), { force: true });
    }
  }
}

function put(path: string, content: Uint8Array, kind: "data" | "lock"): void {
  const draft = join(dirname(path), `draft-${process.pid}.${kind}.mdb`);
  try {
    writeFileSync(draft, content, { flush: true });
    linkSync(draft, path);
  } catch (error) {
    // Another process was faster, and its file is as good as ours.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Makes the names in a directory durable, where the system can. */
function syncDirectory(directory: string): void {
  if (process.platform === "win32") return;
  const file = openSync(directory, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
