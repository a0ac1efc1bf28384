import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Fails where LMDB could not note what this process reads, which it does in its file `lock.mdb`. It
 * would read all the same, and a writer would put new pages in the place of those being read.
 */
export function assertNoted(directory: string): void {
  const notes = join(directory, "lock.mdb");
  accessSync(existsSync(notes) ? notes : directory, constants.R_OK | constants.W_OK);
}
