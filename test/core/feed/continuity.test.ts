import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ContinuityHash, continuityLine } from "../../../core/feed/continuity.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { bar, bars, open, SERIES } from "./seam/seam-fixture.ts";

/** The certificate's hash by its documentation alone, with another implementation of SHA-256. */
function documentedHash(of: readonly Bar[]): string {
  const hash = createHash("sha256");
  for (const { openTime, open: first, high, low, close, volume } of of) {
    hash.update(`${new Date(openTime).toISOString()},${first},${high},${low},${close},${volume}\n`);
  }
  return hash.digest("hex");
}

// Goal: anyone can recompute a certificate from the bars and the documentation.
describe("ContinuityHash", () => {
  it("writes a bar in one line, numbers in shortest form", () => {
    const odd = bar(0, {
      open: 100.10000000000001,
      high: 1e21,
      low: 1e-7,
      close: 100.5,
      volume: 0,
    });
    expect(continuityLine(odd)).toBe(
      "2024-03-04T09:00:00.000Z,100.10000000000001,1e+21,1e-7,100.5,0\n",
    );
  });

  it("certifies nothing before the first bar", () => {
    const hash = new ContinuityHash();
    expect(hash.certificate(SERIES)).toBeUndefined();
    expect(hash.count).toBe(0);
  });

  it("certifies what was added so far, each time it is asked", () => {
    const hash = new ContinuityHash();
    for (const [index, each] of bars(2, 7).entries()) {
      hash.add(each);
      expect(hash.certificate(SERIES)).toEqual({
        type: "continuity",
        series: SERIES,
        count: index + 1,
        first: open(2),
        last: each.openTime,
        hash: documentedHash(bars(2, 3 + index)),
      });
    }
    expect(hash.count).toBe(5);
  });

  it("tells apart bars that differ in any field but the close time, which follows", () => {
    const hashOf = (fields: Partial<Bar>): string => {
      const hash = new ContinuityHash();
      hash.add(bar(3, fields));
      return hash.certificate(SERIES)!.hash;
    };
    const variants: Partial<Bar>[] = [
      {},
      { open: 103.5 },
      { high: 105.5 },
      { low: 101.5 },
      { close: 104.5 },
      { volume: 41 },
      { openTime: open(4) },
    ];
    expect(new Set(variants.map(hashOf)).size).toBe(variants.length);
  });
});
