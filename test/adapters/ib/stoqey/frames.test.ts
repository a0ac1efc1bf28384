// Goal: messages come out of the stream as they went in, however the network cuts it, and whatever
// a gateway sends, the connection has one end and the process none.
import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader, frameOf, greeting } from "../../../../adapters/ib/stoqey/frames.ts";
import { frame } from "./scripted-peer.ts";
import { ready } from "./stoqey-world.ts";

const field = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !text.includes("\0"));
const message = fc.array(field, { minLength: 1, maxLength: 8 });

test("messages come out as they went in, however the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat({ max: 40 })), (messages, sizes) => {
      const stream = Buffer.concat(messages.map(frameOf));
      const reader = new FrameReader();
      const read: (readonly string[])[] = [];
      let at = 0;
      for (const size of [...sizes, stream.length]) {
        read.push(...reader.push(stream.subarray(at, at + size)));
        at += size;
      }
      expect(read).toEqual(messages);
    }),
    { numRuns: 300 },
  );
});

test("a message is its length and its fields, lists one by one, each ended by NUL", () => {
  const expected = Buffer.from("\0\0\0\x1020\x001\x000\x00\x00é\x00-1.5\x00");
  expect(frameOf([20, [true, [false, undefined]], "é", -1.5])).toEqual(expected);
  expect(frame(["20", "1", "0", "", "é", "-1.5"])).toEqual(expected);
});

test("the greeting offers versions", () => {
  expect(greeting(100, 193)).toEqual(Buffer.from("API\0\0\0\0\x09v100..193"));
});

const token = fc.oneof(
  fc.integer({ min: -3, max: 9 }).map(String),
  fc.constantFrom("", "{", "1e400", "NaN", "1709600400", "-2147483648", "4294967295", "x"),
  field,
);
const kind = fc.constantFrom("4", "9", "10", "15", "17", "18", "49", "50", "52", "61", "62", "106");
const nonsense = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(kind, fc.array(token, { maxLength: 40 })) },
  { weight: 1, arbitrary: fc.tuple(token, fc.array(token, { maxLength: 5 })) },
);

test("whatever a gateway sends, the connection ends once, with a reason", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(nonsense, { maxLength: 10 }),
      fc.uint8Array({ maxLength: 20 }),
      async (messages, bytes) => {
        const { ear, other } = await ready();
        const frames = messages.map(([first, rest]) => frame([first, ...rest]));
        other.raw(Buffer.concat([...frames, bytes]));
        other.socket.end();
        const { reason } = await ear.heard("closed");
        expect(reason).toMatch(/closed the connection$|cannot be read/);
        expect(ear.kinds.indexOf("closed")).toBe(ear.kinds.length - 1);
      },
    ),
    { numRuns: 150 },
  );
});
