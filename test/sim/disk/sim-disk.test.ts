// Goal: the simulated disk fails where it is told, leaves what LMDB would leave, and does the same
// for the same seed; bytes that are kept too long are found out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderedStore } from "../../../adapters/store/port/ordered-store.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { type DiskFault, drawDiskFault, ProcessKilled, SimDisk } from "../../../sim/disk/index.ts";
import { Random } from "../../../sim/random.ts";

const ALL = { from: Uint8Array.of(0), to: Uint8Array.of(255, 255) };

/** Transaction 1, 2, 3 ...: each says in a count how many there were, and every third is large. */
function transact(store: OrderedStore, number: number): void {
  store.write((writer) => {
    writer.put(Uint8Array.of(1), Uint8Array.of(number));
    const value = new Uint8Array(number % 3 === 0 ? 150_000 : 10).fill(number);
    writer.put(Uint8Array.of(2, number), value);
    if (number > 4) writer.remove(Uint8Array.of(2, number - 4));
  });
}

const SESSION = 12;

/** Everything a store holds, after its transactions have been looked over. */
function countIn(store: OrderedStore): number {
  return store.read((reader) => {
    const number = reader.get(Uint8Array.of(1))?.[0] ?? 0;
    const keys = Array.from(reader.range(ALL), ({ key, value }) => {
      if (key[0] === 2) expect(value.every((byte) => byte === key[1])).toBe(true);
      return key[1];
    });
    const first = Math.max(1, number - 3);
    const expected = Array.from({ length: number - first + 1 }, (_, index) => first + index);
    expect(keys.slice(1)).toEqual(expected);
    return number;
  });
}

interface Ended {
  readonly acknowledged: number;
  readonly thrown: unknown;
  readonly disk: SimDisk;
  readonly store: OrderedStore;
}

function runSession(faults: readonly DiskFault[]): Ended {
  const disk = new SimDisk(faults);
  const store = disk.open();
  let acknowledged = 0;
  try {
    while (acknowledged < SESSION) {
      transact(store, acknowledged + 1);
      acknowledged += 1;
    }
  } catch (thrown) {
    return { acknowledged, thrown, disk, store };
  }
  return { acknowledged, thrown: undefined, disk, store };
}

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof BarlineError ? thrown.code : undefined;

describe("SimDisk", () => {
  const { calls } = runSession([]).disk;
  const everyCall = Array.from({ length: calls }, (_, index) => index + 1);

  it("makes a call for each part of the data, one to sync, and one that makes it count", () => {
    const disk = new SimDisk();
    const store = disk.open();
    store.write(() => 0);
    store.write((writer) => writer.remove(Uint8Array.of(9)));
    expect(disk.calls).toBe(0);
    transact(store, 1);
    expect(disk.calls).toBe(3);
    transact(store, 3);
    expect(disk.calls).toBe(3 + 3 + 2);
  });

  it("keeps an exact prefix when the process dies at any call, in any way", () => {
    let more = 0;
    for (const call of everyCall) {
      for (const moment of ["before", "torn", "after"] as const) {
        const { acknowledged, thrown, disk, store } = runSession([{ kind: "kill", call, moment }]);
        expect(thrown).toBeInstanceOf(ProcessKilled);
        expect(() => store.read(() => 0)).toThrow(ProcessKilled);
        expect(() => transact(store, 1)).toThrow(ProcessKilled);
        const after = disk.open();
        const number = countIn(after);
        expect([acknowledged, acknowledged + 1]).toContain(number);
        if (number > acknowledged) more += 1;
        transact(after, number + 1);
        expect(countIn(after)).toBe(number + 1);
      }
    }
    expect(more).toBe(SESSION);
  });

  it("lets no reader of a killed process go on", () => {
    const disk = new SimDisk([{ kind: "kill", call: 4, moment: "after" }]);
    const store = disk.open();
    transact(store, 1);
    store.read((reader) => {
      expect(() => transact(store, 2)).toThrow(ProcessKilled);
      expect(() => reader.get(Uint8Array.of(1))).toThrow(ProcessKilled);
    });
    expect(countIn(disk.open())).toBe(1);
  });

  it("is full at any call, and goes on when it is not", () => {
    let failed = 0;
    for (const call of everyCall) {
      const { acknowledged, thrown, disk, store } = runSession([{ kind: "full", call, count: 2 }]);
      if (codeOf(thrown) === "write-failed") {
        failed += 1;
        expect(countIn(disk.open())).toBe(acknowledged);
        continue;
      }
      expect(codeOf(thrown)).toBe("disk-full");
      expect(countIn(store)).toBe(acknowledged);
      expect(() => transact(store, acknowledged + 1)).toThrow(BarlineError);
      expect(countIn(disk.open())).toBe(acknowledged);
    }
    expect(failed).toBe(SESSION);
  });

  it("says after an error the same thing until it is opened anew", () => {
    const more = { true: 0, false: 0 };
    for (const call of everyCall) {
      for (const isWritten of [true, false]) {
        const { acknowledged, thrown, disk, store } = runSession([
          { kind: "error", call, isWritten },
        ]);
        expect(codeOf(thrown)).toBe("write-failed");
        expect(() => store.read(() => 0)).toThrow(thrown as Error);
        expect(() => transact(store, 1)).toThrow(thrown as Error);
        const number = countIn(disk.open());
        if (number > acknowledged) more[`${isWritten}`] += 1;
        expect([acknowledged, acknowledged + 1]).toContain(number);
      }
    }
    expect(more).toEqual({ true: SESSION, false: 0 });
  });

  it("draws a fault from a seed, each kind sooner or later, within the calls", () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      const fault = drawDiskFault(new Random(seed, "disk"), calls);
      expect(fault).toEqual(drawDiskFault(new Random(seed, "disk"), calls));
      expect(fault.call).toBeGreaterThan(0);
      expect(fault.call).toBeLessThanOrEqual(calls);
      kinds.add(fault.kind === "kill" ? `kill ${fault.moment}` : fault.kind);
      expect(runSession([fault]).thrown).toBeDefined();
    }
    expect([...kinds].sort()).toEqual(["error", "full", "kill after", "kill before", "kill torn"]);
  });

  it("turns exactly the bit at rest that it is told", () => {
    fc.assert(
      fc.property(fc.nat(), (choice) => {
        const { disk, store } = runSession([]);
        const image = (): Buffer =>
          store.read((reader) =>
            Buffer.concat([...reader.range(ALL)].flatMap(({ key, value }) => [key, value])),
          );
        const before = image();
        expect(disk.bits).toBe(8 * before.length);
        const bit = choice % disk.bits;
        disk.flipBit(bit);
        const expected = Buffer.from(before);
        expected[bit >> 3]! ^= 1 << (bit & 7);
        // A key that is altered may lie outside of every range.
        if (image().length === before.length) expect(image().equals(expected)).toBe(true);
        disk.flipBit(bit);
        expect(image().equals(before)).toBe(true);
      }),
      { numRuns: 40 },
    );
    expect(() => new SimDisk().flipBit(0)).toThrow(/a bit to be flipped is there/);
  });

  it("spoils bytes that are kept beyond their transaction", () => {
    const { store } = runSession([]);
    const [value, entry, last] = store.read((reader) => [
      reader.get(Uint8Array.of(1))!,
      [...reader.range(ALL)][0]!,
      reader.last(ALL)!,
    ]);
    for (const kept of [value, entry.key, entry.value, last.key, last.value]) {
      expect(kept.every((byte) => byte === 0xdb)).toBe(true);
    }
    expect(countIn(store)).toBe(SESSION);
  });
});
