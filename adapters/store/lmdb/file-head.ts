/** What a meta page says of a tree of pages. */
export interface TreeHead {
  /** Its first page; `NO_PAGE` where it has none. */
  readonly root: bigint;
  /** Pages from the root to an entry; 0 where it has none. */
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  /** Pages of large values, which lie beside the tree. */
  readonly largePages: number;
  readonly entries: number;
}

/** What one of the two meta pages of an LMDB file says. */
export interface FileHead {
  /** Number of the last transaction that was committed; of both pages the higher one counts. */
  readonly transaction: bigint;
  readonly pageBytes: number;
  /** The highest page that was ever used. */
  readonly lastPage: number;
  /** Of which pages are free. */
  readonly free: TreeHead;
  readonly entries: TreeHead;
}

/** What is wrong with a meta page, and whether the file is no LMDB file at all. */
export interface HeadFault {
  readonly problem: string;
  readonly isForeign: boolean;
}

/** So many bytes of a meta page are used. */
export const HEAD_BYTES = 168;

/** The root of a tree that has no page. */
export const NO_PAGE = 0xffff_ffff_ffff_ffffn;

const MAGIC = 0xbeef_c0de;
const FORMAT = 2;
const META_PAGE = 8;
/** The keys of the tree of free pages are numbers; nothing else is set in a store of ours. */
const FLAGS = 8;
const PAGE_BYTES = 4_096;
const SMALLEST_PAGE = 512;
const LARGEST_PAGE = 65_536;

// Where they are in a meta page, in bytes.
const AT = {
  pageFlags: 18,
  magic: 24,
  format: 28,
  address: 32,
  mapBytes: 40,
  pageBytes: 48,
  flags: 52,
  free: 48,
  entries: 96,
  lastPage: 144,
  transaction: 152,
} as const;

// And in what it says of a tree.
const IN_TREE = {
  flags: 4,
  depth: 6,
  branchPages: 8,
  leafPages: 16,
  largePages: 24,
  entries: 32,
  root: 40,
} as const;

/** The two meta pages of a file without entries. */
export function headOfEmptyFile(): Uint8Array {
  const bytes = new Uint8Array(2 * PAGE_BYTES);
  for (const page of [0, 1]) {
    const view = new DataView(bytes.buffer, page * PAGE_BYTES, PAGE_BYTES);
    view.setBigUint64(0, BigInt(page), true);
    view.setUint16(AT.pageFlags, META_PAGE, true);
    view.setUint32(AT.magic, MAGIC, true);
    view.setUint32(AT.format, FORMAT, true);
    view.setUint32(AT.mapBytes, 2 ** 20, true);
    view.setUint32(AT.pageBytes, PAGE_BYTES, true);
    view.setUint16(AT.flags, FLAGS, true);
    view.setBigUint64(AT.free + IN_TREE.root, NO_PAGE, true);
    view.setBigUint64(AT.entries + IN_TREE.root, NO_PAGE, true);
    view.setBigUint64(AT.lastPage, 1n, true);
  }
  return bytes;
}

/** Whether some bytes may be the beginning of an LMDB file, of whatever length. */
export function beginsHead(bytes: Buffer): boolean {
  return bytes.length >= AT.format && bytes.readUInt32LE(AT.magic) === MAGIC;
}

/** What a meta page says, from its first `HEAD_BYTES` bytes. */
export function readHead(bytes: Buffer): FileHead | HeadFault {
  const magic = bytes.readUInt32LE(AT.magic);
  if (magic !== MAGIC) {
    const problem = `no LMDB file: its head has ${hex(magic)}, expected ${hex(MAGIC)}`;
    return { problem, isForeign: true };
  }
  const format = bytes.readUInt32LE(AT.format);
  if (format !== FORMAT) {
    return { problem: `of LMDB's format ${format}, expected ${FORMAT}`, isForeign: true };
  }
  const pageBytes = bytes.readUInt32LE(AT.pageBytes);
  const isSize = pageBytes >= SMALLEST_PAGE && pageBytes <= LARGEST_PAGE;
  if (!isSize || (pageBytes & (pageBytes - 1)) !== 0) {
    return { problem: `its head says that a page has ${pageBytes} bytes`, isForeign: false };
  }
  const isOurs =
    bytes.readUInt16LE(AT.pageFlags) === META_PAGE &&
    bytes.readUInt16LE(AT.flags) === FLAGS &&
    bytes.readBigUInt64LE(AT.address) === 0n &&
    bytes.readUInt16LE(AT.entries + IN_TREE.flags) === 0;
  if (!isOurs) {
    return { problem: "its head says what no store of Barline says", isForeign: false };
  }
  return {
    transaction: bytes.readBigUInt64LE(AT.transaction),
    pageBytes,
    lastPage: Number(bytes.readBigUInt64LE(AT.lastPage)),
    free: readTree(bytes, AT.free),
    entries: readTree(bytes, AT.entries),
  };
}

function readTree(bytes: Buffer, at: number): TreeHead {
  const count = (place: number): number => Number(bytes.readBigUInt64LE(at + place));
  return {
    root: bytes.readBigUInt64LE(at + IN_TREE.root),
    depth: bytes.readUInt16LE(at + IN_TREE.depth),
    branchPages: count(IN_TREE.branchPages),
    leafPages: count(IN_TREE.leafPages),
    largePages: count(IN_TREE.largePages),
    entries: count(IN_TREE.entries),
  };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
