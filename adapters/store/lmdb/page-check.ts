import { readSync } from "node:fs";
import { type FileHead, NO_PAGE, type TreeHead } from "./file-head.ts";
import { freeRanges } from "./free-ranges.ts";

const PAGE_HEAD_BYTES = 24;
const NODE_HEAD_BYTES = 8;
const LARGE_PLACE_BYTES = 24;
const BRANCH = 1;
const LEAF = 2;
const LARGE = 4;
/** Of a node: its value lies on pages of its own. Nothing else is set in a store of ours. */
const IS_LARGE = 1;
const LONGEST_KEY = 511;
/** A tree that is higher would have more pages than there are. */
const GREATEST_DEPTH = 32;

/**
 * What is wrong with the pages that a newest transaction can reach within the first `size` bytes of
 * a file, and with the lists of those that are free; undefined where nothing is. LMDB believes all
 * of it without a look. Values are left to those who have their checksums.
 */
export function pageFault(file: number, head: FileHead, size: number): string | undefined {
  const check = new PageCheck(file, head, size);
  try {
    check.free();
    check.entries();
    return undefined;
  } catch (error) {
    if (error instanceof DamagedPage) return error.message;
    throw error;
  }
}

class DamagedPage extends Error {
  override readonly name = "DamagedPage";
}

class PageCheck {
  readonly #file: number;
  readonly #head: FileHead;
  /** Pages that there are in the file. */
  readonly #pages: number;
  /** Those that something is on, or that are free. */
  readonly #taken: Uint8Array;
  readonly #buffers: Buffer[] = [];
  readonly #lists: Buffer[] = [];
  #isFree = false;
  #tree: TreeHead;
  #seen = { branchPages: 0, leafPages: 0, largePages: 0, entries: 0 };
  /** The key that the next one must not be below, and whether it may be equal. */
  readonly #least = Buffer.alloc(LONGEST_KEY);
  #leastBytes = 0;
  #mayBeLeast = true;

  constructor(file: number, head: FileHead, size: number) {
    this.#file = file;
    this.#head = head;
    this.#pages = Math.floor(size / head.pageBytes);
    this.#taken = new Uint8Array(head.lastPage + 1).fill(1, 0, 2);
    this.#tree = head.free;
  }

  /** The tree that lists free pages: of each transaction, those that it gave back. */
  free(): void {
    this.#isFree = true;
    this.#walk(this.#head.free);
    this.#isFree = false;
  }

  /** The tree of entries, and then that no page of it is listed as free: LMDB would write on it. */
  entries(): void {
    this.#walk(this.#head.entries);
    for (const list of this.#lists) {
      const ranges = freeRanges(list);
      demand(ranges !== undefined, "a list of free pages is none");
      for (const { first, count } of ranges) this.#take(first, count, this.#head.lastPage + 1);
    }
  }

  #walk(tree: TreeHead): void {
    this.#tree = tree;
    this.#seen = { branchPages: 0, leafPages: 0, largePages: 0, entries: 0 };
    this.#leastBytes = 0;
    this.#mayBeLeast = true;
    const isEmpty = tree.root === NO_PAGE;
    demand(isEmpty === (tree.depth === 0), "the depth of a tree is wrong");
    demand(tree.depth <= GREATEST_DEPTH, "the depth of a tree is wrong");
    if (!isEmpty) this.#page(Number(tree.root), 1);
    const { branchPages, leafPages, largePages, entries } = this.#seen;
    const isCounted =
      tree.branchPages === branchPages &&
      tree.leafPages === leafPages &&
      tree.largePages === largePages &&
      tree.entries === entries;
    demand(isCounted, "a tree has not what its head says");
  }

  #page(number: number, depth: number): void {
    const { pageBytes } = this.#head;
    this.#take(number, 1, this.#pages);
    const isLeaf = depth === this.#tree.depth;
    const page = this.#read(number, pageBytes, depth);
    const lower = page.readUInt16LE(20);
    const upper = page.readUInt16LE(22) + PAGE_HEAD_BYTES;
    const isSound =
      this.#isPage(page, number, isLeaf ? LEAF : BRANCH) &&
      lower % 2 === 0 &&
      lower > 0 &&
      lower + PAGE_HEAD_BYTES <= upper &&
      upper <= pageBytes;
    demand(isSound, `page ${number} is not what it should be`);
    if (isLeaf) this.#seen.leafPages += 1;
    else this.#seen.branchPages += 1;
    for (let index = 0; index < lower >> 1; index += 1) {
      const at = page.readUInt16LE(PAGE_HEAD_BYTES + 2 * index) + PAGE_HEAD_BYTES;
      demand(at >= upper && at + NODE_HEAD_BYTES <= pageBytes, `page ${number} is torn`);
      const keyBytes = page.readUInt16LE(at + 6);
      const end = at + NODE_HEAD_BYTES + keyBytes;
      demand(end <= pageBytes && keyBytes <= LONGEST_KEY, `page ${number} is torn`);
      // The first node of a branch has no key: what is below it is below the next one.
      if (isLeaf || index > 0) this.#key(page, at + NODE_HEAD_BYTES, end, isLeaf, number);
      if (isLeaf) this.#entry(page, at, end, number);
      else this.#page(childOf(page, at), depth + 1);
    }
  }

  /** Keys ascend; one in a branch is above all before it, and not above what follows. */
  #key(page: Buffer, from: number, to: number, isLeaf: boolean, number: number): void {
    // Numbers are not in the order of their bytes, and are not sought in this file.
    if (this.#isFree) return;
    const order = page.compare(this.#least, 0, this.#leastBytes, from, to);
    const isAscending = order > 0 || (order === 0 && isLeaf && this.#mayBeLeast);
    demand(isAscending, `keys of page ${number} are not in order`);
    page.copy(this.#least, 0, from, to);
    this.#leastBytes = to - from;
    this.#mayBeLeast = !isLeaf;
  }

  #entry(page: Buffer, at: number, valueAt: number, number: number): void {
    const flags = page.readUInt16LE(at + 4);
    const valueBytes = page.readUInt32LE(at);
    demand((flags & ~IS_LARGE) === 0, `page ${number} has an entry of another kind`);
    this.#seen.entries += 1;
    if (flags === IS_LARGE) {
      const isWithin = valueAt + LARGE_PLACE_BYTES <= this.#head.pageBytes;
      demand(isWithin, `page ${number} is torn`);
      this.#large(numberAt(page, valueAt), numberAt(page, valueAt + 16), valueBytes);
      return;
    }
    demand(valueAt + valueBytes <= this.#head.pageBytes, `page ${number} is torn`);
    if (this.#isFree) this.#lists.push(Buffer.from(page.subarray(valueAt, valueAt + valueBytes)));
  }

  #large(number: number, count: number, valueBytes: number): void {
    const { pageBytes } = this.#head;
    demand(count > 0, `page ${number} has no length`);
    this.#take(number, count, this.#pages);
    const start = this.#read(number, PAGE_HEAD_BYTES, 0);
    const isSound =
      this.#isPage(start, number, LARGE) &&
      start.readUInt32LE(20) === count &&
      valueBytes <= count * pageBytes - PAGE_HEAD_BYTES;
    demand(isSound, `page ${number} is not what it should be`);
    this.#seen.largePages += count;
    if (!this.#isFree) return;
    const list = Buffer.alloc(valueBytes);
    readSync(this.#file, list, 0, valueBytes, number * pageBytes + PAGE_HEAD_BYTES);
    this.#lists.push(list);
  }

  #isPage(page: Buffer, number: number, kind: number): boolean {
    return (
      numberAt(page, 0) === number &&
      page.readBigUInt64LE(8) <= this.#head.transaction &&
      page.readUInt16LE(18) === kind
    );
  }

  /** No page serves twice, and none lies beyond the end. */
  #take(first: number, count: number, end: number): void {
    const isThere = first >= 2 && first + count <= Math.min(end, this.#taken.length);
    demand(isThere, `page ${first} is beyond the end`);
    for (let number = first; number < first + count; number += 1) {
      demand(this.#taken[number] === 0, `page ${number} serves twice`);
      this.#taken[number] = 1;
    }
  }

  /** What is read at one depth is overwritten by what is read next there. */
  #read(number: number, length: number, depth: number): Buffer {
    this.#buffers[depth] ??= Buffer.alloc(this.#head.pageBytes);
    const page = this.#buffers[depth];
    readSync(this.#file, page, 0, length, number * this.#head.pageBytes);
    return page;
  }
}

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new DamagedPage(problem);
}

/** The page below a node of a branch: 48 bits, low half first, the top 16 in place of its flags. */
function childOf(page: Buffer, at: number): number {
  return page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32;
}

/** A number of 64 bits; one beyond 2^53 is no page, whatever it is rounded to. */
function numberAt(page: Buffer, at: number): number {
  return page.readUInt32LE(at) + page.readUInt32LE(at + 4) * 2 ** 32;
}
