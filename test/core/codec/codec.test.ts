import { gzipSync, crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { crc32 } from "../../../core/codec/crc32.ts";

// Goal: what is written is read back as it was, and whatever is damaged is noticed.

/** Values with the words that write and read them. */
const value = fc.oneof(
  fc.record({ kind: fc.constant("uint8" as const), is: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant("uint32" as const), is: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
  fc.record({ kind: fc.constant("bool" as const), is: fc.boolean() }),
  fc.record({ kind: fc.constant("float64" as const), is: fc.double() }),
  fc.record({ kind: fc.constant("float64s" as const), is: fc.float64Array() }),
  fc.record({ kind: fc.constant("text" as const), is: fc.string({ unit: "binary" }) }),
  fc.record({ kind: fc.constant("blob" as const), is: fc.uint8Array() }),
);

type Word = (of: unknown) => unknown;

function written(values: readonly { readonly kind: string; readonly is: unknown }[]): ByteWriter {
  const writer = new ByteWriter(1);
  for (const { kind, is } of values) (writer[kind as "text"] as Word).call(writer, is);
  return writer;
}

describe("bytes", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const reader = new ByteReader(written(values).bytes);
        for (const { kind, is } of values) expect(reader[kind]()).toEqual(is);
        reader.end();
      }),
    );
  });

  it("that are cut short are refused, and nothing is made up", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.nat(), (values, cut) => {
        const { bytes } = written(values);
        const reader = new ByteReader(bytes.subarray(0, cut % bytes.length));
        expect(() => values.forEach(({ kind }) => void reader[kind]())).toThrow(
          expect.objectContaining({ code: "damaged-bytes" }),
        );
      }),
    );
  });

  it("that are too many are refused", () => {
    expect(() => new ByteReader(new Uint8Array(3)).end()).toThrow("3 bytes too many");
  });

  it("are refused where there is neither yes nor no", () => {
    expect(() => new ByteReader(Uint8Array.of(2)).bool()).toThrow("2 where there is yes or no");
  });

  it("can be gathered anew in the same room", () => {
    const writer = new ByteWriter().text("first");
    const first = writer.bytes;
    expect(writer.clear().float64s(Float64Array.of(1, 2, 3), 1, 3).length).toBe(20);
    expect([...new ByteReader(writer.view).float64s()]).toEqual([2, 3]);
    expect(new ByteReader(first).text()).toBe("first");
  });
});

describe("crc32", () => {
  it("is the checksum that gzip writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const gzip = gzipSync(bytes);
        expect(crc32(bytes)).toBe(gzip.readUInt32LE(gzip.length - 8));
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      }),
    );
  });

  it("goes on from the bytes before", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(crc32(b, crc32(a))).toBe(crc32(Uint8Array.of(...a, ...b)));
      }),
    );
  });

  it("finds any flipped bit", () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) & 0xff);
    const sum = crc32(bytes);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(crc32(bytes)).not.toBe(sum);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  });
});
