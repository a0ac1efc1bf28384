import { describe, expect, it } from "vitest";
import { ENTRY, entriesOf, entryKey } from "../../../adapters/store/keys.ts";
import { type Migration, migrate } from "../../../adapters/store/migrations.ts";
import type { OrderedStore } from "../../../adapters/store/port/ordered-store.ts";
import { putFormat, readFormat } from "../../../adapters/store/store-format.ts";
import { fail } from "../../../core/time/failure.ts";
import { type DiskFault, ProcessKilled, SimDisk } from "../../../sim/disk/index.ts";

// Goal: a store is brought to a new format by writing, comparing and then deleting, and whatever
// happens in between, every entry is there in one form or the other, and in the end in the new one.

const ENTRIES = 10;
/** Entries that are changed in one transaction. */
const AT_ONCE = 3;

const oldKey = (index: number): Uint8Array => entryKey(ENTRY.block, 1, index);
const newKey = (index: number): Uint8Array => entryKey(ENTRY.block, 2, index);

/** Doubles a number and moves it to another key. */
const DOUBLING: Migration = {
  from: 1,
  write: (writer) => {
    let left = AT_ONCE;
    for (let index = 0; index < ENTRIES; index += 1) {
      const old = writer.get(oldKey(index));
      if (old === undefined || writer.get(newKey(index)) !== undefined) continue;
      if (left === 0) return true;
      writer.put(newKey(index), Uint8Array.of(2 * old[0]!));
      left -= 1;
    }
    return false;
  },
  verify: (reader) => {
    for (let index = 0; index < ENTRIES; index += 1) {
      const [old, now] = [reader.get(oldKey(index))!, reader.get(newKey(index))!];
      if (now[0] !== 2 * old[0]!) fail("damaged-store", `entry ${index} was not doubled`);
    }
  },
  remove: (writer) => {
    const old = [...writer.range(entriesOf(ENTRY.block, 1))].map(({ key }) => key.slice());
    for (const key of old.slice(0, AT_ONCE)) writer.remove(key);
    return old.length > AT_ONCE;
  },
};

function filled(disk: SimDisk): SimDisk {
  disk.open().write((writer) => {
    putFormat(writer, { format: 1, isCleaning: false });
    for (let index = 0; index < ENTRIES; index += 1) {
      writer.put(oldKey(index), Uint8Array.of(index + 1));
    }
  });
  return disk;
}

function numbersOf(store: OrderedStore, part: number): number[] {
  return store.read((reader) =>
    [...reader.range(entriesOf(ENTRY.block, part))].map(({ value }) => value[0]!),
  );
}

const DOUBLED = Array.from({ length: ENTRIES }, (_, index) => 2 * (index + 1));

describe("a migration", () => {
  it("writes, compares, and then deletes", () => {
    const steps: number[] = [];
    const store = filled(new SimDisk()).open();
    migrate(store, [DOUBLING], 2, (from) => steps.push(from));
    expect(numbersOf(store, 1)).toEqual([]);
    expect(numbersOf(store, 2)).toEqual(DOUBLED);
    expect(store.read((reader) => readFormat(reader, 2))).toEqual({ format: 2, isCleaning: false });
    migrate(store, [DOUBLING], 2, (from) => steps.push(from));
    expect(steps).toEqual([1]);
  });

  it("that is killed at any write loses nothing, and is through the next time", () => {
    const counted = filled(new SimDisk());
    const before = counted.calls;
    migrate(counted.open(), [DOUBLING], 2);
    expect(counted.calls).toBeGreaterThan(before + 10);
    for (let call = before + 1; call <= counted.calls; call += 1) {
      for (const moment of ["before", "torn", "after"] as const) {
        const fault: DiskFault = { kind: "kill", call, moment };
        const disk = filled(new SimDisk([fault]));
        expect(() => migrate(disk.open(), [DOUBLING], 2)).toThrow(ProcessKilled);
        const left = disk.open();
        const old = numbersOf(left, 1);
        if (old.length < ENTRIES) expect(numbersOf(left, 2)).toEqual(DOUBLED);
        migrate(left, [DOUBLING], 2);
        expect([numbersOf(left, 1), numbersOf(left, 2)]).toEqual([[], DOUBLED]);
      }
    }
  });

  it("that finds a difference deletes nothing", () => {
    const store = filled(new SimDisk()).open();
    store.write((writer) => writer.put(newKey(4), Uint8Array.of(99)));
    expect(() => migrate(store, [DOUBLING], 2)).toThrow("entry 4 was not doubled");
    expect(numbersOf(store, 1)).toHaveLength(ENTRIES);
    expect(store.read((reader) => readFormat(reader, 2)?.format)).toBe(1);
  });

  it("leaves an empty store and one of this format as they are, and refuses a newer one", () => {
    const empty = new SimDisk();
    migrate(empty.open());
    expect(empty.calls).toBe(0);
    const store = filled(new SimDisk()).open();
    migrate(store);
    expect(numbersOf(store, 1)).toHaveLength(ENTRIES);
    store.write((writer) => putFormat(writer, { format: 7, isCleaning: false }));
    expect(() => migrate(store)).toThrow("the store has format 7, written by a newer Barline");
  });
});
