import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import { choice, readChoice, writeChoice } from "../../../../core/codec/choice.ts";
import { readWord, writeWord } from "../../../../core/feed/words/word-codec.ts";
import { InvariantError } from "../../../../core/time/failure.ts";
import { SERIES } from "../seam/seam-fixture.ts";
import { shown, words } from "./some-words.ts";

// Goal: every word of a source comes back as it was said, bit for bit.
describe("words of a feed", () => {
  it("are read as they were written, one after another", () => {
    fc.assert(
      fc.property(fc.array(words), (said) => {
        const to = new ByteWriter();
        for (const each of said) writeWord(to, each, SERIES);
        const from = new ByteReader(to.bytes);
        expect(shown(said.map(() => readWord(from, SERIES)))).toEqual(shown(said));
        from.end();
      }),
      { numRuns: 200 },
    );
  });

  it("are refused where a choice is made that there is not", () => {
    const colors = choice("red", "green");
    const to = writeChoice(new ByteWriter(), colors, "green");
    expect(readChoice(new ByteReader(to.bytes), colors)).toBe("green");
    expect(() => readChoice(new ByteReader(Uint8Array.of(2)), colors)).toThrow(
      expect.objectContaining({
        code: "damaged-bytes",
        message: "there is no word 2 among red, green",
      }),
    );
    expect(() => writeChoice<string>(to, colors, "blue")).toThrow(InvariantError);
  });
});
