import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { readPlain, writePlain } from "../../../core/codec/plain-value.ts";
import { numbers, texts } from "../feed/words/some-words.ts";

// Goal: what a strategy remembers comes back exactly, and what could not is refused by its place.

const { plain } = fc.letrec((tie) => ({
  plain: fc.oneof(
    { depthSize: "small" },
    numbers,
    texts,
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie("plain")),
    fc.dictionary(texts, tie("plain"), { noNullPrototype: true }),
  ),
}));

function written(value: unknown): Uint8Array {
  const to = new ByteWriter();
  writePlain(to, value, "memory");
  return to.bytes;
}

function again(value: unknown): unknown {
  const from = new ByteReader(written(value));
  const read = readPlain(from);
  from.end();
  return read;
}

describe("plain values", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(again(value)).toStrictEqual(value);
      }),
    );
  });

  it("come back where JSON has no word for them", () => {
    const value = { zero: -0, none: Number.NaN, least: Number.NEGATIVE_INFINITY, half: "\ud83d" };
    expect(again(value)).toStrictEqual(value);
    expect(again({ here: undefined })).toHaveProperty("here");
  });

  it("come back from a list with places that were never filled", () => {
    const window = new Array<number>(4);
    window[2] = 7;
    expect(again({ window, last: 1 })).toStrictEqual({
      window: [undefined, undefined, 7, undefined],
      last: 1,
    });
  });

  it("are records with and without a prototype", () => {
    expect(again(Object.assign(Object.create(null), { a: 1 }))).toStrictEqual({ a: 1 });
  });

  it("are none of these, and the place is named", () => {
    class Average {}
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    for (const [value, problem] of [
      [{ list: [1, { deep: () => {} }] }, "memory.list[1].deep: it is a function"],
      [new Average(), "memory: it is a class instance"],
      [{ when: new Date(0) }, "memory.when: it is a class instance"],
      [[new Map()], "memory[0]: it is a class instance"],
      [{ name: Symbol("a") }, "memory.name: it is a symbol"],
      [{ id: 1n }, "memory.id: it is a bigint"],
    ] as const) {
      expect(() => written(value)).toThrow(
        expect.objectContaining({
          code: "not-plain",
          message: expect.stringContaining(`${problem}; keep numbers, texts, yes and no`),
        }),
      );
    }
    expect(() => written(cyclic)).toThrow("it contains itself, or is too deep");
  });

  it("are as deep as 64 records", () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 64; depth += 1) value = { value };
    expect(again(value)).toStrictEqual(value);
    expect(() => written({ value })).toThrow("too deep");
  });

  it("are not made up of damaged bytes", () => {
    expect(() => readPlain(new ByteReader(Uint8Array.of(8)))).toThrow(
      expect.objectContaining({ code: "damaged-bytes", message: "there is no value of kind 8" }),
    );
    fc.assert(
      fc.property(plain, fc.nat(), (value, cut) => {
        const bytes = written(value);
        expect(() => readPlain(new ByteReader(bytes.subarray(0, cut % bytes.length)))).toThrow(
          expect.objectContaining({ code: "damaged-bytes" }),
        );
      }),
    );
  });
});
