// Goal: a file that was cut short or altered is never taken for data that it is not, wherever the
// caller has a checksum in its entries; what LMDB itself can find is told by name.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { crc32 } from "../../../../core/codec/crc32.ts";
import { Random } from "../../../../sim/random.ts";
import { inPairs, StoreLab } from "./store-child.ts";

const lab = new StoreLab();

type Damage = { readonly bit: number } | { readonly length: number };

/** A store of some 90 entries with a checksum each; gives its file and what reading it says. */
function writePristine(): { readonly path: string; readonly states: readonly string[] } {
  const directory = lab.name("pristine");
  const random = new Random(11, "pristine");
  const store = openLmdbStore(directory, { mode: "write" });
  const entries = new Map<string, number>();
  const states: string[] = [];
  for (let round = 0; round < 30; round += 1) {
    store.write((writer) => {
      for (let index = 0; index < 6; index += 1) {
        const key = Uint8Array.from({ length: 9 }, () => random.integer(0, 3));
        if (round > 5 && random.chance(0.3)) {
          writer.remove(key);
          entries.delete(Buffer.from(key).toString("hex"));
          continue;
        }
        const length = random.chance(0.6) ? random.integer(0, 400) : random.integer(400, 12_000);
        const value = new Uint8Array(length + 4);
        for (let at = 0; at < length; at += 1) value[at] = random.integer(0, 255);
        const sum = crc32(value.subarray(0, length), crc32(key));
        Buffer.from(value.buffer).writeUInt32LE(sum, length);
        writer.put(key, value);
        entries.set(Buffer.from(key).toString("hex"), sum);
      }
    });
    const seen = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).flat();
    states.push(`data ${crc32(Buffer.from(seen.join()))}`);
  }
  store.close();
  return { path: join(directory, "data.mdb"), states: states.reverse() };
}

/** What reading each damaged file came to; `signal NAME` where the process died of it. */
async function readDamaged(pristine: string, cases: readonly Damage[]): Promise<string[]> {
  const directory = lab.name("damaged");
  mkdirSync(directory);
  copyFileSync(join(pristine, "../lock.mdb"), join(directory, "lock.mdb"));
  const outcomes: string[] = [];
  while (outcomes.length < cases.length) {
    const from = outcomes.length;
    const end = await lab.run({ kind: "damage", directory, cases, from, pristine });
    outcomes.push(...end.lines);
    if (end.signal !== null) outcomes.push(`signal ${end.signal}`);
    else if (end.code !== 0) throw new Error(end.stderr);
  }
  return outcomes;
}

const { path: pristine, states } = writePristine();
/** Where the pages end that were ever used; zeros follow, room for what will come. */
const used = readFileSync(pristine).findLastIndex((byte) => byte !== 0) + 1;

/** How often each outcome came. */
function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const state = states.indexOf(outcome);
    const name = state === 0 ? "right" : state === 1 ? "older" : outcome.replace(/ .*/, "");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("a file that is damaged", () => {
  it("is refused when it is cut short, at any length", async () => {
    const random = new Random(12, "lengths");
    const lengths = [0, 1, 23, 24, 28, 167, 168, 4_095, 4_096, 4_263, 4_264, 8_191, 8_192];
    for (let index = 0; index < 150; index += 1) lengths.push(random.integer(0, used));
    const outcomes = await readDamaged(
      pristine,
      lengths.map((length) => ({ length })),
    );
    const counts = tally(outcomes);
    // Cut behind its last page in use it would be whole.
    expect(Object.keys(counts).sort()).toEqual(["damaged-store", "not-a-store"]);
  });

  it("is read with a named error, as it was, or as a checksum finds it", async () => {
    const random = new Random(13, "bits");
    const bits = Array.from({ length: 2_000 }, () => random.integer(0, 8 * used - 1));
    const outcomes: string[] = [];
    await inPairs([bits.slice(0, 1_000), bits.slice(1_000)], async (half) => {
      const cases = half.map((bit) => ({ bit }));
      outcomes.push(...(await readDamaged(pristine, cases)));
    });
    const { right = 0, checksum = 0, signal = 0, ...others } = tally(outcomes);
    expect(Object.keys(others)).toEqual(["damaged-store"]);
    // Most bits are those of values; what lies between them is not read.
    expect(right).toBeGreaterThan(200);
    expect(checksum).toBeGreaterThan(200);
    // LMDB has no checksums of its own, and may follow a number that leads nowhere to its end.
    expect(signal).toBeLessThanOrEqual(10);
  });

  it("is refused where its head is altered, or shows what was last committed or just before", async () => {
    const random = new Random(14, "head");
    const bits = Array.from(
      { length: 600 },
      () => 8 * 4_096 * random.integer(0, 1) + random.integer(0, 8 * 168 - 1),
    );
    const outcomes = await readDamaged(
      pristine,
      bits.map((bit) => ({ bit })),
    );
    const { right = 0, older = 0, data = 0, signal = 0, ...others } = tally(outcomes);
    for (const code of Object.keys(others)) {
      expect(["damaged-store", "not-a-store", "checksum"]).toContain(code);
    }
    expect(others["damaged-store"]! + others["not-a-store"]!).toBeGreaterThan(100);
    expect(right + older).toBeGreaterThan(300);
    // The number of a root can be altered into that of a tree that is no more.
    expect(data + signal).toBeLessThanOrEqual(6);
  });
});
