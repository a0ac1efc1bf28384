import { assert } from "../../../core/time/failure.ts";

const LONGEST_KEY = 256;

/** Keys and bounds of ranges are made by our own code: a wrong one is a bug. */
export function assertKey(key: Uint8Array): void {
  assert(key.length >= 1 && key.length <= LONGEST_KEY, "a key has 1 to 256 bytes");
}
