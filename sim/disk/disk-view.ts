import { assertKey } from "../../adapters/store/port/entry-limits.ts";
import type {
  KeyRange,
  StoreEntry,
  StoreReader,
  StoreWriter,
} from "../../adapters/store/port/ordered-store.ts";
import { assert } from "../../core/time/failure.ts";
import type { Entries } from "./entries.ts";

/** What bytes become that were given in a transaction which is over. */
const SPOILT = 0xdb;

/**
 * What `work` sees of a simulated disk. It gives copies and spoils them when the transaction ends,
 * so that whoever keeps bytes for longer than they are good is found out.
 */
export class DiskView implements StoreReader {
  protected readonly entries: Entries;
  readonly #canLook: () => boolean;
  #given: Uint8Array[] = [];
  #isOver = false;

  constructor(entries: Entries, canLook: () => boolean) {
    this.entries = entries;
    this.#canLook = canLook;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.assertInUse();
    assertKey(key);
    const entry = this.entries.get(key);
    return entry === undefined ? undefined : this.#copy(entry.value);
  }

  range(range: KeyRange): Iterable<StoreEntry> {
    this.assertInUse();
    return { [Symbol.iterator]: () => this.#entries(range) };
  }

  last(range: KeyRange): StoreEntry | undefined {
    this.assertInUse();
    const entry = this.entries.last(range);
    return entry === undefined ? undefined : this.#give(entry);
  }

  end(): void {
    this.#isOver = true;
    for (const bytes of this.#given) bytes.fill(SPOILT);
    this.#given = [];
  }

  protected assertInUse(): void {
    assert(!this.#isOver, "a view of a store is used within its transaction");
    assert(this.#canLook(), "a store that is being changed is looked at through its writer");
  }

  *#entries(range: KeyRange): Generator<StoreEntry> {
    this.assertInUse();
    for (const entry of this.entries.range(range)) {
      yield this.#give(entry);
      this.assertInUse();
    }
  }

  #give({ key, value }: StoreEntry): StoreEntry {
    return { key: this.#copy(key), value: this.#copy(value) };
  }

  #copy(bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice();
    this.#given.push(copy);
    return copy;
  }
}

export class DiskWriter extends DiskView implements StoreWriter {
  #changedBytes = 0;

  constructor(entries: Entries) {
    super(entries, () => true);
  }

  /** Bytes of the entries that were put or removed; 0 where nothing was. */
  get changedBytes(): number {
    return this.#changedBytes;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.assertInUse();
    assertKey(key);
    this.entries.put({ key: key.slice(), value: value.slice() });
    this.#changedBytes += key.length + value.length;
  }

  remove(key: Uint8Array): void {
    this.assertInUse();
    assertKey(key);
    if (this.entries.get(key) === undefined) return;
    this.entries.remove(key);
    this.#changedBytes += key.length;
  }
}
