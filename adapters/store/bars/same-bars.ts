import { assert } from "../../../core/time/failure.ts";
import { BAR_FIELDS, type StoredBars } from "./bar-block.ts";

/** Halts unless a block gives back, bit for bit, what was written into it from a place on. */
export function requireSame(written: StoredBars, begin: number, read: StoredBars): void {
  const { bars, provenance } = read;
  const from = written.provenance;
  let same = true;
  for (const field of BAR_FIELDS) {
    same &&= haveSameBits(written.bars[field], begin, bars[field], bars.length);
  }
  same &&= haveSameBits(from.receivedAt, begin, provenance.receivedAt, bars.length);
  same &&= haveSameBits(from.version, begin, provenance.version, bars.length);
  for (let index = 0; index < bars.length && same; index += 1) {
    same = from.source[begin + index] === provenance.source[index];
  }
  assert(same, "a block gives back what was written into it");
}

function haveSameBits(a: Float64Array, from: number, b: Float64Array, count: number): boolean {
  for (let index = 0; index < count; index += 1) {
    if (!Object.is(a[from + index], b[index])) return false;
  }
  return true;
}
