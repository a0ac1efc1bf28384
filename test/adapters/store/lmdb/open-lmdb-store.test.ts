// Goal: a store is opened by whoever may, made only by who writes, and what is in the way is told
// with place and cure; other processes see what is committed, and nobody waits for a reader.
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { BarlineError } from "../../../../core/time/failure.ts";
import { StoreLab } from "./store-child.ts";

const lab = new StoreLab();
const KEY = Uint8Array.of(1);

function faultOf(action: () => unknown): BarlineError {
  try {
    action();
  } catch (error) {
    if (error instanceof BarlineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Expects an error that names its place, on one line, with a cure. */
function expectFault(action: () => unknown, code: string, where: string): void {
  const fault = faultOf(action);
  expect(fault.code).toBe(code);
  expect(fault.where).toContain(where);
  expect(fault.message).toMatch(/^[^\n]+; [^\n]+$/);
  expect(fault.cure).toBeTruthy();
}

function numbered(store: OrderedStore, number: number): void {
  const value = Buffer.alloc(8);
  value.writeUInt32LE(number);
  store.write((writer) => writer.put(KEY, value));
}

describe("openLmdbStore", () => {
  it("makes a store, in a directory that is made with it, and only to write", () => {
    const directory = join(lab.name("parent"), "deep", "store.of.mine");
    expectFault(() => openLmdbStore(directory, { mode: "read" }), "no-store", directory);
    expect(existsSync(directory)).toBe(false);
    openLmdbStore(directory, { mode: "write" }).close();
    expect(readdirSync(directory).sort()).toEqual(["data.mdb", "lock.mdb"]);
    const reader = openLmdbStore(directory, { mode: "read" });
    expect(reader.read((view) => view.get(KEY))).toBeUndefined();
    reader.close();
  });

  it("names what is no store", () => {
    const file = lab.name("file");
    writeFileSync(file, "a file");
    expectFault(() => openLmdbStore(file, { mode: "write" }), "not-a-store", file);
    const directory = lab.name("foreign");
    mkdirSync(directory);
    for (const content of ["hello", Buffer.alloc(50_000, 7), Buffer.alloc(100)]) {
      writeFileSync(join(directory, "data.mdb"), content);
      for (const mode of ["read", "write"] as const) {
        expectFault(() => openLmdbStore(directory, { mode }), "not-a-store", "data.mdb");
      }
    }
    writeFileSync(join(directory, "data.mdb"), "");
    expectFault(() => openLmdbStore(directory, { mode: "write" }), "damaged-store", "data.mdb");
    expect(statSync(join(directory, "data.mdb")).size).toBe(0);
  });

  it("removes what a process left that was killed while it made a store", async () => {
    const directory = lab.name("store");
    openLmdbStore(directory, { mode: "write" }).close();
    const gone = join(directory, "draft-999999999.data.mdb");
    const ours = join(directory, `draft-${process.ppid}.lock.mdb`);
    for (const path of [gone, ours]) writeFileSync(path, "half");
    openLmdbStore(directory, { mode: "write" }).close();
    expect(existsSync(gone)).toBe(false);
    expect(existsSync(ours)).toBe(true);
  });

  it("is not written in a process that reads it, and is read in one that writes it", () => {
    const directory = lab.name("store");
    openLmdbStore(directory, { mode: "write" }).close();
    const reader = openLmdbStore(directory, { mode: "read" });
    expectFault(() => openLmdbStore(directory, { mode: "write" }), "cannot-open", directory);
    reader.close();
    const writer = openLmdbStore(directory, { mode: "write" });
    const second = openLmdbStore(directory, { mode: "write" });
    const third = openLmdbStore(directory, { mode: "read" });
    numbered(writer, 1);
    numbered(second, 2);
    expect(third.read((view) => view.get(KEY)![0])).toBe(2);
    writer.close();
    numbered(second, 3);
    expect(third.read((view) => view.get(KEY)![0])).toBe(3);
    second.close();
    expect(third.read((view) => view.get(KEY)![0])).toBe(3);
    third.close();
  });

  it("shows another process what is committed, the moment it is", async () => {
    const directory = lab.name("store");
    const store = openLmdbStore(directory, { mode: "write" });
    let asked = 0;
    const end = await lab.run(
      { kind: "follow", directory },
      {
        meanwhile: (child) => {
          child.stdout!.on("data", () => {
            asked += 1;
            if (asked > 50) {
              child.stdin!.end();
              return;
            }
            numbered(store, asked);
            child.stdin!.write("look\n");
          });
        },
      },
    );
    store.close();
    expect(end.lines).toEqual([
      "open",
      ...Array.from({ length: 50 }, (_, index) => `${index + 1}`),
    ]);
  });

  it("lets two processes write in turn, and loses nothing of either", async () => {
    const directory = lab.name("store");
    openLmdbStore(directory, { mode: "write" }).close();
    const sessionOf = (first: string): unknown =>
      Array.from({ length: 60 }, (_, number) => [
        { key: `${first}${number.toString(16).padStart(4, "0")}`, size: 3_000, seed: number },
      ]);
    const ends = await Promise.all(
      ["0a", "0b"].map((first) =>
        lab.run({ kind: "write", directory, transactions: sessionOf(first) }),
      ),
    );
    for (const { lines } of ends) expect(lines).toHaveLength(60);
    const store = openLmdbStore(directory, { mode: "read" });
    store.read((view) => {
      for (const first of [10, 11]) {
        const range = { from: Uint8Array.of(first), to: Uint8Array.of(first + 1) };
        const seeds = Array.from(view.range(range), ({ value }) => value[0]);
        expect(seeds).toEqual(Array.from({ length: 60 }, (_, number) => number));
      }
    });
    store.close();
  });

  const isRoot = process.getuid?.() === 0;
  it("names what another user may not do", async ({ skip }) => {
    skip(!isRoot, "only root can become another user");
    const directory = lab.name("store");
    openLmdbStore(directory, { mode: "write" }).close();
    // The folder of the tests is its owner's alone.
    chmodSync(lab.folder, 0o755);
    const { lines } = await lab.run({ kind: "refused", directory, uid: 65_534 });
    expect(lines).toEqual(["cannot-open", "read-only"]);
  });
});
