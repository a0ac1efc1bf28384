import { crc32 } from "../../core/codec/crc32.ts";
import { BarlineError } from "../../core/time/failure.ts";

const CHECKSUM_BYTES = 4;

/**
 * An entry's bytes with a checksum in front, over its key as well: an entry that was exchanged for
 * another one, or put in another place, is found as surely as one that was altered.
 */
export function seal(key: Uint8Array, content: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(CHECKSUM_BYTES + content.length);
  const checksum = crc32(content, crc32(key));
  for (let byte = 0; byte < CHECKSUM_BYTES; byte += 1) sealed[byte] = checksum >>> (8 * byte);
  sealed.set(content, CHECKSUM_BYTES);
  return sealed;
}

/** The checksum that sealed bytes carry, an integer of 0 to 2^32 - 1. */
export function checksumOf(sealed: Uint8Array): number {
  if (sealed.length < CHECKSUM_BYTES) return Number.NaN;
  return (sealed[0]! | (sealed[1]! << 8) | (sealed[2]! << 16) | (sealed[3]! << 24)) >>> 0;
}

/**
 * What was sealed under a key: a view, not a copy. Throws `damaged-bytes` if it is not that.
 */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const content = sealed.subarray(CHECKSUM_BYTES);
  if (checksumOf(sealed) !== crc32(content, crc32(key))) {
    throw new BarlineError("damaged-bytes", "its checksum is wrong");
  }
  return content;
}
