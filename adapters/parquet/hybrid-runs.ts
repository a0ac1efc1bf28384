const MAX_BITS = 24;

/**
 * Reads numbers that are packed as runs: of one value repeated, or of values of so many bits each.
 * Throws a `RangeError` where the bytes do not hold as many as `target` has room for.
 *
 * Source: Apache Parquet, Encodings, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
 */
export function readHybridRuns(bytes: Uint8Array, bits: number, target: Int32Array): void {
  if (bits > MAX_BITS) throw new RangeError(`numbers of ${bits} bits`);
  let at = 0;
  let done = 0;
  const next = (): number => {
    if (at >= bytes.length) throw new RangeError("the runs end too early");
    const byte = bytes[at]!;
    at += 1;
    return byte;
  };
  const readHeader = (): number => {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = next();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError("a run has too long a header");
  };
  while (done < target.length) {
    const header = readHeader();
    const room = target.length - done;
    if (header % 2 === 0) {
      const count = Math.min(header >>> 1, room);
      let value = 0;
      for (let shift = 0; shift < bits; shift += 8) value |= next() << shift;
      target.fill(value, done, done + count);
      done += count;
      continue;
    }
    const groups = header >>> 1;
    const end = at + groups * bits;
    const count = Math.min(groups * 8, room);
    const mask = (1 << bits) - 1;
    let held = 0;
    let heldBits = 0;
    for (let index = 0; index < count; index += 1) {
      while (heldBits < bits) {
        held |= next() << heldBits;
        heldBits += 8;
      }
      target[done + index] = held & mask;
      held >>>= bits;
      heldBits -= bits;
    }
    done += count;
    at = end;
  }
}
