import { fail } from "../time/failure.ts";
import type { ByteReader } from "./byte-reader.ts";

// What everything that can be saved has in common: its state is read back into something that was
// made with the same parameters, so whatever does not fit there was not saved by it.

/** Throws `damaged-bytes` for what was read whole but is no state of `owner`. */
export function refuseState(owner: string, what: string): never {
  fail("damaged-bytes", `this is no saved state of ${owner}: ${what}`, {
    cure: "load what was saved with the same parameters",
  });
}

/** Reads a name that must be this one: what follows belongs to its owner. */
export function loadName(from: ByteReader, name: string): void {
  const found = from.text();
  if (found !== name) refuseState(name, `it belongs to ${found}`);
}

/** Reads numbers into the first places of others, `count` of them: all, unless it is given. */
export function loadNumbers(
  from: ByteReader,
  into: Float64Array,
  owner: string,
  count = into.length,
): void {
  const numbers = from.float64s();
  if (numbers.length !== count) {
    refuseState(owner, `${numbers.length} numbers where there are ${count}`);
  }
  into.set(numbers);
}

/** Reads an integer of `least` to `most`, both inclusive, that was written as a `float64`. */
export function loadInteger(from: ByteReader, least: number, most: number, owner: string): number {
  const value = from.float64();
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return refuseState(owner, `${value} where there is an integer of ${least} to ${most}`);
}
