import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { damaged, undamaged } from "../damage.ts";
import { ENTRY, entriesOf, entryKey } from "../keys.ts";
import type { StoreReader, StoreWriter } from "../port/ordered-store.ts";
import { seal, unseal } from "../sealed.ts";

const LIST = entryKey(ENTRY.root, ENTRY.series);
const WHERE = "the list of series";

/** The series that a store must have: each has a number, which none had before it. */
export interface SeriesList {
  readonly next: number;
  readonly numbers: ReadonlyMap<string, number>;
}

/** The bytes of the list; undefined while there is none. */
export function seriesListBytes(reader: StoreReader): Uint8Array | undefined {
  return reader.get(LIST);
}

/** Reads the list; throws `damaged-store`, also where series are there and the list is not. */
export function readSeriesList(reader: StoreReader): SeriesList {
  const sealed = seriesListBytes(reader);
  if (sealed !== undefined) return undamaged(WHERE, () => decoded(unseal(LIST, sealed)));
  const anyOther = [ENTRY.series, ENTRY.block].some(
    (kind) => reader.last(entriesOf(kind)) !== undefined,
  );
  if (anyOther) damaged(WHERE, "it is missing, although there are series");
  return { next: 1, numbers: new Map() };
}

/** Puts the list in the place of the one that is there. */
export function writeSeriesList(writer: StoreWriter, { next, numbers }: SeriesList): void {
  const bytes = new ByteWriter().float64(next).uint32(numbers.size);
  for (const [key, number] of numbers) bytes.text(key).float64(number);
  writer.put(LIST, seal(LIST, bytes.view));
}

function decoded(bytes: Uint8Array): SeriesList {
  const reader = new ByteReader(bytes);
  const next = reader.float64();
  const numbers = new Map<string, number>();
  for (let left = reader.uint32(); left > 0; left -= 1)
    numbers.set(reader.text(), reader.float64());
  reader.end();
  return { next, numbers };
}
