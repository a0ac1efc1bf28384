// Goal: the pages of a store that LMDB wrote are never said to be damaged, and of those that are
// altered so that LMDB would follow them elsewhere none is passed over.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkDataFile } from "../../../../adapters/store/lmdb/data-file.ts";
import { freeRanges } from "../../../../adapters/store/lmdb/free-ranges.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { Random } from "../../../../sim/random.ts";
import { StoreLab } from "./store-child.ts";

const lab = new StoreLab();
const PAGE_BYTES = 4_096;

/** A store that is written at random; calls back after each transaction. */
function written(seed: number, onCommit: (path: string) => void): string {
  const random = new Random(seed, "pages");
  const directory = lab.name("store");
  const path = join(directory, "data.mdb");
  const largest = [600, 20_000, 400_000][seed % 3]!;
  const store = openLmdbStore(directory, { mode: "write" });
  for (let round = 0; round < 60; round += 1) {
    store.write((writer) => {
      for (let left = random.integer(1, 40); left > 0; left -= 1) {
        const key = Buffer.from(
          `${"k".repeat(random.integer(0, 1) * 80)}${random.integer(0, 400)}`,
        );
        if (random.chance(0.4)) writer.remove(key);
        else writer.put(key, new Uint8Array(random.integer(0, random.chance(0.9) ? 600 : largest)));
      }
    });
    onCommit(path);
  }
  store.close();
  return path;
}

const list = (...numbers: number[]): Buffer =>
  Buffer.from(BigInt64Array.from(numbers.map(BigInt)).buffer);

describe("the pages of a store", () => {
  it("are sound after every transaction", () => {
    for (let seed = 0; seed < 9; seed += 1) {
      let commits = 0;
      written(seed, (path) => {
        checkDataFile(path, true);
        commits += 1;
      });
      expect(commits).toBe(60);
    }
  });

  it("are damaged where the head of one is altered that is in use, and those alone", () => {
    const path = written(1, () => {});
    const bytes = readFileSync(path);
    const used = Math.ceil((bytes.findLastIndex((byte) => byte !== 0) + 1) / PAGE_BYTES);
    const outcomes = { sound: 0, damaged: 0 };
    for (let page = 2; page < used; page += 1) {
      const altered = Buffer.from(bytes);
      // Its own number.
      altered[page * PAGE_BYTES]! ^= 1;
      writeFileSync(path, altered);
      try {
        checkDataFile(path, true);
        outcomes.sound += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: "damaged-store" });
        expect(`${error}`).toContain(`page ${page} is not what it should be`);
        outcomes.damaged += 1;
      }
      // Whoever only reads is content with a file that is long enough.
      checkDataFile(path, false);
    }
    expect(outcomes.damaged).toBeGreaterThan(10);
    expect(outcomes.sound).toBeGreaterThan(10);
  });
});

describe("a list of free pages", () => {
  it("has pages, neighbors and gaps", () => {
    expect(freeRanges(list(0))).toEqual([]);
    expect(freeRanges(list(6, 9, 0, -3, 5, 0, 4))).toEqual([
      { first: 9, count: 1 },
      { first: 5, count: 3 },
      { first: 4, count: 1 },
    ]);
    // What lies behind its length is not of it.
    expect(freeRanges(list(1, 7, 8))).toEqual([{ first: 7, count: 1 }]);
  });

  it.each([[Buffer.alloc(7)], [list(-1)], [list(2, 7)], [list(1, -4)]])("is none: %j", (bytes) => {
    expect(freeRanges(bytes)).toBeUndefined();
  });
});
