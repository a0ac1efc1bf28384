/** An entry of a store. */
export interface StoreEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Keys with `from` <= key < `to`, compared byte by byte; a key that begins another comes first. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/**
 * Looks into a store, all at one and the same moment. Bytes that it gives are good until the
 * transaction ends, and nobody writes into them.
 */
export interface StoreReader {
  get(key: Uint8Array): Uint8Array | undefined;
  /** Ascending. */
  range(range: KeyRange): Iterable<StoreEntry>;
  /** The last entry of a range. */
  last(range: KeyRange): StoreEntry | undefined;
}

/** Changes a store; what it changed it also sees. */
export interface StoreWriter extends StoreReader {
  /** Puts a value in the place of what was there; both arrays are copied. */
  put(key: Uint8Array, value: Uint8Array): void;
  /** A key that is not there is no fault. */
  remove(key: Uint8Array): void;
}

/**
 * Bytes by key, on a disk: what the bar store and the journals stand on. One process writes at a
 * time, any number read meanwhile. The real one is in `adapters/store/lmdb`, the simulated one,
 * whose disk fails as it is told, in `sim/disk`.
 *
 * Keys have 1 to 256 bytes, values 0 to 2^31 - 1.
 */
export interface OrderedStore {
  /** Looks at one moment of the store; the result of `work` is given back. */
  read<T>(work: (reader: StoreReader) => T): T;
  /**
   * Changes all of it or nothing, and is on the disk when it returns. What `work` throws undoes all
   * and passes unchanged. Throws a `BarlineError`: `disk-full` (nothing was changed, and it may be
   * tried again), `write-failed` (whether it was changed is known only once it is opened anew, and
   * until then every call throws), `read-only` or `store-closed`.
   */
  write<T>(work: (writer: StoreWriter) => T): T;
  close(): void;
}
