import fc from "fast-check";
import { expect } from "vitest";
import type {
  KeyRange,
  OrderedStore,
  StoreEntry,
  StoreReader,
  StoreWriter,
} from "../../adapters/store/port/ordered-store.ts";
import type { StorePlaceUnderTest } from "./ordered-store-contract.ts";

/** What a store holds, by the hexadecimal form of the keys, whose order is that of the keys. */
interface Model {
  entries: Map<string, Uint8Array>;
}

interface Real {
  store: OrderedStore;
  readonly place: StorePlaceUnderTest;
}

/** One thing that is done within a transaction. */
type Step =
  | { readonly kind: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "remove" | "get"; readonly key: Uint8Array }
  | { readonly kind: "range" | "last"; readonly range: KeyRange };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// Few different bytes, so that keys meet, begin one another and lie at the bounds of ranges.
const byte = fc.constantFrom(0, 1, 2, 127, 128, 254, 255);
const keyOf = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.array(byte, { minLength: 1, maxLength }).map((values) => Uint8Array.from(values));
const key = fc.oneof(
  { weight: 8, arbitrary: keyOf(3) },
  { weight: 1, arbitrary: fc.tuple(keyOf(2), fc.integer({ min: 3, max: 256 })).map(longKey) },
);
// Small ones lie in the pages of a tree, large ones on pages of their own.
const value = fc
  .tuple(fc.constantFrom(0, 1, 30, 500, 2_000, 5_000, 20_000), fc.nat({ max: 255 }))
  .map(([length, first]) => Uint8Array.from({ length }, (_, index) => first + index));
const range = fc.tuple(key, key).map(([from, to]) => ({ from, to }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("put" as const), key, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("remove", "get"), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("range", "last"), range }) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 12 });

function longKey([start, length]: [Uint8Array, number]): Uint8Array {
  const bytes = new Uint8Array(length).fill(1);
  bytes.set(start);
  return bytes;
}

function inRange(model: Model, { from, to }: KeyRange): StoreEntry[] {
  return [...model.entries]
    .filter(([known]) => known >= hex(from) && known < hex(to))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([known, content]) => ({ key: Buffer.from(known, "hex"), value: content }));
}

const shown = (entry: StoreEntry | undefined): string =>
  entry === undefined ? "none" : `${hex(entry.key)}: ${hex(entry.value)}`;

/** Looks at store and model alike. */
function look(reader: StoreReader, model: Model, { kind, ...what }: Step): void {
  if (kind === "range" && "range" in what) {
    const expected = inRange(model, what.range).map(shown);
    expect(Array.from(reader.range(what.range), shown)).toEqual(expected);
  } else if (kind === "last" && "range" in what) {
    expect(shown(reader.last(what.range))).toBe(shown(inRange(model, what.range).at(-1)));
  } else if ("key" in what) {
    const found = reader.get(what.key);
    const expected = model.entries.get(hex(what.key));
    expect(found && hex(found)).toBe(expected && hex(expected));
  }
}

function change(writer: StoreWriter, model: Model, doing: Step): void {
  if (doing.kind === "put") {
    writer.put(doing.key, doing.value);
    model.entries.set(hex(doing.key), doing.value);
  } else if (doing.kind === "remove") {
    writer.remove(doing.key);
    model.entries.delete(hex(doing.key));
  }
  look(writer, model, doing);
}

const UNDO = new Error("undo all of it");

class Write implements fc.Command<Model, Real> {
  readonly #steps: readonly Step[];
  readonly #isUndone: boolean;

  constructor(doing: readonly Step[], isUndone: boolean) {
    this.#steps = doing;
    this.#isUndone = isUndone;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, { store }: Real): void {
    const draft: Model = { entries: new Map(model.entries) };
    const work = (): void =>
      store.write((writer) => {
        for (const doing of this.#steps) change(writer, draft, doing);
        if (this.#isUndone) throw UNDO;
      });
    if (this.#isUndone) expect(work).toThrow(UNDO);
    else {
      work();
      model.entries = draft.entries;
    }
  }

  toString(): string {
    const doing = this.#steps.map((one) =>
      "range" in one
        ? `${one.kind} ${hex(one.range.from)}..${hex(one.range.to)}`
        : `${one.kind} ${hex(one.key)}${"value" in one ? ` (${one.value.length})` : ""}`,
    );
    return `${this.#isUndone ? "undo" : "write"}(${doing.join(", ")})`;
  }
}

class Read implements fc.Command<Model, Real> {
  readonly #steps: readonly Step[];

  constructor(doing: readonly Step[]) {
    this.#steps = doing;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, { store }: Real): void {
    store.read((reader) => {
      for (const doing of this.#steps) look(reader, model, doing);
    });
  }

  toString(): string {
    return `read(${this.#steps.map(({ kind }) => kind).join(", ")})`;
  }
}

class Reopen implements fc.Command<Model, Real> {
  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    real.store.close();
    real.store = real.place.open("write");
    const everything = { from: Uint8Array.of(0), to: new Uint8Array(257).fill(255) };
    real.store.read((reader) => look(reader, model, { kind: "range", range: everything }));
  }

  toString(): string {
    return "reopen";
  }
}

/** Some hundred steps in some dozen transactions. */
export const storeCommands = fc.commands<Model, Real>(
  [
    steps.map((doing) => new Write(doing, false)),
    steps.map((doing) => new Write(doing, false)),
    steps.map((doing) => new Write(doing, true)),
    steps.map((doing) => new Read(doing)),
    fc.constant(new Reopen()),
  ],
  { maxCommands: 60, size: "max" },
);
