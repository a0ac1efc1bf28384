/** Neighboring pages that are free. */
export interface FreeRange {
  readonly first: number;
  readonly count: number;
}

const NUMBER_BYTES = 8;

/**
 * Reads a list of free pages as LMDB keeps it: how many numbers follow, and then a page each, or
 * zero; before the first of several neighbors, how many they are, as a negative number. Undefined
 * for bytes that are no such list.
 */
export function freeRanges(list: Buffer): readonly FreeRange[] | undefined {
  if (list.length < NUMBER_BYTES) return undefined;
  const count = numberIn(list, 0);
  if (count < 0 || (count + 1) * NUMBER_BYTES > list.length) return undefined;
  const ranges: FreeRange[] = [];
  for (let place = 1; place <= count; place += 1) {
    const number = numberIn(list, place);
    if (number > 0) ranges.push({ first: number, count: 1 });
    if (number >= 0) continue;
    place += 1;
    if (place > count) return undefined;
    ranges.push({ first: numberIn(list, place), count: -number });
  }
  return ranges;
}

function numberIn(list: Buffer, place: number): number {
  const at = place * NUMBER_BYTES;
  return list.readUInt32LE(at) + list.readInt32LE(at + 4) * 2 ** 32;
}
