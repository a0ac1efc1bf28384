import { ByteReader } from "../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../core/codec/byte-writer.ts";
import { fail } from "../../core/time/failure.ts";
import { damaged, undamaged } from "./damage.ts";
import { ENTRY, entriesOf, entryKey } from "./keys.ts";
import type { StoreReader, StoreWriter } from "./port/ordered-store.ts";
import { seal, unseal } from "./sealed.ts";

/** The format of the stores that are written: it counts up when an entry changes its meaning. */
export const STORE_FORMAT = 1;

const ROOT = entryKey(ENTRY.root);
const WHERE = "the root of the store";

/**
 * The format of a store; undefined as long as it has none and no series. Throws `newer-store` for a
 * format that this Barline does not know, and `damaged-store`.
 */
export function storeFormat(reader: StoreReader): number | undefined {
  const root = reader.get(ROOT);
  if (root === undefined) {
    const anySeries = [ENTRY.series, ENTRY.block].some((kind) => reader.last(entriesOf(kind)));
    return anySeries ? damaged(WHERE, "it is missing, although there are series") : undefined;
  }
  const format = undamaged(WHERE, () => new ByteReader(unseal(ROOT, root)).uint32());
  if (format > STORE_FORMAT) {
    fail("newer-store", `the store has format ${format}, written by a newer Barline`, {
      cure: `this one knows formats up to ${STORE_FORMAT}: update Barline, or use another store`,
    });
  }
  return format;
}

/** Notes the format in a store that has none yet. */
export function stampFormat(writer: StoreWriter): void {
  if (storeFormat(writer) !== undefined) return;
  writer.put(ROOT, seal(ROOT, new ByteWriter(4).uint32(STORE_FORMAT).view));
}
