import { readSync } from "node:fs";
import { type FileHead, NO_PAGE } from "./file-head.ts";

const PAGE_HEAD_BYTES = 24;
const NODE_HEAD_BYTES = 8;
const BRANCH = 1;
const LEAF = 2;
const IS_BIG = 1;

/**
 * Whether every page that a newest transaction can reach lies within the first `size` bytes of a
 * file. It walks both trees, and is asked only where the file is shorter than its head says.
 */
export function treesFit(file: number, head: FileHead, size: number): boolean {
  const { pageBytes, lastPage } = head;
  const pages = Math.floor(size / pageBytes);
  const page = Buffer.alloc(pageBytes);
  const open = head.roots.filter((root) => root !== NO_PAGE).map(Number);
  // A tree has no more pages than the file: more steps than that mean that it runs in a circle.
  for (let steps = 0; open.length > 0; steps += 1) {
    const number = open.pop()!;
    if (number >= pages || steps > lastPage) return false;
    readSync(file, page, 0, pageBytes, number * pageBytes);
    const kind = page.readUInt16LE(18) & (BRANCH | LEAF);
    const nodes = page.readUInt16LE(20) >> 1;
    if (kind === 0 || PAGE_HEAD_BYTES + 2 * nodes > pageBytes) return false;
    for (let index = 0; index < nodes; index += 1) {
      const at = page.readUInt16LE(PAGE_HEAD_BYTES + 2 * index) + PAGE_HEAD_BYTES;
      if (at + NODE_HEAD_BYTES > pageBytes) return false;
      if (kind === BRANCH) open.push(childOf(page, at));
      else if ((page.readUInt16LE(at + 4) & IS_BIG) !== 0) {
        const place = at + NODE_HEAD_BYTES + page.readUInt16LE(at + 6);
        if (place + 24 > pageBytes) return false;
        // A large value: its first page, the transaction that wrote it, and how many pages.
        const end = page.readBigUInt64LE(place) + page.readBigUInt64LE(place + 16);
        if (end > BigInt(pages)) return false;
      }
    }
  }
  return true;
}

/** The page below a node of a branch: 48 bits, low half first, the top 16 in place of its flags. */
function childOf(page: Buffer, at: number): number {
  return page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32;
}
