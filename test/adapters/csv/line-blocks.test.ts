import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineBlocks } from "../../../adapters/csv/line-blocks.ts";

// Goal: text is cut at the ends of lines and refused where it is none, in bounded memory.

/** Feeds bytes cut at some places; gives the blocks and the first problem. */
function feed(
  bytes: Buffer,
  cuts: readonly number[],
): { blocks: Buffer[]; problem: string | undefined } {
  const blocks = new LineBlocks("a.csv");
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  places.sort((a, b) => a - b);
  const heard: Buffer[] = [];
  let from = 0;
  for (const to of places) {
    const block = blocks.add(bytes.subarray(from, to));
    from = to;
    if (block === undefined) continue;
    heard.push(block.bytes);
    if (block.problem !== undefined) return { blocks: heard, problem: block.problem.message };
  }
  const rest = blocks.finish();
  if (rest !== undefined) heard.push(rest.bytes);
  return { blocks: heard, problem: rest?.problem?.message };
}

const unit = fc.constantFrom("a", "é", "…", "🚀", "\n", "\r\n", ",");
const cuts = fc.array(fc.nat(), { maxLength: 8 });

describe("LineBlocks", () => {
  // Goal: wherever the stream is cut, even inside a character, the text stays the same.
  it("gives whole lines that add up to the text", () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), cuts, (text, places) => {
        const bytes = Buffer.from(text);
        const { blocks, problem } = feed(bytes, places);
        expect(problem).toBeUndefined();
        expect(Buffer.concat(blocks).equals(bytes)).toBe(true);
        for (const block of blocks.slice(0, -1)) expect(block.at(-1)).toBe(0x0a);
      }),
    );
  });

  // Goal: which end of line a file has does not depend on where it is cut.
  it("knows the ends of lines of old, and holds judgment back at a cut CR LF", () => {
    const ends = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(ends, cuts, (lineEnd, places) => {
        const text = ["one", "", "two", "three"].join(lineEnd) + lineEnd;
        const { blocks } = feed(Buffer.from(text), places);
        for (const block of blocks) expect(block.toString().endsWith(lineEnd)).toBe(true);
      }),
    );
  });

  // Goal: what is wrong is found on its line, and everything before that line is still given.
  it("names the line that is no text, wherever the stream is cut", () => {
    const bad = fc.constantFrom([Buffer.of(0), "NUL"], [Buffer.of(0xc3, 0x28), "UTF-8"] as const);
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), bad, cuts, (text, [junk, word], places) => {
        const before = Buffer.from(`first\n${text}`);
        const bytes = Buffer.concat([before, junk as Buffer, Buffer.from("rest\nlast\n")]);
        const { blocks, problem } = feed(bytes, places);
        const line = before.toString().split("\n").length;
        expect(problem).toMatch(`a.csv:${line}: the line`);
        expect(problem).toMatch(word as string);
        const sound = before.subarray(0, before.lastIndexOf(0x0a) + 1);
        expect(Buffer.concat(blocks).equals(sound)).toBe(true);
      }),
    );
  });

  // Goal: memory is bounded: an endless line is given up after its first megabyte.
  it("holds no more than one mebibyte and a chunk", () => {
    for (const byte of [0x37, 0x2c, 0x22]) {
      const blocks = new LineBlocks("a.csv");
      const chunk = Buffer.alloc(64 * 1024, byte);
      blocks.add(Buffer.from("header\n"));
      let fed = 0;
      let problem: string | undefined;
      while (problem === undefined && fed < 1e9) {
        fed += chunk.length;
        problem = blocks.add(chunk)?.problem?.message;
      }
      expect(problem).toContain("a.csv:2: the line is longer than 1 MiB");
      expect(fed).toBeLessThanOrEqual(1024 * 1024 + chunk.length);
    }
  });

  it("takes a line of just one mebibyte", () => {
    const line = Buffer.alloc(1024 * 1024, 0x37);
    expect(feed(Buffer.concat([line, Buffer.from("\n")]), [500_000]).problem).toBeUndefined();
    expect(feed(Buffer.concat([line, Buffer.from("7\n")]), [500_000]).problem).toContain("1 MiB");
  });
});
