import { ByteReader } from "../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../core/codec/byte-writer.ts";
import { fail } from "../../core/time/failure.ts";
import { damaged, undamaged } from "./damage.ts";
import { ENTRY, entriesOf, entryKey } from "./keys.ts";
import type { StoreReader, StoreWriter } from "./port/ordered-store.ts";
import { seal, unseal } from "./sealed.ts";

/** The format of stores that are written: it counts up when an entry changes its meaning. */
export const STORE_FORMAT = 1;

/** The format of a store, and whether entries of the one before it are still being deleted. */
export interface FormatNote {
  readonly format: number;
  readonly isCleaning: boolean;
}

const ROOT = entryKey(ENTRY.root);
const WHERE = "the root of the store";

/**
 * The format of a store; undefined while nothing was written that needs one. Throws `newer-store`
 * for a format that this Barline does not know, and `damaged-store`.
 */
export function storeFormat(reader: StoreReader): number | undefined {
  return readFormat(reader, STORE_FORMAT)?.format;
}

/** As `storeFormat`, with what else there is to know; `newest` is the last format that is known. */
export function readFormat(reader: StoreReader, newest: number): FormatNote | undefined {
  const root = reader.get(ROOT);
  if (root === undefined) {
    const kinds = [ENTRY.series, ENTRY.block, ENTRY.run] as const;
    const isAnyThere = kinds.some((kind) => reader.last(entriesOf(kind)) !== undefined);
    return isAnyThere ? damaged(WHERE, "it is missing, although there are entries") : undefined;
  }
  const from = undamaged(WHERE, () => new ByteReader(unseal(ROOT, root)));
  const format = undamaged(WHERE, () => from.uint32());
  if (format > newest) {
    fail("newer-store", `the store has format ${format}, written by a newer Barline`, {
      cure: `this one knows formats up to ${newest}: update Barline, or use another store`,
    });
  }
  return undamaged(WHERE, () => {
    // What stands behind the format is there only while something is changed.
    const isCleaning = from.left > 0 && from.bool();
    from.end();
    return { format, isCleaning };
  });
}

/** Notes the format of a store. */
export function putFormat(writer: StoreWriter, { format, isCleaning }: FormatNote): void {
  const to = new ByteWriter(8).uint32(format);
  if (isCleaning) to.bool(true);
  writer.put(ROOT, seal(ROOT, to.view));
}

/** Notes the format in a store that has none yet. */
export function stampFormat(writer: StoreWriter): void {
  if (storeFormat(writer) !== undefined) return;
  putFormat(writer, { format: STORE_FORMAT, isCleaning: false });
}
