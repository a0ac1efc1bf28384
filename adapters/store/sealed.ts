import { crc32 } from "../../core/codec/crc32.ts";
import { BarlineError } from "../../core/time/failure.ts";

const CHECKSUM_BYTES = 4;

/**
 * An entry's bytes with a checksum in front, over its key as well: an entry that was exchanged for
 * another one, or put in another place, is found as surely as one that was altered.
 */
export function seal(key: Uint8Array, content: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(CHECKSUM_BYTES + content.length);
  new DataView(sealed.buffer).setUint32(0, crc32(content, crc32(key)), true);
  sealed.set(content, CHECKSUM_BYTES);
  return sealed;
}

/** The checksum that sealed bytes carry, an integer of 0 to 2^32 - 1. */
export function checksumOf(sealed: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = sealed;
  return byteLength < CHECKSUM_BYTES
    ? Number.NaN
    : new DataView(buffer, byteOffset).getUint32(0, true);
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
