import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { loadBars, saveBars } from "../../../core/market/saved-bars.ts";

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

// Goal: bars are loaded bit for bit, and columns that do not belong together are noticed.
describe("saved bars", () => {
  it("are loaded as they were, all or a part of them", () => {
    fc.assert(
      fc.property(fc.array(bar), fc.nat(), fc.nat(), (bars, first, second) => {
        const [from, to] = [first, second].map((each) => each % (bars.length + 1)).sort(ascending);
        const columns = BarColumns.of(bars);
        const writer = new ByteWriter();
        saveBars(writer, columns);
        saveBars(writer, columns, from, to);
        const reader = new ByteReader(writer.bytes);
        const plain = (of: BarColumns): unknown => JSON.stringify([...of]);
        expect(plain(loadBars(reader))).toBe(plain(columns));
        expect(plain(loadBars(reader))).toBe(plain(columns.slice(from!, to!)));
        reader.end();
      }),
    );
  });

  it("are refused where the columns are not of one length", () => {
    const writer = new ByteWriter();
    for (let column = 0; column < 6; column += 1) writer.float64s(Float64Array.of(1, 2));
    writer.float64s(Float64Array.of(1));
    expect(() => loadBars(new ByteReader(writer.bytes))).toThrow(
      expect.objectContaining({ code: "damaged-bytes" }),
    );
  });
});

function ascending(a: number, b: number): number {
  return a - b;
}
