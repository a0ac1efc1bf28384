import { describe, expect, it } from "vitest";
import { AbsentRanges } from "../../../adapters/rows/absent-ranges.ts";

// Goal: where a file had no bar is known, within bounded memory, and ignorance is never "a bar".

describe("the ranges without a bar", () => {
  it("tell apart where there was a bar and where there was none", () => {
    const absent = new AbsentRanges();
    for (const [from, to] of [
      [10, 20],
      [20, 20],
      [30, 45],
      [50, 60],
    ] as const) {
      absent.add(from, to);
    }
    const found = [9, 10, 19, 20, 29, 30, 44, 45, 59, 60].map((at) => absent.around(at, at + 1));
    const [a, b, c] = [
      { from: 10, to: 20 },
      { from: 30, to: 45 },
      { from: 50, to: 60 },
    ];
    expect(found).toEqual([undefined, a, a, undefined, undefined, b, b, undefined, c, undefined]);
  });

  it("forget the oldest, of which they then say the worst", () => {
    const absent = new AbsentRanges();
    const kept = 65_536;
    // Bars of length 1 at every even instant, so that every odd one is without.
    for (let index = 0; index < 2 * kept; index += 1) absent.add(2 * index + 1, 2 * index + 2);
    expect(absent.around(4, 5)).toEqual({ from: 4, to: 5 });
    expect(absent.around(2 * kept, 2 * kept + 1)).toBeUndefined();
    expect(absent.around(2 * kept + 1, 2 * kept + 2)).toEqual({
      from: 2 * kept + 1,
      to: 2 * kept + 2,
    });
  });
});
