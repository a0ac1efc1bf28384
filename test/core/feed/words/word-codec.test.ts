import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import { choice, readChoice, writeChoice } from "../../../../core/codec/choice.ts";
import type { FeedWord } from "../../../../core/feed/feed-word.ts";
import { readWord, writeWord } from "../../../../core/feed/words/word-codec.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { InvariantError } from "../../../../core/time/failure.ts";
import { SERIES } from "../seam/seam-fixture.ts";

const number = fc.double();
const bar = fc.record({
  openTime: number,
  closeTime: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
});
const range = fc.record({ from: number, to: number });
const series = fc.constantFrom(SERIES, { ...SERIES, key: "ANOTHER 1m trades regular" });
const reason = fc.string({ unit: "binary" });
const kind = <const T>(value: T) => fc.constant(value);
const event = fc.oneof(
  fc.record({
    type: kind("status"),
    series,
    state: fc.constantFrom("backfilling", "live", "interrupted", "recovering", "stale"),
    reason,
  }),
  fc.record({ type: kind("progress"), series, bars: number, expected: number }),
  fc.record({
    type: kind("gap"),
    series,
    range,
    outcome: fc.constantFrom("suspected", "repaired", "empty", "lost"),
    reason,
  }),
  fc.record({
    type: kind("revision"),
    series,
    version: number,
    before: fc.option(bar),
    after: bar,
  }),
  fc.record({
    type: kind("rejection"),
    series,
    bar,
    fault: fc.constantFrom("off-grid", "high-below-low", "wrong-series"),
    reason,
  }),
  fc.record({
    type: kind("continuity"),
    series,
    count: number,
    first: number,
    last: number,
    hash: reason,
  }),
);
const batch = fc.record({
  series,
  bars: fc.array(bar),
  finality: fc.constantFrom("final", "forming"),
  origin: fc.constantFrom("backfill", "live", "repair", "replay"),
  version: number,
});
const fault = fc.record({
  code: reason,
  message: reason,
  retry: fc.constantFrom("soon", "later", "never"),
});
const outcome = fc.oneof(
  fc.record({ kind: fc.constantFrom("complete", "empty") }),
  fc.record({ kind: fc.constantFrom("partial", "failed"), fault }),
);
const word = fc.oneof(
  fc.record({ kind: kind("bars"), batch }),
  fc.record({ kind: kind("coverage"), range }),
  fc.record({ kind: kind("event"), event }),
  fc.record({ kind: kind("end"), outcome }),
);

// Goal: every word of a source comes back as it was said, bit for bit.
describe("words of a feed", () => {
  it("are read as they were written, one after another", () => {
    fc.assert(
      fc.property(fc.array(word), (drawn) => {
        const to = new ByteWriter();
        for (const each of drawn) {
          const said =
            each.kind === "bars"
              ? { ...each, batch: { ...each.batch, bars: BarColumns.of(each.batch.bars) } }
              : each;
          writeWord(to, said as FeedWord, SERIES);
        }
        const from = new ByteReader(to.bytes);
        for (const each of drawn) {
          const read = readWord(from, SERIES);
          if (read.kind !== "bars") expect(read).toEqual(each);
          else {
            const bars = [...read.batch.bars].map((view) => (view as unknown as Shown).toJSON());
            expect({ ...read, batch: { ...read.batch, bars } }).toEqual(each);
          }
        }
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

interface Shown {
  toJSON(): unknown;
}
