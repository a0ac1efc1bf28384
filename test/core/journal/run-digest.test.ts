import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { RunDigest } from "../../../core/journal/run-digest.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import type { OrderEvent } from "../../../core/trading/order.ts";
import type { StateChange } from "../../../core/trading/readiness.ts";
import { bar, SERIES } from "../feed/seam/seam-fixture.ts";
import { numbers, texts } from "../feed/words/some-words.ts";
import { fills, orders } from "./some-records.ts";

type Word = (digest: RunDigest) => void;

function digestOf(...words: readonly Word[]): string {
  const digest = new RunDigest();
  for (const word of words) word(digest);
  return digest.text;
}

const BAR = bar(1);
const CHANGE: StateChange = {
  at: 1,
  from: "WARMING_UP",
  to: "READY",
  reason: "why",
  bars: 2,
  required: 3,
};
const ORDER = { id: 1, instrument: SERIES.instrument, side: "buy", quantity: 2, submittedAt: 3 };
const EVENT = { order: ORDER, status: "submitted", at: 4, reason: "why" } as OrderEvent;
const FILL = {
  orderId: 1,
  instrument: SERIES.instrument,
  side: "buy",
  quantity: 2,
  price: 3,
  fee: 4,
  at: 5,
} as const;
const HOURS = series(SERIES.instrument, barSize("1h"));

/** Everything that a run shows, and each with one thing that is otherwise. */
const VARIANTS: Readonly<Record<string, readonly Word[]>> = {
  bar: [
    (to) => to.bar(1, SERIES, BAR, "live", 1),
    (to) => to.bar(2, SERIES, BAR, "live", 1),
    (to) => to.bar(1, HOURS, BAR, "live", 1),
    (to) => to.bar(1, SERIES, BAR, "repair", 1),
    (to) => to.bar(1, SERIES, BAR, "live", 2),
    ...(["openTime", "closeTime", "open", "high", "low", "close", "volume"] as const).map(
      (field): Word =>
        (to) =>
          to.bar(1, SERIES, { ...BAR, [field]: BAR[field] + 1 }, "live", 1),
    ),
  ],
  indicator: [
    (to) => to.indicator("SMA(3)", 1),
    (to) => to.indicator("SMA(4)", 1),
    (to) => to.indicator("SMA(3)", 1 + Number.EPSILON),
    (to) => to.indicator("SMA(3)", Number.NaN),
    (to) => to.indicator("SMA(3)", 0),
    (to) => to.indicator("SMA(3)", -0),
  ],
  state: [
    CHANGE,
    { ...CHANGE, at: 2 },
    { ...CHANGE, from: "SUSPENDED" as const },
    { ...CHANGE, to: "SUSPENDED" as const },
    { ...CHANGE, reason: "because" },
    { ...CHANGE, bars: 3 },
    { ...CHANGE, required: 4 },
  ].map(
    (change): Word =>
      (to) =>
        to.state(change),
  ),
  signal: [
    (to) => to.signal(1, 2, "long"),
    (to) => to.signal(2, 2, "long"),
    (to) => to.signal(1, 3, "long"),
    (to) => to.signal(1, 2, "lonh"),
    (to) => to.signal(1, 2, "\ud83d"),
    (to) => to.signal(1, 2, "\ude00"),
  ],
  order: [
    EVENT,
    { ...EVENT, status: "filled" as const },
    { ...EVENT, at: 5 },
    { ...EVENT, reason: "" },
    ...[{ id: 2 }, { side: "sell" as const }, { quantity: 3 }, { submittedAt: 4 }].map((other) => ({
      ...EVENT,
      order: { ...EVENT.order, ...other },
    })),
  ].map(
    (event): Word =>
      (to) =>
        to.order(event),
  ),
  fill: [
    FILL,
    { ...FILL, orderId: 2 },
    { ...FILL, side: "sell" as const },
    { ...FILL, quantity: 3 },
    { ...FILL, price: 4 },
    { ...FILL, fee: 5 },
    { ...FILL, at: 6 },
  ].map(
    (fill): Word =>
      (to) =>
        to.fill(fill),
  ),
};

const words: fc.Arbitrary<Word> = fc.oneof(
  fc.record({ name: texts, value: numbers }).map(
    ({ name, value }): Word =>
      (to) =>
        to.indicator(name, value),
  ),
  fc.tuple(numbers, numbers, texts).map(
    ([at, seq, name]): Word =>
      (to) =>
        to.signal(at, seq, name),
  ),
  fills.map(
    (fill): Word =>
      (to) =>
        to.fill(fill),
  ),
  fc.tuple(orders, texts).map(
    ([order, reason]): Word =>
      (to) =>
        to.order({ ...EVENT, order, reason }),
  ),
);

// Goal: two runs that differ in anything that can be seen of them have different digests; equal
// runs, and one that went on from a snapshot, have the same.
describe("the digest of a run", () => {
  it.each(Object.keys(VARIANTS))("differs when anything of a %s differs", (kind) => {
    const variants = VARIANTS[kind]!;
    const digests = [digestOf(), ...variants.map((word) => digestOf(word))];
    expect(new Set(digests).size).toBe(variants.length + 1);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{16}$/);
    // Both halves take part in it.
    for (const half of [0, 8]) {
      const halves = digests.map((digest) => digest.slice(half, half + 8));
      expect(new Set(halves).size).toBe(digests.length);
    }
  });

  it("differs when something is left out, doubled or exchanged", () => {
    const distinct = fc.uniqueArray(words, {
      minLength: 2,
      maxLength: 6,
      selector: (word) => digestOf(word),
    });
    fc.assert(
      fc.property(distinct, fc.nat(), (said, drawn) => {
        const place = drawn % said.length;
        const other = (place + 1) % said.length;
        const whole = digestOf(...said);
        expect(digestOf(...said)).toBe(whole);
        expect(digestOf(...said.toSpliced(place, 1))).not.toBe(whole);
        expect(digestOf(...said.toSpliced(place, 0, said[place]!))).not.toBe(whole);
        const exchanged = said.with(place, said[other]!).with(other, said[place]!);
        expect(digestOf(...exchanged)).not.toBe(whole);
      }),
    );
  });

  it("takes no text for another one that is divided otherwise", () => {
    const values = (...names: string[]) =>
      digestOf(
        ...names.map(
          (name): Word =>
            (to) =>
              to.signal(0, 0, name),
        ),
      );
    expect(values("ab", "c")).not.toBe(values("a", "bc"));
    expect(values("", "a")).not.toBe(values("a", ""));
  });

  it("does not know that the run was stopped", () => {
    const stopped: Word = (to) => to.state({ ...CHANGE, to: "STOPPED" });
    const ready: Word = (to) => to.state(CHANGE);
    expect(digestOf(ready, stopped)).toBe(digestOf(ready));
  });

  it("goes on from where it was saved, at any moment", () => {
    fc.assert(
      fc.property(fc.array(words), fc.array(words), (before, after) => {
        const digest = new RunDigest();
        for (const word of before) word(digest);
        const to = new ByteWriter();
        digest.save(to);
        const again = new RunDigest();
        const from = new ByteReader(to.bytes);
        again.load(from);
        from.end();
        expect(again.text).toBe(digest.text);
        for (const word of after) word(again);
        expect(again.text).toBe(digestOf(...before, ...after));
      }),
    );
  });
});
