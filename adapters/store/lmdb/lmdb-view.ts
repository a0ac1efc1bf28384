import { assert, type BarlineError } from "../../../core/time/failure.ts";
import { assertKey } from "../port/entry-limits.ts";
import type { KeyRange, StoreEntry, StoreReader, StoreWriter } from "../port/ordered-store.ts";
import type { FileRoom } from "./file-room.ts";
import type { LmdbDatabase } from "./lmdb-environment.ts";
import { readFault, roomFault } from "./store-fault.ts";

type ReadTransaction = ReturnType<LmdbDatabase["useReadTransaction"]>;
type Cursor = Iterator<{ readonly key: Uint8Array; readonly value: Uint8Array }>;

interface RangeQuery {
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
  readonly exclusiveStart?: boolean;
  readonly inclusiveEnd?: boolean;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** What `work` sees of a store during one transaction, and not after it. */
export class LmdbView implements StoreReader {
  readonly #database: LmdbDatabase;
  protected readonly directory: string;
  /** None in a transaction that writes, which LMDB then takes by itself. */
  readonly #options: { readonly transaction?: ReadTransaction };
  readonly #canLook: () => boolean;
  readonly #cursors = new Set<Cursor>();
  #isOver = false;
  /** Counts the changes: a cursor that was opened before one is not used after it. */
  protected changes = 0;

  /** @param canLook whether LMDB would look into this transaction, and not into another. */
  constructor(
    database: LmdbDatabase,
    directory: string,
    canLook: () => boolean,
    transaction?: ReadTransaction,
  ) {
    this.#database = database;
    this.directory = directory;
    this.#options = transaction === undefined ? {} : { transaction };
    this.#canLook = canLook;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.assertInUse();
    assertKey(key);
    const value = this.#tell(() =>
      // The types leave out the options, which are the only way to name a transaction.
      (this.#database.getBinary as (key: Uint8Array, options: object) => Buffer | undefined)(
        key,
        this.#options,
      ),
    );
    return value === undefined ? undefined : plain(value);
  }

  range(range: KeyRange): Iterable<StoreEntry> {
    this.assertInUse();
    return { [Symbol.iterator]: () => this.#entries(range) };
  }

  last({ from, to }: KeyRange): StoreEntry | undefined {
    this.assertInUse();
    const query = { start: to, exclusiveStart: true, end: from, inclusiveEnd: true, reverse: true };
    if (to.length === 0) return undefined;
    const cursor = this.#open({ ...query, limit: 1 });
    try {
      return this.#step(cursor);
    } finally {
      this.#close(cursor);
    }
  }

  /** The transaction ends: cursors that were left open must be gone before it is. */
  end(): void {
    for (const cursor of this.#cursors) this.#close(cursor);
    this.#isOver = true;
  }

  protected assertInUse(): void {
    assert(!this.#isOver, "a view of a store is used within its transaction");
    assert(this.#canLook(), "a store that is being changed is looked at through its writer");
  }

  *#entries({ from, to }: KeyRange): Generator<StoreEntry> {
    if (to.length === 0) return;
    let query: RangeQuery = { start: from, end: to };
    for (;;) {
      const { changes } = this;
      const cursor = this.#open(query);
      try {
        for (;;) {
          const entry = this.#step(cursor);
          if (entry === undefined) return;
          yield entry;
          this.assertInUse();
          query = { start: entry.key, exclusiveStart: true, end: to };
          if (changes !== this.changes) break;
        }
      } finally {
        this.#close(cursor);
      }
    }
  }

  #open(query: RangeQuery): Cursor {
    this.assertInUse();
    const cursor = this.#tell(() =>
      this.#database.getRange({ ...query, ...this.#options })[Symbol.iterator](),
    );
    this.#cursors.add(cursor);
    return cursor;
  }

  #step(cursor: Cursor): StoreEntry | undefined {
    const { done, value } = this.#tell(() => cursor.next());
    return done ? undefined : { key: plain(value.key), value: plain(value.value) };
  }

  #close(cursor: Cursor): void {
    // Once only: what LMDB has freed must not be freed again.
    if (this.#cursors.delete(cursor)) cursor.return?.();
  }

  /** What LMDB cannot read it says in its own way. */
  #tell<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw readFault(error, this.directory);
    }
  }
}

export class LmdbWriter extends LmdbView implements StoreWriter {
  readonly #write: LmdbDatabase;
  readonly #room: FileRoom;
  #failure: BarlineError | undefined;

  constructor(database: LmdbDatabase, directory: string, room: FileRoom) {
    super(database, directory, () => true);
    this.#write = database;
    this.#room = room;
    this.#attempt(() => room.begin());
  }

  /** Why this transaction cannot be committed, though `work` may have caught it. */
  get failure(): BarlineError | undefined {
    return this.#failure;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.assertInUse();
    assertKey(key);
    this.#attempt(() => this.#room.take(key.length + value.length));
    // What goes wrong here LMDB keeps to itself until it is to commit.
    void this.#write.put(key, value);
    this.changes += 1;
  }

  remove(key: Uint8Array): void {
    this.assertInUse();
    assertKey(key);
    this.#attempt(() => this.#room.take(key.length));
    void this.#write.remove(key);
    this.changes += 1;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failure = roomFault(error, this.directory);
      throw this.#failure;
    }
  }
}

/** LMDB gives bytes of their own, but as a `Buffer`, whose `slice` is not that of other arrays. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
