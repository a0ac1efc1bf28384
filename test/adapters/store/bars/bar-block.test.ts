// Goal: a block gives back every bit of its bars and where they came from, is small where bars are
// as they are in markets, and whatever is damaged or out of place is noticed.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BLOCK_BARS,
  decodeBars,
  decodeBlock,
  encodeBlock,
} from "../../../../adapters/store/bars/bar-block.ts";
import { ProvenanceColumns } from "../../../../adapters/store/bars/block/provenance-columns.ts";
import { ENTRY, entryKey } from "../../../../adapters/store/keys.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import { generatedBars, realBars } from "./store-fixture.ts";

const KEY = entryKey(ENTRY.block, 7, 1);
const FIELDS = ["openTime", "closeTime", "open", "high", "low", "close", "volume"] as const;

/** Prices and volumes of every kind: decimals, integers large and small, and any double. */
const anyNumber = fc.oneof(
  fc.integer({ min: 1, max: 2_000_000 }).map((ticks) => ticks / 100),
  fc.tuple(fc.integer(), fc.nat({ max: 12 })).map(([whole, decimals]) => whole / 10 ** decimals),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 2 ** 51, 2 ** 53, 0.1 + 0.2),
);
/** Blocks of one kind of number, and of all kinds mixed. */
const numbers = fc.oneof(
  { weight: 2, arbitrary: fc.constant(fc.integer({ min: 1, max: 99_999 }).map((n) => n / 100)) },
  { weight: 1, arbitrary: fc.constant(fc.integer({ min: -99, max: 99 }).map((n) => n * 0.25)) },
  { weight: 1, arbitrary: fc.constant(fc.maxSafeInteger()) },
  { weight: 1, arbitrary: fc.constant(anyNumber) },
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.constant(15 * MINUTE_MS) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 46 }) },
);
const length = fc.oneof(fc.constant(15 * MINUTE_MS), fc.integer({ min: 1, max: 2 ** 50 }));

const anyBars: fc.Arbitrary<Bar[]> = numbers.chain((number) =>
  fc
    .tuple(
      fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
      fc.array(fc.tuple(step, length, fc.tuple(number, number, number, number, number)), {
        minLength: 1,
        maxLength: 40,
      }),
    )
    .map(([first, rows]) => {
      let openTime = first;
      return rows.map(([stepMs, lengthMs, [open, high, low, close, volume]]) => {
        openTime += stepMs;
        return { openTime, closeTime: openTime + lengthMs, open, high, low, close, volume };
      });
    }),
);

const anyProvenance = fc.record({
  source: fc.constantFrom("ib", "csv", "live", "", "日経"),
  receivedAt: fc.oneof(fc.constant(1_700_000_000_000), fc.integer({ min: 0, max: 2 ** 45 })),
  version: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9 })),
});

const plain = (bar: Bar): Bar =>
  Object.fromEntries(FIELDS.map((field) => [field, bar[field]])) as unknown as Bar;

const bytesABar = (bars: BarColumns): number => {
  const from = { source: "csv", receivedAt: 1_700_000_000_000, version: 1 };
  const provenance = ProvenanceColumns.same(bars.length, from);
  let bytes = 0;
  for (let begin = 0; begin < bars.length; begin += BLOCK_BARS) {
    const end = Math.min(bars.length, begin + BLOCK_BARS);
    bytes += encodeBlock(KEY, { bars, provenance }, begin, end).length;
  }
  return bytes / bars.length;
};

describe("a block of bars", () => {
  it("gives back every bit, and where each bar came from", () => {
    const rows = fc.tuple(anyBars, fc.array(anyProvenance, { minLength: 40, maxLength: 40 }));
    fc.assert(
      fc.property(rows, fc.nat({ max: 40 }), fc.nat({ max: 3 }), ([bars, origins], cut, at) => {
        const provenance = new ProvenanceColumns(bars.length);
        bars.forEach((_, index) => {
          const { source, receivedAt, version } = origins[index]!;
          provenance.source[index] = source;
          provenance.receivedAt[index] = receivedAt;
          provenance.version[index] = version;
        });
        const begin = Math.min(cut, bars.length - 1);
        const bytes = encodeBlock(
          KEY,
          { bars: BarColumns.of(bars), provenance },
          begin,
          bars.length,
        );
        const count = bars.length - begin;
        const block = decodeBlock(KEY, bytes, count);
        // `toEqual` compares numbers as Object.is does.
        expect([...block.bars].map(plain)).toEqual(bars.slice(begin));
        for (let index = 0; index < count; index += 1) {
          expect(block.provenance.at(index)).toEqual(origins[begin + index]);
        }
        const into = BarColumns.ofLength(at + count);
        decodeBars(KEY, bytes, into, at, count);
        expect([...into].slice(at).map(plain)).toEqual(bars.slice(begin));
      }),
      { numRuns: 500 },
    );
  });

  it("gives back whole blocks of bars as they are in markets", () => {
    for (const bars of [realBars(), generatedBars(5_000)]) {
      const from = { source: "ib", receivedAt: 1, version: 1 };
      const provenance = ProvenanceColumns.same(bars.length, from);
      for (let begin = 0; begin < bars.length; begin += BLOCK_BARS) {
        const end = Math.min(bars.length, begin + BLOCK_BARS);
        const bytes = encodeBlock(KEY, { bars, provenance }, begin, end);
        const block = decodeBlock(KEY, bytes, end - begin);
        const differing = FIELDS.filter((field) =>
          block.bars[field].some((value, index) => !Object.is(value, bars[field][begin + index])),
        );
        expect(differing).toEqual([]);
      }
    }
  });

  it("is small where prices have decimals", () => {
    expect(bytesABar(realBars())).toBeLessThan(9);
    expect(bytesABar(generatedBars(20_000))).toBeLessThan(9);
  });

  it("that is altered anywhere, cut or lengthened is refused", () => {
    const bars = generatedBars(30);
    const provenance = ProvenanceColumns.same(30, { source: "csv", receivedAt: 5, version: 1 });
    const bytes = encodeBlock(KEY, { bars, provenance }, 0, 30);
    const damage = expect.objectContaining({ code: "damaged-bytes" });
    const decode = (block: Uint8Array, key = KEY, count = 30) => {
      try {
        return decodeBlock(key, block, count);
      } catch (error) {
        return error;
      }
    };
    expect(decode(bytes)).toMatchObject({ bars: { length: 30 } });
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of [1, 0x80]) {
        const altered = bytes.slice();
        altered[at]! ^= mask;
        expect(decode(altered)).toEqual(damage);
      }
      expect(decode(bytes.subarray(0, at))).toEqual(damage);
    }
    expect(decode(Uint8Array.of(...bytes, 0))).toEqual(damage);
    expect(decode(bytes, entryKey(ENTRY.block, 8, 1))).toEqual(damage);
    expect(decode(bytes, entryKey(ENTRY.block, 7, 2))).toEqual(damage);
    expect(decode(bytes, KEY, 31)).toEqual(damage);
  });
});
