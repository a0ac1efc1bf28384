import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fail } from "../../../core/time/failure.ts";
import { beginsHead, type FileHead, HEAD_BYTES, NO_PAGE, readHead } from "./file-head.ts";
import { treesFit } from "./tree-extent.ts";

/** More than any transaction of ours uses and gives back again. */
const MOST_MISSING_BYTES = 2 ** 30;

const CURE = "restore it from a copy";

/**
 * Fails unless the file can be what it says it is. LMDB maps it into memory and would die of a read
 * beyond its end, so what its newest transaction needs must be there before LMDB opens it.
 *
 * @throws {BarlineError} `not-a-store` or `damaged-store`, with the path, what was expected and
 * what was found.
 */
export function checkDataFile(path: string): void {
  withFile(path, (file) => {
    let head = newestHead(file, path);
    for (;;) {
      // The size is taken after the head: a file that is being written only grows.
      const { size } = fstatSync(file);
      const expected = (head.lastPage + 1) * head.pageBytes;
      // Pages at the end that were used and given back need never have been written.
      if (size >= expected) return;
      if (expected - size <= MOST_MISSING_BYTES && treesFit(file, head, size)) return;
      const now = newestHead(file, path);
      if (now.transaction === head.transaction) {
        const problem = `cut short: ${size} bytes, expected ${expected}`;
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
  if (newest.roots.some((root) => root !== NO_PAGE && root > BigInt(newest.lastPage))) {
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
