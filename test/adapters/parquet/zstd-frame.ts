/** Bytes as a zstd frame that holds them as they are, so that nothing is needed to make one. */
export function zstdFrame(bytes: Uint8Array): Uint8Array {
  // RFC 8878: the magic number, a descriptor that says "one segment, size in 4 bytes", the size,
  // and a last block of the type raw.
  const frame = new Uint8Array(12 + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  view.setUint8(4, 0xa0);
  view.setUint32(5, bytes.length, true);
  const block = (bytes.length << 3) | 1;
  view.setUint16(9, block & 0xffff, true);
  view.setUint8(11, block >> 16);
  frame.set(bytes, 12);
  return frame;
}
