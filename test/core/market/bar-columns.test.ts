import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";

const FIELDS = ["openTime", "closeTime", "open", "high", "low", "close", "volume"] as const;
const anyBar: fc.Arbitrary<Bar> = fc
  .array(fc.double(), { minLength: 7, maxLength: 7 })
  .map((values) => Object.fromEntries(FIELDS.map((field, index) => [field, values[index]])))
  .map((fields) => fields as unknown as Bar);

const plain = (bar: Bar): Bar =>
  Object.fromEntries(FIELDS.map((field) => [field, bar[field]])) as unknown as Bar;

// Goal: columns give back every bit of every bar, however far they had to grow.
describe("BarColumns", () => {
  it("gives back the bars it was given, by index, in a loop and by column", () => {
    const capacity = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(fc.array(anyBar, { maxLength: 40 }), capacity, (bars, room) => {
        const columns = new BarColumns(room);
        for (const bar of bars) columns.push(bar);
        expect(columns.length).toBe(bars.length);
        expect([...columns].map(plain)).toEqual(bars);
        expect([...BarColumns.of(bars)].map(plain)).toEqual(bars);
        bars.forEach((bar, index) => {
          expect(plain(columns.at(index))).toEqual(bar);
          for (const field of FIELDS) expect(columns[field][index]).toBe(bar[field]);
        });
      }),
    );
  });

  it("appends field by field", () => {
    const columns = new BarColumns();
    columns.append(1, 2, 3, 4, 5, 6, 7);
    const [openTime, closeTime, open, high, low, close, volume] = [1, 2, 3, 4, 5, 6, 7];
    expect(plain(columns.at(0))).toEqual({ openTime, closeTime, open, high, low, close, volume });
  });

  it("takes an index outside its bars for a bug, room or not", () => {
    const columns = new BarColumns(8);
    columns.append(1, 2, 3, 4, 5, 6, 7);
    for (const index of [-1, 1, Number.NaN]) {
      expect(() => columns.at(index)).toThrow("a bar is read within its columns");
    }
  });

  it("keeps the bars it gave out as they were when it grows", () => {
    const columns = new BarColumns(1);
    columns.append(1, 2, 3, 4, 5, 6, 7);
    const first = columns.at(0);
    const before = plain(first);
    for (let index = 0; index < 20; index += 1) columns.append(8, 9, 8, 9, 8, 9, 8);
    expect(plain(first)).toEqual(before);
  });

  it("gives a part of its bars as columns that know nothing of the rest", () => {
    const range = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.nat({ max: 20 }));
    fc.assert(
      fc.property(fc.array(anyBar, { minLength: 20, maxLength: 20 }), range, (bars, bounds) => {
        const [from, to, length] = bounds.toSorted((a, b) => a - b) as [number, number, number];
        const columns = BarColumns.of(bars.slice(0, length));
        const part = columns.slice(from, to);
        columns.push(bars[0]!);
        part.push(bars[1]!);
        expect([...part].map(plain)).toEqual([...bars.slice(from, to), bars[1]]);
        expect([...columns].map(plain)).toEqual([...bars.slice(0, length), bars[0]]);
      }),
    );
  });

  it("takes a part outside its bars for a bug, room or not", () => {
    const columns = new BarColumns(8);
    columns.append(1, 2, 3, 4, 5, 6, 7);
    for (const [from, to] of [
      [-1, 1],
      [1, 0],
      [0, 2],
    ] as const) {
      expect(() => columns.slice(from, to)).toThrow("a slice lies within its columns");
    }
  });

  it("makes room for bars that are filled in place", () => {
    const columns = BarColumns.ofLength(2);
    FIELDS.forEach((field, index) => {
      columns[field][1] = index;
    });
    expect(columns.length).toBe(2);
    expect(FIELDS.map((field) => columns.at(1)[field])).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(() => columns.at(2)).toThrow("a bar is read within its columns");
  });
});
