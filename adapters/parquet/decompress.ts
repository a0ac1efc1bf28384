import zlib from "node:zlib";
import { type CompressionCodec, snappyUncompress } from "hyparquet";
import { BarlineError } from "../../core/time/failure.ts";

/** No form of it packs more tightly: 64 bytes in 3. */
const SNAPPY_LIMIT = 22;

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;

/** Later Nodes than the oldest one that Barline runs on have it. */
const { zstdDecompressSync } = zlib as typeof zlib & {
  readonly zstdDecompressSync?: typeof zlib.gunzipSync;
};

const UNPACK: Partial<Record<CompressionCodec, Unpack>> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY: (bytes, length) => {
    if (length > bytes.length * SNAPPY_LIMIT) throw new RangeError("too much in too few bytes");
    const unpacked = new Uint8Array(length);
    snappyUncompress(bytes, unpacked);
    return unpacked;
  },
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) =>
    zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ...(zstdDecompressSync !== undefined && {
    ZSTD: (bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  }),
};

/** Throws `unsupported-codec` for what cannot be unpacked here. */
export function requireCodec(codec: CompressionCodec, where: string): void {
  if (UNPACK[codec] !== undefined) return;
  const cure = 'write it with snappy or uncompressed (compression="snappy")';
  throw new BarlineError("unsupported-codec", `it is compressed with ${codec}`, {
    where,
    cure: codec === "ZSTD" ? `${cure}, or read it with Node 22.15 or later` : cure,
  });
}

/** Unpacks what comes to exactly so many bytes; throws whatever is thrown where it does not. */
export function decompress(codec: CompressionCodec, bytes: Uint8Array, length: number): Uint8Array {
  const unpacked = UNPACK[codec]!(bytes, length);
  if (unpacked.length !== length) {
    throw new RangeError(`it unpacks to ${unpacked.length} bytes in place of ${length}`);
  }
  return unpacked;
}
