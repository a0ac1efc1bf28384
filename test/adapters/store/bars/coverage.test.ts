// Goal: what is known of every instant is what was said of it last, and never two things at once.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Coverage } from "../../../../adapters/store/bars/coverage.ts";
import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";

const SPAN = 30;
const operation = fc.record({
  kind: fc.constantFrom("cover", "lose", "find", "forget"),
  from: fc.nat({ max: SPAN }),
  // Some ranges are empty or reversed: they say nothing.
  to: fc.nat({ max: SPAN }),
  reason: fc.constantFrom("timeout", "no data"),
});

function instants(coverage: Coverage): (string | undefined)[] {
  const known: (string | undefined)[] = new Array(SPAN).fill(undefined);
  let before = Number.NEGATIVE_INFINITY;
  for (const { from, to } of coverage.complete) {
    expect(from).toBeGreaterThan(before);
    for (let at = from; at < to; at += 1) known[at] = "complete";
    before = to;
  }
  let last: { to: number; reason: string } | undefined;
  for (const { range, reason } of coverage.lost) {
    expect(range.to).toBeGreaterThan(range.from);
    // Ascending, and what touches for the same reason is one.
    if (last !== undefined) expect(range.from).toBeGreaterThanOrEqual(last.to);
    if (last?.reason === reason) expect(range.from).toBeGreaterThan(last.to);
    for (let at = range.from; at < range.to; at += 1) {
      expect(known[at]).toBeUndefined();
      known[at] = reason;
    }
    last = { to: range.to, reason };
  }
  return known;
}

describe("coverage", () => {
  it("is what was said last of each instant, and survives being written", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), (operations) => {
        let coverage = new Coverage();
        const model: (string | undefined)[] = new Array(SPAN).fill(undefined);
        for (const { kind, from, to, reason } of operations) {
          if (kind === "cover") coverage.cover({ from, to });
          else if (kind === "lose") coverage.lose({ from, to }, reason);
          else if (kind === "find") coverage.find({ from, to });
          else coverage.forget({ from, to });
          for (let at = from; at < to; at += 1) {
            if (kind === "cover") model[at] = "complete";
            else if (kind === "lose") model[at] = reason;
            else if (kind === "forget" || model[at] !== "complete") model[at] = undefined;
          }
          expect(instants(coverage)).toEqual(model);
          const writer = new ByteWriter();
          coverage.write(writer);
          const reader = new ByteReader(writer.bytes);
          coverage = Coverage.read(reader);
          reader.end();
          expect(instants(coverage)).toEqual(model);
        }
      }),
      { numRuns: 300 },
    );
  });
});
