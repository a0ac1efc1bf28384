import { assert } from "../../core/time/failure.ts";
import type { OrderedStore, StoreReader, StoreWriter } from "./port/ordered-store.ts";
import { putFormat, readFormat, STORE_FORMAT } from "./store-format.ts";

/**
 * How entries of one format become those of the next: written beside the old ones, compared with
 * them, and only then are the old ones deleted. Each step does some of it and is called until there
 * is nothing left, in a transaction each time, so that a large store is changed at little cost in
 * memory, and one that is killed in between goes on.
 */
export interface Migration {
  /** The format that it makes the next one of. */
  readonly from: number;
  /** Writes some entries in the new form; false when all are written. Again, it changes nothing. */
  readonly write: (writer: StoreWriter) => boolean;
  /** Throws unless the new entries say what the old ones say. */
  readonly verify: (reader: StoreReader) => void;
  /** Deletes some of the old entries; false when none is left. */
  readonly remove: (writer: StoreWriter) => boolean;
}

/** The migrations there have been; the format is still the first. */
const MIGRATIONS: readonly Migration[] = [];

/**
 * Brings a store to the format that this Barline writes, step by step; nothing where it has that
 * already. Throws `newer-store`, `damaged-store`, and what a migration finds wrong: the old entries
 * are then all there still.
 *
 * @param onStep told before each migration.
 */
export function migrate(
  store: OrderedStore,
  migrations: readonly Migration[] = MIGRATIONS,
  target = STORE_FORMAT,
  onStep: (from: number) => void = () => {},
): void {
  for (;;) {
    const found = store.read((reader) => readFormat(reader, target));
    if (found === undefined) return;
    const { format, isCleaning } = found;
    if (isCleaning) {
      clean(store, migrationFrom(migrations, format - 1), format);
      continue;
    }
    if (format === target) return;
    onStep(format);
    const migration = migrationFrom(migrations, format);
    while (store.write(migration.write));
    store.read(migration.verify);
    store.write((writer) => putFormat(writer, { format: format + 1, isCleaning: true }));
  }
}

/** What is old goes; the new entries are the ones that count by now. */
function clean(store: OrderedStore, { remove }: Migration, format: number): void {
  while (store.write(remove));
  store.write((writer) => putFormat(writer, { format, isCleaning: false }));
}

function migrationFrom(migrations: readonly Migration[], from: number): Migration {
  const found = migrations.find((each) => each.from === from);
  assert(found !== undefined, `there is a migration from format ${from}`);
  return found;
}
