import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { newestHead } from "./data-file.ts";
import { isDiskFull } from "./store-fault.ts";

const ZEROS = new Uint8Array(256 * 1_024);
/** A file grows by an eighth, within these bounds. */
const SHORTEST_STEP_BYTES = ZEROS.length;
const LONGEST_STEP_BYTES = 16 * 2 ** 20;
/** Pages of the list of free pages and of a tree that grows in height. */
const SPARE_PAGES = 32;
/** As many pages of a tree as one change can alter, from its root to a leaf. */
const HEIGHT = 6;
/** A value that is larger lies on pages of its own. */
const LARGEST_INNER_BYTES = 1_024;

/**
 * Keeps room in the file for what a transaction is going to write, so that a full disk is found
 * before LMDB finds it, which then writes beyond a string of its own and may end the process. A
 * commit is also faster where the file need not grow for it.
 *
 * The room is an estimate, made large. Where it is not enough LMDB makes the file longer itself.
 */
export class FileRoom {
  readonly #path: string;
  readonly #file: number;
  #pageBytes = 0;
  /** Where the pages end that are in use, and where the file does, in bytes. */
  #usedBytes = 0;
  #fileBytes = 0;
  #treePages = 0;
  #changes = 0;
  #innerBytes = 0;
  #outerPages = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, "r+");
  }

  /** A transaction has begun, and nobody else writes to the file until it ends. */
  begin(): void {
    const { lastPage, pageBytes, entries } = newestHead(this.#file, this.#path);
    this.#pageBytes = pageBytes;
    this.#usedBytes = (lastPage + 1) * pageBytes;
    this.#fileBytes = fstatSync(this.#file).size;
    this.#treePages = entries.branchPages + entries.leafPages;
    this.#changes = 0;
    this.#innerBytes = 0;
    this.#outerPages = 0;
  }

  /** An entry of so many bytes is put or removed; throws what the file system says of it. */
  take(entryBytes: number): void {
    this.#changes += 1;
    if (entryBytes <= LARGEST_INNER_BYTES) this.#innerBytes += entryBytes;
    else this.#outerPages += Math.ceil(entryBytes / this.#pageBytes) + 1;
    const pages =
      SPARE_PAGES +
      this.#outerPages +
      Math.ceil((4 * this.#innerBytes) / this.#pageBytes) +
      Math.min(HEIGHT * this.#changes, this.#treePages);
    const needed = this.#usedBytes + pages * this.#pageBytes;
    if (needed > this.#fileBytes) this.#growTo(needed);
  }

  close(): void {
    closeSync(this.#file);
  }

  #growTo(needed: number): void {
    const step = Math.floor(this.#fileBytes / 8 / ZEROS.length) * ZEROS.length;
    const more = Math.min(Math.max(step, SHORTEST_STEP_BYTES), LONGEST_STEP_BYTES);
    try {
      this.#extend(needed + more);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#extend(needed);
    }
  }

  /** Writes zeros at the end, as a file that is only said to be longer has no room on the disk. */
  #extend(end: number): void {
    const before = this.#fileBytes;
    try {
      for (let at = before; at < end; ) {
        at += writeSync(this.#file, ZEROS, 0, Math.min(ZEROS.length, end - at), at);
      }
      this.#fileBytes = end;
    } catch (error) {
      ftruncateSync(this.#file, before);
      throw error;
    }
  }
}
