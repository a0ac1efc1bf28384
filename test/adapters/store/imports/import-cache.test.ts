// Goal: what is kept of files comes back as it was or not at all; what was not used for the longest
// time makes room for what is new; and damage costs no more than reading a file again.
import { describe, expect, it } from "vitest";
import { ImportCache } from "../../../../adapters/store/imports/import-cache.ts";
import { ENTRY, entriesOf } from "../../../../adapters/store/keys.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";

function print(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

function bytes(length: number, of = 7): Uint8Array {
  return new Uint8Array(length).fill(of);
}

/** The numbers of the fingerprints that are still kept. */
function kept(cache: ImportCache, numbers: readonly number[]): number[] {
  return numbers.filter((number) => cache.find(print(number), 0).kind === "found");
}

function entries(store: OrderedStore): number {
  return store.read((reader) => [...reader.range(entriesOf(ENTRY.import))].length);
}

/** Alters one bit of the entry at a place among those of what is kept. */
function flip(store: OrderedStore, place: number): void {
  store.write((writer) => {
    const { key, value } = [...writer.range(entriesOf(ENTRY.import))][place]!;
    const altered = value.slice();
    altered[altered.length - 1]! ^= 1;
    writer.put(key.slice(), altered);
  });
}

describe("what is kept of files", () => {
  it("comes back part by part, and outlives whoever kept it", () => {
    const store = new SimDisk().open();
    const parts = [bytes(3, 1), bytes(0), bytes(5_000, 2)];
    expect(new ImportCache(store).find(print(1), 1)).toEqual({ kind: "unknown" });
    expect(new ImportCache(store).keep(print(1), parts, 1)).toBe(true);
    expect(new ImportCache(store).find(print(1), 2)).toEqual({ kind: "found", parts });
    expect(new ImportCache(store).find(print(2), 2)).toEqual({ kind: "unknown" });
    expect(new ImportCache(store).verify()).toEqual({ kept: 1, damaged: 0 });
  });

  it("is replaced by what is kept under the same fingerprint", () => {
    const store = new SimDisk().open();
    const cache = new ImportCache(store);
    cache.keep(print(1), [bytes(1), bytes(2), bytes(3)], 1);
    cache.keep(print(1), [bytes(4)], 2);
    expect(cache.find(print(1), 3)).toEqual({ kind: "found", parts: [bytes(4)] });
    // The list and the one part.
    expect(entries(store)).toBe(2);
  });

  it("stays within its bound: what was not used for the longest time goes first", () => {
    const store = new SimDisk().open();
    const cache = new ImportCache(store, true, 100);
    cache.keep(print(1), [bytes(30)], 1);
    cache.keep(print(2), [bytes(20), bytes(10)], 2);
    cache.keep(print(3), [bytes(30)], 3);
    // The first is used once more, so the second is now the oldest.
    expect(cache.find(print(1), 4).kind).toBe("found");
    cache.keep(print(4), [bytes(31)], 5);
    expect(kept(cache, [1, 2, 3, 4])).toEqual([1, 3, 4]);
    cache.keep(print(5), [bytes(100)], 9);
    expect(kept(cache, [1, 3, 4, 5])).toEqual([5]);
    expect(entries(store)).toBe(2);
    expect(cache.keep(print(6), [bytes(101)], 10)).toBe(false);
    expect(kept(cache, [5, 6])).toEqual([5]);
  });

  it("is not touched where the store may not be written", () => {
    const store = new SimDisk().open();
    new ImportCache(store).keep(print(1), [bytes(9)], 1);
    const reader = new ImportCache(store, false);
    expect(reader.find(print(1), 5)).toEqual({ kind: "found", parts: [bytes(9)] });
    expect(reader.keep(print(2), [bytes(9)], 5)).toBe(false);
    flip(store, 1);
    expect(reader.find(print(1), 6)).toEqual({ kind: "damaged" });
    expect(reader.find(print(1), 7)).toEqual({ kind: "damaged" });
    expect(reader.verify()).toEqual({ kept: 1, damaged: 1 });
  });
});

describe("damage of what is kept", () => {
  it("is found wherever it is, and drops what it hits", () => {
    for (const place of [1, 2]) {
      const store = new SimDisk().open();
      const cache = new ImportCache(store);
      cache.keep(print(1), [bytes(3), bytes(4)], 1);
      cache.keep(print(2), [bytes(5)], 1);
      flip(store, place);
      expect(cache.verify()).toEqual({ kept: 2, damaged: 1 });
      expect(cache.find(print(1), 2)).toEqual({ kind: "damaged" });
      expect(cache.find(print(1), 3)).toEqual({ kind: "unknown" });
      expect(kept(cache, [2])).toEqual([2]);
      expect(entries(store)).toBe(2);
    }
  });

  it("of its list drops everything", () => {
    const store = new SimDisk().open();
    const cache = new ImportCache(store);
    cache.keep(print(1), [bytes(3)], 1);
    flip(store, 0);
    expect(cache.verify()).toEqual({ kept: 1, damaged: 1 });
    expect(cache.find(print(1), 2)).toEqual({ kind: "damaged" });
    expect(entries(store)).toBe(0);
    cache.keep(print(1), [bytes(8)], 3);
    expect(kept(cache, [1])).toEqual([1]);
  });

  it("is a part that was exchanged for another one, or is missing", () => {
    const store = new SimDisk().open();
    const cache = new ImportCache(store);
    cache.keep(print(1), [bytes(3, 1), bytes(3, 2)], 1);
    store.write((writer) => {
      const [, first, second] = [...writer.range(entriesOf(ENTRY.import))].map((entry) => ({
        key: entry.key.slice(),
        value: entry.value.slice(),
      }));
      writer.put(first!.key, second!.value);
      writer.put(second!.key, first!.value);
    });
    expect(cache.find(print(1), 2)).toEqual({ kind: "damaged" });
    cache.keep(print(1), [bytes(3)], 3);
    store.write((writer) => {
      const [, part] = [...writer.range(entriesOf(ENTRY.import))];
      writer.remove(part!.key.slice());
    });
    expect(cache.find(print(1), 4)).toEqual({ kind: "damaged" });
  });
});
