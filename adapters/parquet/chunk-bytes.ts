/** The values of a column as Parquet writes them plainly, and the least and the greatest. */
export interface ChunkBytes {
  readonly bytes: Uint8Array;
  readonly min: number | bigint;
  readonly max: number | bigint;
}

const TWO_TO_32 = 4_294_967_296;

/** Whole milliseconds as little-endian integers of 64 bits. There is at least one. */
export function instantBytes(values: Float64Array): ChunkBytes {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  let min = values[0]!;
  let max = min;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < min) min = value;
    if (value > max) max = value;
    const high = Math.floor(value / TWO_TO_32);
    view.setUint32(index * 8, value - high * TWO_TO_32, true);
    view.setInt32(index * 8 + 4, high, true);
  }
  return { bytes: new Uint8Array(view.buffer), min: BigInt(min), max: BigInt(max) };
}

/** Doubles, bit for bit. There is at least one, and none is NaN. */
export function doubleBytes(values: Float64Array): ChunkBytes {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  let min = values[0]!;
  let max = min;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < min) min = value;
    if (value > max) max = value;
    view.setFloat64(index * 8, value, true);
  }
  // The two zeros count as equal: the format wants the bounds to include both.
  return {
    bytes: new Uint8Array(view.buffer),
    min: min === 0 ? -0 : min,
    max: max === 0 ? 0 : max,
  };
}
