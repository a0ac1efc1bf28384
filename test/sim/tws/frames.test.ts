import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader, fieldsOf, frame } from "../../../sim/tws/frames.ts";

// Goal: messages come out as they went in, however the network splits and joins their bytes, and
// what is no frame is refused at once.

const LONGEST_FRAME = 1_048_576;

function prefixed(bytes: number, content = Buffer.alloc(0)): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes, 0);
  return Buffer.concat([prefix, content]);
}

/** Cuts bytes into pieces whose lengths are the given ones, over and over. */
function pieces(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const cut: Buffer[] = [];
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const to = from + lengths[turn % lengths.length]!;
    cut.push(bytes.subarray(from, to));
    from = to;
  }
  return cut;
}

const field = fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\0", ""));
const messages = fc.array(fc.array(field, { minLength: 1, maxLength: 6 }), { maxLength: 8 });
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe("frames", () => {
  it("come out as they went in, wherever they are split and joined", () => {
    fc.assert(
      fc.property(messages, lengths, (written, cuts) => {
        const reader = new FrameReader();
        const read: (readonly string[])[] = [];
        for (const piece of pieces(Buffer.concat(written.map(frame)), cuts)) {
          reader.push(piece);
          for (let next = reader.next(); next !== undefined; next = reader.next()) {
            read.push(fieldsOf(next));
          }
        }
        expect(read).toEqual(written);
      }),
    );
  });

  it("are read in one piece as well as byte by byte up to the longest", () => {
    const longest = frame(["x".repeat(LONGEST_FRAME - 1)]);
    const reader = new FrameReader();
    let content: Buffer | undefined;
    for (const byte of pieces(longest, [1])) {
      reader.push(byte);
      content = reader.next();
    }
    expect(content?.equals(longest.subarray(4))).toBe(true);
    reader.push(longest);
    expect(reader.next()?.equals(longest.subarray(4))).toBe(true);
    expect(reader.next()).toBeUndefined();
  });

  it.each([0, LONGEST_FRAME + 1, 0xffffffff])(
    "of %i bytes are refused by their prefix",
    (bytes) => {
      const reader = new FrameReader();
      reader.push(prefixed(bytes));
      expect(() => reader.next()).toThrow(`a frame of ${bytes} bytes; send 1 to 1048576 after`);
    },
  );

  it("need an end of their last field", () => {
    expect(() => fieldsOf(Buffer.from("9\x001"))).toThrow("the last field of a frame has no end");
    expect(fieldsOf(Buffer.from("9\x001\0\0"))).toEqual(["9", "1", ""]);
  });
});
