import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fail } from "../../../core/time/failure.ts";
import { beginsHead, type FileHead, HEAD_BYTES, NO_PAGE, readHead } from "./file-head.ts";
import { pageFault } from "./page-check.ts";

/** More than any transaction of ours uses and gives back again. */
const MOST_MISSING_BYTES = 2 ** 30;

const CURE = "restore it from a copy";

/** Its name in the folder of a store. */
export const DATA_FILE = "data.mdb";

/** A file that others write on all the while cannot be looked at, and has been by them. */
const ATTEMPTS = 4;

/**
 * Fails unless the file can be what it says it is. LMDB maps it into memory and would die of a read
 * beyond its end, so what its newest transaction needs must be there before LMDB opens it. It also
 * believes whatever its pages say: one that is to write on it would spoil more, or die of it.
 *
 * @param isWhole whether all pages are looked at, as one that is to write on it must.
 * @throws {BarlineError} `not-a-store` or `damaged-store`, with the path, what was expected and
 * what was found.
 */
export function checkDataFile(path: string, isWhole: boolean): void {
  withFile(path, (file) => {
    let head = newestHead(file, path);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // The size is taken after the head: a file that is being written only grows.
      const { size } = fstatSync(file);
      const expected = (head.lastPage + 1) * head.pageBytes;
      const missing = expected - size;
      if (missing <= 0 && !isWhole) return;
      // Pages at the end that were used and given back need never have been written.
      const fault = missing > MOST_MISSING_BYTES ? "too short" : pageFault(file, head, size);
      if (fault === undefined) return;
      const now = newestHead(file, path);
      if (now.transaction === head.transaction) {
        const short = `cut short: ${size} bytes, expected ${expected}`;
        const problem = missing > 0 ? short : `its pages are damaged: ${fault}`;
        fail("damaged-store", problem, { where: path, cure: CURE });
      }
      // Somebody wrote meanwhile, and what was looked at was not of one moment.
      head = now;
    }
  });
}

/** Number of the newest transaction that a file has. */
export function newestTransaction(path: string): bigint {
  return withFile(path, (file) => newestHead(file, path).transaction);
}

/** The head of an open file that counts. */
export function newestHead(file: number, path: string): FileHead {
  const first = headAt(file, 0, path);
  const second = headAt(file, first.pageBytes, path);
  const newest = first.transaction >= second.transaction ? first : second;
  // Of the other one this need not be so: it may be what a write left that failed or was torn.
  const roots = [newest.free.root, newest.entries.root];
  if (roots.some((root) => root !== NO_PAGE && root > BigInt(newest.lastPage))) {
    const problem = "its head names a page that was never used";
    fail("damaged-store", problem, { where: path, cure: CURE });
  }
  return newest;
}

function headAt(file: number, position: number, path: string): FileHead {
  const bytes = Buffer.alloc(HEAD_BYTES);
  const length = readSync(file, bytes, 0, HEAD_BYTES, position);
  if (length < HEAD_BYTES) {
    const { size } = fstatSync(file);
    const isOurs = position > 0 || size === 0 || beginsHead(bytes.subarray(0, length));
    const least = position + HEAD_BYTES;
    const problem = `cut short in its head: ${size} bytes, expected ${least} or more`;
    fail(isOurs ? "damaged-store" : "not-a-store", problem, { where: path, cure: CURE });
  }
  const head = readHead(bytes);
  if (!("problem" in head)) return head;
  // Behind a head that is right there is never a foreign one.
  const code = head.isForeign && position === 0 ? "not-a-store" : "damaged-store";
  const cure = code === "not-a-store" ? `name the directory of a store, or ${CURE}` : CURE;
  return fail(code, head.problem, { where: `${path}, byte ${position}`, cure });
}

function withFile<T>(path: string, action: (file: number) => T): T {
  const file = openSync(path, "r");
  try {
    return action(file);
  } finally {
    closeSync(file);
  }
}
