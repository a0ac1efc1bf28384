import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  KeyRange,
  OrderedStore,
  StoreEntry,
  StoreReader,
} from "../../adapters/store/port/ordered-store.ts";
import { BarlineError, InvariantError } from "../../core/time/failure.ts";
import { storeCommands } from "./ordered-store-commands.ts";

/** A place for a store, which starts empty and keeps what its stores committed. */
export interface StorePlaceUnderTest {
  open(mode: "read" | "write"): OrderedStore;
}

/** An implementation that registers with the contract. */
export interface OrderedStoreUnderTest {
  readonly name: string;
  /** A new and empty place. */
  readonly place: () => StorePlaceUnderTest;
  /** Runs of the random operations, each with a place of its own. */
  readonly numRuns: number;
}

const ALL: KeyRange = { from: Uint8Array.of(0), to: new Uint8Array(256).fill(255) };

function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A plain copy, whatever kind of array it was. */
function copied({ key, value }: StoreEntry): StoreEntry {
  return { key: Uint8Array.from(key), value: Uint8Array.from(value) };
}

function allOf(store: OrderedStore, range: KeyRange = ALL): StoreEntry[] {
  return store.read((reader) => Array.from(reader.range(range), copied));
}

function fill(store: OrderedStore, ...keys: readonly Uint8Array[]): void {
  store.write((writer) => {
    for (const key of keys) writer.put(key, key);
  });
}

function keysOf(entries: readonly StoreEntry[]): number[][] {
  return entries.map(({ key }) => [...key]);
}

/** Registers the contract that every `OrderedStore` keeps. */
export function testOrderedStoreContract(under: OrderedStoreUnderTest): void {
  /** An open store of a new place, closed again afterwards. */
  const withStore = (check: (store: OrderedStore, place: StorePlaceUnderTest) => void): void => {
    const place = under.place();
    const store = place.open("write");
    try {
      check(store, place);
    } finally {
      store.close();
    }
  };

  describe(`OrderedStore contract: ${under.name}`, () => {
    // Goal: keys stand in the order of their bytes, one that begins another first.
    it("gives entries in the order of their keys", () =>
      withStore((store) => {
        fill(store, bytes(2), bytes(1, 255), bytes(1), bytes(255, 255), bytes(1, 0), bytes(128));
        const order = [[1], [1, 0], [1, 255], [2], [128], [255, 255]];
        expect(keysOf(allOf(store))).toEqual(order);
      }));

    // Goal: a range has its beginning and not its end, whether entries lie on them or not.
    it("keeps to the range it is asked for", () =>
      withStore((store) => {
        fill(store, bytes(1), bytes(2), bytes(2, 0), bytes(3), bytes(5));
        const range = (from: Uint8Array, to: Uint8Array): number[][] =>
          keysOf(allOf(store, { from, to }));
        expect(range(bytes(2), bytes(3))).toEqual([[2], [2, 0]]);
        expect(range(bytes(1, 9), bytes(4))).toEqual([[2], [2, 0], [3]]);
        expect(range(bytes(5), bytes(9))).toEqual([[5]]);
        expect(range(bytes(6), bytes(9))).toEqual([]);
        expect(range(bytes(3), bytes(3))).toEqual([]);
        expect(range(bytes(4), bytes(2))).toEqual([]);
        expect(range(bytes(), bytes(2))).toEqual([[1]]);
        expect(range(bytes(), bytes())).toEqual([]);
      }));

    // Goal: the last entry of a range is that of its bounds, in a store of any content.
    it("gives the last entry of a range", () =>
      withStore((store) => {
        const last = (from: Uint8Array, to: Uint8Array): number[] | undefined =>
          store.read((reader) => {
            const entry = reader.last({ from, to });
            return entry && [...entry.key];
          });
        expect(last(bytes(1), bytes(9))).toBeUndefined();
        fill(store, bytes(1), bytes(2), bytes(2, 0), bytes(3), bytes(5));
        expect(last(bytes(0), bytes(9))).toEqual([5]);
        expect(last(bytes(0), bytes(5))).toEqual([3]);
        expect(last(bytes(2), bytes(3))).toEqual([2, 0]);
        expect(last(bytes(2), bytes(2, 0))).toEqual([2]);
        expect(last(bytes(3, 1), bytes(5))).toBeUndefined();
        expect(last(bytes(6), bytes(9))).toBeUndefined();
        expect(last(bytes(0), bytes(1))).toBeUndefined();
        expect(last(bytes(), bytes(2))).toEqual([1]);
        expect(last(bytes(), bytes())).toBeUndefined();
        expect(last(bytes(4), bytes(2))).toBeUndefined();
      }));

    // Goal: sizes at both ends of what the port allows come back byte for byte.
    it("holds values of 0 bytes to 10 MB under keys of 1 to 256 bytes", () =>
      withStore((store, place) => {
        const short = bytes(7);
        const long = new Uint8Array(256).fill(7);
        const large = Uint8Array.from({ length: 10_000_000 }, (_, index) => (index * 31) >> 3);
        store.write((writer) => {
          writer.put(short, bytes());
          writer.put(long, large);
        });
        store.close();
        const again = place.open("write");
        again.read((reader) => {
          expect(reader.get(short)).toHaveLength(0);
          expect(Buffer.compare(reader.get(long)!, large)).toBe(0);
          expect(Buffer.compare(reader.last(ALL)!.value, large)).toBe(0);
          expect(Array.from(reader.range(ALL), ({ value }) => value.length)).toEqual([
            0, 10_000_000,
          ]);
        });
        again.close();
      }));

    // Goal: a key out of bounds is a bug that shows at once, and changes nothing.
    it("refuses keys of no bytes and of more than 256", () =>
      withStore((store) => {
        for (const key of [bytes(), new Uint8Array(257)]) {
          expect(() => store.write((writer) => writer.put(key, key))).toThrow(InvariantError);
          expect(() => store.write((writer) => writer.remove(key))).toThrow(InvariantError);
          expect(() => store.read((reader) => reader.get(key))).toThrow(InvariantError);
        }
        expect(allOf(store)).toEqual([]);
      }));

    // Goal: whoever puts a value may use its array for something else at once.
    it("copies what is put, from the midst of a larger array too", () =>
      withStore((store) => {
        const array = Uint8Array.from({ length: 64 }, (_, index) => index);
        store.write((writer) => {
          writer.put(array.subarray(10, 13), array.subarray(20, 24));
          array.fill(99);
          expect(writer.get(bytes(10, 11, 12))).toEqual(bytes(20, 21, 22, 23));
        });
        expect(allOf(store)).toEqual([{ key: bytes(10, 11, 12), value: bytes(20, 21, 22, 23) }]);
      }));

    // Goal: bytes stay what they are while their transaction lasts, whatever else is read.
    it("gives bytes that are good until the transaction ends", () =>
      withStore((store) => {
        const value = (number: number): Uint8Array => new Uint8Array(20_000).fill(number);
        store.write((writer) => {
          for (let number = 0; number < 50; number += 1) writer.put(bytes(number), value(number));
        });
        store.read((reader) => {
          const got = Array.from({ length: 50 }, (_, number) => reader.get(bytes(number))!);
          const ranged = [...reader.range(ALL)];
          for (let number = 0; number < 50; number += 1) {
            expect(Buffer.compare(got[number]!, value(number))).toBe(0);
            expect(Buffer.compare(ranged[number]!.value, value(number))).toBe(0);
            expect([...ranged[number]!.key]).toEqual([number]);
          }
        });
      }));

    // Goal: a writer sees what it did, and nobody else sees it before it is committed.
    it("shows changes to the writer at once and to others when they are committed", () =>
      withStore((store, place) => {
        const other = place.open("read");
        fill(store, bytes(1));
        store.write((writer) => {
          writer.put(bytes(2), bytes(2));
          writer.remove(bytes(1));
          expect(keysOf([...writer.range(ALL)].map(copied))).toEqual([[2]]);
          expect(writer.get(bytes(1))).toBeUndefined();
          expect(writer.last(ALL)?.key).toEqual(bytes(2));
          expect(keysOf(allOf(other))).toEqual([[1]]);
        });
        expect(keysOf(allOf(other))).toEqual([[2]]);
        other.close();
      }));

    // Goal: all that is read within one `read` is of one moment, though others commit meanwhile.
    it("reads one moment, before and after what is committed meanwhile", () =>
      withStore((store, place) => {
        fill(store, bytes(1), bytes(2), bytes(3));
        const other = place.open("read");
        other.read((reader) => {
          const open = reader.range(ALL)[Symbol.iterator]();
          expect(open.next().value?.key).toEqual(bytes(1));
          for (let round = 0; round < 20; round += 1) {
            store.write((writer) => {
              writer.remove(bytes(2));
              writer.put(bytes(3), new Uint8Array(9_000).fill(round));
              writer.put(bytes(4, round), new Uint8Array(9_000));
            });
          }
          expect(open.next().value).toEqual({ key: bytes(2), value: bytes(2) });
          expect(keysOf([...reader.range(ALL)])).toEqual([[1], [2], [3]]);
          expect(reader.get(bytes(3))).toEqual(bytes(3));
          expect(reader.last(ALL)?.key).toEqual(bytes(3));
        });
        expect(allOf(other)).toHaveLength(22);
        other.close();
      }));

    // Goal: one may write on account of what one is reading, and goes on reading the same moment.
    it("lets a store be written while it is read", () =>
      withStore((store) => {
        fill(store, bytes(1), bytes(2), bytes(3));
        store.read((reader) => {
          for (const { key } of reader.range(ALL)) fill(store, bytes(9, key[0]!));
          expect(keysOf([...reader.range(ALL)])).toEqual([[1], [2], [3]]);
          store.read((inner) => expect([...inner.range(ALL)]).toHaveLength(6));
          store.write(() => expect(() => reader.get(bytes(1))).toThrow(InvariantError));
        });
      }));

    // Goal: what is changed while a range is walked through is seen where it lies ahead.
    it("walks through a range that its writer changes", () =>
      withStore((store) => {
        fill(store, bytes(1), bytes(2), bytes(3), bytes(5), bytes(6));
        const seen = store.write((writer) => {
          const keys: number[] = [];
          for (const { key } of writer.range(ALL)) {
            const first = key[0]!;
            keys.push(first);
            if (first === 2) writer.remove(bytes(2));
            if (first === 3) {
              writer.remove(bytes(5));
              writer.put(bytes(0), bytes(0));
              writer.put(bytes(4), bytes(4));
              writer.put(bytes(3), bytes(33));
            }
          }
          return keys;
        });
        expect(seen).toEqual([1, 2, 3, 4, 6]);
        expect(keysOf(allOf(store))).toEqual([[0], [1], [3], [4], [6]]);
      }));

    // Goal: what throws changes nothing, and comes out as it was thrown.
    it("undoes all of a change whose work throws", () =>
      withStore((store) => {
        fill(store, bytes(1), bytes(2));
        const before = allOf(store);
        const thrown = { odd: "thing" };
        let caught: unknown;
        try {
          store.write((writer) => {
            for (let number = 0; number < 200; number += 1) {
              writer.put(bytes(number), new Uint8Array(5_000));
            }
            writer.remove(bytes(1));
            throw thrown;
          });
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(thrown);
        expect(allOf(store)).toEqual(before);
        expect(() =>
          store.read(() => {
            throw new Error("while reading");
          }),
        ).toThrow("while reading");
        expect(store.write(() => "result")).toBe("result");
        expect(store.read(() => 17)).toBe(17);
      }));

    // Goal: a view outlives its transaction in no form: that is a bug, and never a wrong answer.
    it("refuses a view whose transaction is over", () =>
      withStore((store) => {
        fill(store, bytes(1), bytes(2));
        let reader: StoreReader | undefined;
        const open = store.read((view) => {
          reader = view;
          const iterator = view.range(ALL)[Symbol.iterator]();
          iterator.next();
          return iterator;
        });
        const half = store.write((writer) => {
          const iterator = writer.range(ALL)[Symbol.iterator]();
          iterator.next();
          return iterator;
        });
        expect(() => reader!.get(bytes(1))).toThrow(InvariantError);
        expect(() => reader!.last(ALL)).toThrow(InvariantError);
        expect(() => reader!.range(ALL)).toThrow(InvariantError);
        expect(() => open.next()).toThrow(InvariantError);
        expect(() => half.next()).toThrow(InvariantError);
        expect(() => store.write(() => store.read(() => 0))).toThrow(InvariantError);
        expect(() => store.write(() => store.write(() => 0))).toThrow(InvariantError);
        expect(() => store.read(() => store.close())).toThrow(InvariantError);
        expect(allOf(store)).toHaveLength(2);
      }));

    // Goal: a store that may not be used says so with its code.
    it("says that it was opened for reading, or closed", () =>
      withStore((store, place) => {
        const code = (action: () => unknown): string | undefined => {
          try {
            action();
          } catch (error) {
            return error instanceof BarlineError ? error.code : "another error";
          }
          return undefined;
        };
        const reader = place.open("read");
        expect(code(() => reader.write(() => 0))).toBe("read-only");
        reader.close();
        reader.close();
        expect(code(() => reader.read(() => 0))).toBe("store-closed");
        expect(code(() => reader.write(() => 0))).toBe("store-closed");
        fill(store, bytes(1));
        expect(allOf(store)).toHaveLength(1);
      }));

    // Goal: whatever is done in whatever order, a store is what a sorted map is.
    it("does what a sorted map does", () => {
      fc.assert(
        fc.property(storeCommands, (commands) => {
          const place = under.place();
          const store = place.open("write");
          const real = { store, place };
          fc.modelRun(() => ({ model: { entries: new Map() }, real }), commands);
          real.store.close();
        }),
        { numRuns: under.numRuns },
      );
    });
  });
}
