import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRunAbout, encodeRunAbout } from "../../../../adapters/store/journal/run-about.ts";
import {
  decodeCommit,
  decodeSnapshot,
  encodeCommit,
  encodeSnapshot,
} from "../../../../adapters/store/journal/run-frame.ts";
import { decodeRunHead, encodeRunHead } from "../../../../adapters/store/journal/run-head.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { SERIES } from "../../../core/feed/seam/seam-fixture.ts";
import { numbers, shown, texts } from "../../../core/feed/words/some-words.ts";
import { records } from "../../../core/journal/some-records.ts";
import { ABOUT } from "./journal-fixture.ts";

const KEY = Uint8Array.of(16, 1, 2, 3);
const OTHER_KEY = Uint8Array.of(16, 1, 2, 4);
const checksums = fc.nat(0xffff_ffff);
const damaged = expect.objectContaining({ code: "damaged-bytes" });

/** Whatever happens to an entry is found: a bit, its end, and its place. */
function expectSealed(bytes: Uint8Array, decode: (key: Uint8Array, of: Uint8Array) => unknown) {
  fc.assert(
    fc.property(fc.nat(8 * bytes.length - 1), (bit) => {
      const byte = Math.floor(bit / 8);
      const flipped = bytes.with(byte, bytes[byte]! ^ (1 << (bit % 8)));
      expect(() => decode(KEY, flipped)).toThrow(damaged);
    }),
    { numRuns: 50 },
  );
  for (let length = 0; length < Math.min(bytes.length, 40); length += 1) {
    expect(() => decode(KEY, bytes.slice(0, length))).toThrow(damaged);
  }
  expect(() => decode(OTHER_KEY, bytes)).toThrow(damaged);
}

// Goal: each entry of a run says what was written, under its own key, or is damaged.
describe("what a run is", () => {
  it("is read as it was written, with every detail of its series", () => {
    const of = instrument("IF", {
      exchange: "CFFEX",
      currency: "CNY",
      multiplier: 300,
      priceIncrement: 0.2,
      allowsNegativePrice: true,
    });
    for (const about of [
      ABOUT,
      { ...ABOUT, series: series(of, barSize("1h"), "midpoint", "all") },
    ]) {
      expect(decodeRunAbout(KEY, encodeRunAbout(KEY, about))).toEqual(about);
    }
  });

  it("is read with any name, code and parameters", () => {
    const parameters = fc.dictionary(texts, fc.oneof(numbers, texts, fc.boolean()), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(texts, texts, parameters, (name, code, some) => {
        const about = { ...ABOUT, name, code, parameters: some };
        expect(decodeRunAbout(KEY, encodeRunAbout(KEY, about))).toEqual(about);
      }),
    );
  });

  it("is damaged by whatever happens to it", () => {
    expectSealed(encodeRunAbout(KEY, ABOUT), decodeRunAbout);
  });
});

describe("how far a run is", () => {
  const heads = fc.record({
    commits: fc.nat(),
    checksum: checksums,
    at: numbers,
    lastOrderId: fc.nat(),
    snapshots: fc.array(fc.nat(), { maxLength: 3 }),
    writer: fc.option(fc.record({ host: texts, pid: fc.nat(), startedAt: fc.option(fc.nat()) })),
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(heads, (head) => {
        expect(decodeRunHead(KEY, encodeRunHead(KEY, head))).toEqual(head);
      }),
    );
  });

  it("is damaged by whatever happens to it", () => {
    const writer = { host: "h", pid: 1, startedAt: null };
    const head = { commits: 1, checksum: 2, at: 3, lastOrderId: 4, snapshots: [1], writer };
    expectSealed(encodeRunHead(KEY, head), decodeRunHead);
  });
});

describe("a commit", () => {
  it("is read as it was written, after the one that came before it and no other", () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 6 }), checksums, (some, before) => {
        const bytes = encodeCommit(KEY, before, some, SERIES);
        expect(shown(decodeCommit(KEY, bytes, before, SERIES))).toEqual(shown(some));
        const other = (before + 1) % 2 ** 32;
        expect(() => decodeCommit(KEY, bytes, other, SERIES)).toThrow(
          "it does not follow the commit before it",
        );
      }),
      { numRuns: 60 },
    );
  });

  it("is damaged by whatever happens to it", () => {
    const stop = { kind: "stop", at: 1, reason: "why" } as const;
    expectSealed(encodeCommit(KEY, 7, [stop], SERIES), (key, bytes) =>
      decodeCommit(key, bytes, 7, SERIES),
    );
  });
});

describe("a snapshot", () => {
  it("is read as it was written, as bytes of its own", () => {
    fc.assert(
      fc.property(fc.uint8Array(), checksums, (state, checksum) => {
        const bytes = encodeSnapshot(KEY, checksum, state);
        const read = decodeSnapshot(KEY, bytes);
        bytes.fill(0);
        expect(read).toEqual({ checksum, state });
      }),
    );
  });

  it("is damaged by whatever happens to it", () => {
    expectSealed(encodeSnapshot(KEY, 7, Uint8Array.of(1, 2, 3)), decodeSnapshot);
  });
});
