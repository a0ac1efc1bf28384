// Goal: numbers come back bit for bit in as few bytes as they need, and bytes that are no column
// are refused even where their checksum holds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNumbers, writeNumbers } from "../../../../adapters/store/bars/block/number-column.ts";
import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";

function written(values: readonly number[], mayRepeat: boolean): Uint8Array {
  const writer = new ByteWriter();
  writeNumbers(writer, Float64Array.from(values), mayRepeat);
  return writer.bytes;
}

function read(bytes: Uint8Array, count: number): number[] {
  const reader = new ByteReader(bytes);
  const target = new Float64Array(count);
  readNumbers(reader, target, 0, count);
  reader.end();
  return [...target];
}

/** Whole numbers of one magnitude and one step, and whatever else there is. */
const column = fc.oneof(
  fc
    .tuple(fc.nat({ max: 52 }), fc.integer({ min: 1, max: 900_000 }), fc.maxSafeInteger())
    .chain(([bits, step, base]) =>
      fc.array(
        fc.integer({ min: 0, max: 2 ** bits }).map((steps) => base + step * steps),
        { maxLength: 50 },
      ),
    ),
  fc.array(fc.constantFrom(1, 1, 1, 7, 2 ** 40), { maxLength: 50 }),
  fc.array(fc.double(), { maxLength: 20 }),
  fc.array(fc.constantFrom(0, -0, 2 ** 53, -(2 ** 53) + 1, Number.MAX_SAFE_INTEGER)),
);

describe("a column of numbers", () => {
  it("comes back bit for bit", () => {
    fc.assert(
      fc.property(column, fc.boolean(), (values, mayRepeat) => {
        const bytes = written(values, mayRepeat);
        expect(read(bytes, values.length)).toEqual(values);
        expect(bytes.length).toBeLessThanOrEqual(8 * values.length + 17);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["one number", (_: number) => 2 ** 50, 17],
    ["small steps", (index: number) => 1e9 + (index % 200), 17 + 1_000],
    ["large steps of one size", (index: number) => (index % 200) * 86_400_000, 17 + 1_000],
    ["numbers below 65,536", (index: number) => (index * 7_919) % 60_000, 17 + 2_000],
  ])("is as short as %s need", (_kind, numberAt, bytes) => {
    const values = Array.from({ length: 1_000 }, (_, index) => numberAt(index));
    expect(written(values, false).length).toBe(bytes);
  });

  it("holds runs as runs where that is asked for, and shorter", () => {
    const values = Array.from({ length: 1_000 }, (_, index) => Math.floor(index / 250) * 1e9);
    expect(written(values, true).length).toBeLessThan(50);
    expect(written(values, false).length).toBeGreaterThan(1_000);
    const restless = Array.from({ length: 1_000 }, (_, index) => index % 2);
    expect(written(restless, true)).toEqual(written(restless, false));
  });

  it("is refused where its bytes say what cannot be", () => {
    const refused = (bytes: ByteWriter, count = 4) =>
      expect(() => read(bytes.bytes, count)).toThrow(
        expect.objectContaining({ code: "damaged-bytes" }),
      );
    const numbers = (writer: ByteWriter, ...values: number[]): ByteWriter => {
      writeNumbers(writer, Float64Array.from(values));
      return writer;
    };
    for (const form of [7, 10, 255]) refused(new ByteWriter().uint8(form));
    refused(new ByteWriter().uint8(8).float64s(Float64Array.of(1, 2, 3)));
    refused(new ByteWriter().uint8(9).uint32(5));
    const runs = (count: number): ByteWriter => new ByteWriter().uint8(9).uint32(count);
    refused(numbers(numbers(runs(2), 5, 6), 2, 3));
    refused(numbers(numbers(runs(2), 5, 6), 2, 1));
    refused(numbers(numbers(runs(2), 5, 6), 4, 0));
    refused(numbers(numbers(runs(2), 5, 6), 0.5, 0.5));
  });
});
