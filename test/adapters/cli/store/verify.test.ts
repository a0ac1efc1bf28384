// Goal: whatever is damaged in a store is named, by a program that outlives it; and a store of a
// later Barline is refused before anything of it is taken for something else.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ENTRY, entriesOf, entryKey } from "../../../../adapters/store/keys.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import type { StoreWriter } from "../../../../adapters/store/port/ordered-store.ts";
import { seal } from "../../../../adapters/store/sealed.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import {
  barline,
  barlines,
  type Ended,
  expectOneLine,
  HANGS_MS,
  IF_15M,
  workFolder,
} from "../barline.ts";

const file = workFolder();
const KEY = "IF 15m trades regular";

beforeAll(async () => {
  const args = ["--calendar", "CFFEX", "--store", file("sound"), "--quiet"];
  const ended = await barlines(file, [
    ["bars", "import", IF_15M, "--symbol", "IF", ...args],
    ["bars", "import", IF_15M, "--symbol", "OTHER", ...args],
  ]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
});

/** A copy of the sound store, changed. */
function changed(name: string, change: (writer: StoreWriter) => void): string {
  mkdirSync(file(name));
  copyFileSync(file("sound/data.mdb"), file(`${name}/data.mdb`));
  const store = openLmdbStore(file(name), { mode: "write" });
  store.write(change);
  store.close();
  return file(name);
}

function flip(writer: StoreWriter, kind: number, place: number): void {
  const { key, value } = [...writer.range(entriesOf(kind as typeof ENTRY.block))][place]!;
  const altered = value.slice();
  altered[Math.floor(altered.length / 2)]! ^= 16;
  writer.put(key.slice(), altered);
}

interface Line {
  readonly what: string;
  readonly findings: readonly { readonly kind: string; readonly problem: string }[];
}

function linesOf({ stdout }: Ended): Line[] {
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

/** What is found of each thing that is looked at. */
function kindsOf(ended: Ended): Record<string, string[]> {
  return Object.fromEntries(
    linesOf(ended).map(({ what, findings }) => [what, findings.map(({ kind }) => kind)]),
  );
}

const SOUND = {
  [KEY]: [],
  "OTHER 15m trades regular": [],
  "files read before": [],
  "all pages": [],
};

describe("barline bars verify", () => {
  it("finds nothing where nothing is, and all that there is", { timeout: HANGS_MS }, async () => {
    const block = changed("block", (writer) => flip(writer, ENTRY.block, 1));
    const about = changed("about", (writer) => flip(writer, ENTRY.series, 0));
    const kept = changed("kept", (writer) => flip(writer, ENTRY.import, 2));
    const verify = (store: string) => ["bars", "verify", "--json", "--store", store];
    const [sound, ofBlock, ofAbout, ofKept, ofOther, text, unknown, listed, removed] =
      await barlines(file, [
        verify(file("sound")),
        verify(block),
        verify(about),
        verify(kept),
        [...verify(block), "OTHER"],
        ["bars", "verify", "--store", block, "if"],
        [...verify(block), "NOTHING"],
        ["bars", "ls", "--store", about],
        ["bars", "rm", "IF", "--store", about, "--yes"],
      ]);
    expect(kindsOf(sound!)).toEqual(SOUND);
    expect(sound!.code).toBe(0);
    expect(kindsOf(ofBlock!)).toEqual({ ...SOUND, [KEY]: ["damaged-block"] });
    expect(kindsOf(ofAbout!)).toEqual({ ...SOUND, [KEY]: ["damaged-series"] });
    expect(kindsOf(ofKept!)).toEqual({ ...SOUND, "files read before": ["damaged-import"] });
    expect([ofBlock, ofAbout, ofKept].map((ended) => ended!.code)).toEqual([1, 1, 1]);
    expect(kindsOf(ofOther!)).toEqual({ "OTHER 15m trades regular": [] });
    expect(text!.code).toBe(1);
    expect(text!.stdout).toMatch(
      /^IF 15m trades regular: 1 finding\n {2}damaged-block: .*checksum/,
    );
    expect(text!.stdout).not.toContain("bars verify");
    expect(text!.stderr).toContain("barline bars repair");
    expectOneLine(unknown!, 2, "NOTHING");
    // What is damaged can be seen, and removed.
    expect(listed!.stdout).toContain(`${KEY}`);
    expect(listed!.stdout).toContain("damaged: see barline bars verify");
    expect(listed!.stdout).toContain("3,200");
    expect(removed!.stdout).toContain("which is damaged");
  });

  it("outlives an entry that reaches nowhere, and looks at the rest", {
    timeout: HANGS_MS,
  }, async () => {
    mkdirSync(file("pages"));
    writeFileSync(file("pages/data.mdb"), reachingNowhere(readFileSync(file("sound/data.mdb"))));
    const ended = await barline(["bars", "verify", "--json", "--store", file("pages")]);
    expect(ended.code).toBe(1);
    expect(kindsOf(ended)).toEqual({
      ...SOUND,
      [KEY]: ["damaged-pages"],
      "all pages": ["damaged-pages"],
    });
    expect(linesOf(ended)[0]!.findings[0]!.problem).toMatch(/was ended \(SIG(BUS|SEGV)\)/);
  });
});

/** Lets the first block of bars be so long that it reaches far behind the end of the file. */
function reachingNowhere(data: Buffer): Buffer {
  const bytes = Buffer.from(data);
  const transaction = (page: number): bigint => bytes.readBigUInt64LE(4_096 * page + 152);
  const head = transaction(0) > transaction(1) ? 0 : 4_096;
  const root = 4_096 * Number(bytes.readBigUInt64LE(head + 136));
  const nodes = bytes.readUInt16LE(root + 20) >> 1;
  for (let index = 0; index < nodes; index += 1) {
    const at = root + 24 + bytes.readUInt16LE(root + 24 + 2 * index);
    const isBig = (bytes.readUInt16LE(at + 4) & 1) !== 0;
    if (!isBig || bytes[at + 8] !== ENTRY.block) continue;
    bytes.writeUInt32LE(0x0fff_ffff, at);
    return bytes;
  }
  throw new Error("the root of the tree has no large block");
}

describe("a store of a later Barline", () => {
  it("is refused by every command", { timeout: HANGS_MS }, async () => {
    const key = entryKey(ENTRY.root);
    const later = changed("later", (writer) =>
      writer.put(key, seal(key, new ByteWriter().uint32(99).view)),
    );
    const store = ["--store", later];
    const ended = await barlines(file, [
      ["bars", "ls", ...store],
      ["bars", "verify", ...store],
      ["bars", "show", "IF", ...store],
      ["bars", "import", IF_15M, ...store],
      ["bars", "export", "IF", "--out", file("later.csv"), ...store],
      ["bars", "rm", "IF", "--yes", ...store],
    ]);
    for (const each of ended) expectOneLine(each, 2, "format 99", "update Barline");
  });
});
