import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fail } from "../../../core/time/failure.ts";
import { treesFit } from "./tree-extent.ts";

/** What the newer of the two meta pages of an LMDB file says; the file is read at one of its pages. */
export interface DataFileHead {
  /** Number of the last transaction that was committed. */
  readonly transaction: bigint;
  readonly pageBytes: number;
  /** The highest page that was ever used. */
  readonly lastPage: number;
  /** First pages of the trees: of free pages, and of the entries. */
  readonly roots: readonly bigint[];
}

const MAGIC = 0xbeef_c0de;
const FORMAT = 2;
const HEAD_BYTES = 168;
const SMALLEST_PAGE = 512;
const LARGEST_PAGE = 65_536;

const RESTORE = "restore it from a copy";

/**
 * Fails unless the file can be what it says it is. LMDB maps it into memory and would die of a read
 * beyond its end, so what its newest transaction needs must be there before LMDB opens it.
 *
 * @throws {BarlineError} `not-a-store` or `damaged-store`, with the path, what was expected and
 * what was found.
 */
export function checkDataFile(path: string): void {
  const file = openSync(path, "r");
  try {
    let head = readHead(file, path);
    for (;;) {
      // The size is taken after the head: a file that is being written only grows.
      const { size } = fstatSync(file);
      const expected = (head.lastPage + 1) * head.pageBytes;
      // Pages at the end that were used and given back need never have been written.
      if (size >= expected || treesFit(file, head, size)) return;
      const now = readHead(file, path);
      if (now.transaction === head.transaction) {
        fail("damaged-store", `cut short: ${size} bytes, expected ${expected}`, {
          where: path,
          cure: RESTORE,
        });
      }
      // Somebody wrote meanwhile, and what was looked at was not of one moment.
      head = now;
    }
  } finally {
    closeSync(file);
  }
}

/** The newest transaction that an LMDB file has. */
export function newestTransaction(path: string): bigint {
  const file = openSync(path, "r");
  try {
    return readHead(file, path).transaction;
  } finally {
    closeSync(file);
  }
}

function readHead(file: number, path: string): DataFileHead {
  const first = metaPage(file, 0, path);
  const { pageBytes } = first;
  const isSize = pageBytes >= SMALLEST_PAGE && pageBytes <= LARGEST_PAGE;
  if (!isSize || (pageBytes & (pageBytes - 1)) !== 0) {
    fail("damaged-store", `its head says that a page has ${pageBytes} bytes`, {
      where: path,
      cure: RESTORE,
    });
  }
  const second = metaPage(file, pageBytes, path);
  return first.transaction >= second.transaction ? first : second;
}

function metaPage(file: number, position: number, path: string): DataFileHead {
  const bytes = Buffer.alloc(HEAD_BYTES);
  const length = readSync(file, bytes, 0, HEAD_BYTES, position);
  if (length < HEAD_BYTES) {
    const { size } = fstatSync(file);
    const expected = position + HEAD_BYTES;
    // A few bytes may be the beginning of anything.
    const isLmdb = position > 0 || (length >= 28 && bytes.readUInt32LE(24) === MAGIC);
    const code = isLmdb || size === 0 ? "damaged-store" : "not-a-store";
    fail(code, `cut short in its head: ${size} bytes, expected ${expected} or more`, {
      where: path,
      cure: RESTORE,
    });
  }
  const magic = bytes.readUInt32LE(24);
  if (magic !== MAGIC) {
    const code = position > 0 ? "damaged-store" : "not-a-store";
    const found = `${hex(magic)} at byte ${position + 24}, expected ${hex(MAGIC)}`;
    fail(code, `no LMDB file: its head has ${found}`, {
      where: path,
      cure: "name the directory of a store, or restore it from a copy",
    });
  }
  const format = bytes.readUInt32LE(28) & 0xffff;
  if (format !== FORMAT) {
    fail("not-a-store", `an LMDB file of format ${format}, expected ${FORMAT}`, {
      where: path,
      cure: "name the directory of a store that Barline has made",
    });
  }
  return {
    transaction: bytes.readBigUInt64LE(152),
    pageBytes: bytes.readUInt32LE(48),
    lastPage: Number(bytes.readBigUInt64LE(144)),
    roots: [bytes.readBigUInt64LE(88), bytes.readBigUInt64LE(136)],
  };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
