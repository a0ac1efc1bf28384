import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Bar,
  type BarFault,
  barFault,
  createBar,
  describeBarFault,
  sameBar,
} from "../../../core/market/bar.ts";
import { instant, MINUTE_MS } from "../../../core/time/instant.ts";

const openTime = instant("2024-01-31T14:30:00Z");
const SOUND: Bar = {
  openTime,
  closeTime: openTime + MINUTE_MS,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 500,
};
const FIELDS = ["openTime", "closeTime", "open", "high", "low", "close", "volume"] as const;

const FAULTY: readonly (readonly [BarFault, Partial<Bar>])[] = [
  ["time-not-integer", { openTime: openTime + 0.5 }],
  ["time-not-integer", { closeTime: Number.NaN }],
  ["time-not-integer", { closeTime: 2 ** 53 }],
  ["close-not-after-open", { closeTime: openTime }],
  ["close-not-after-open", { closeTime: openTime - 1 }],
  ["price-not-finite", { open: Number.NaN }],
  ["price-not-finite", { high: Number.POSITIVE_INFINITY }],
  ["price-not-finite", { low: Number.NEGATIVE_INFINITY }],
  ["price-not-finite", { close: Number.NaN }],
  ["price-not-positive", { low: 0 }],
  ["price-not-positive", { low: -1 }],
  ["high-below-low", { high: 8 }],
  ["open-outside-range", { open: 8.9 }],
  ["open-outside-range", { open: 12.1 }],
  ["close-outside-range", { close: 8.9 }],
  ["close-outside-range", { close: 12.1 }],
  ["volume-not-finite", { volume: Number.NaN }],
  ["volume-not-finite", { volume: Number.POSITIVE_INFINITY }],
  ["volume-negative", { volume: -1 }],
];

const sound: fc.Arbitrary<Bar> = fc
  .record({
    openTime: fc.integer({ min: -8e12, max: 8e12 }),
    length: fc.integer({ min: 1, max: 86_400_000 }),
    prices: fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    }),
    volume: fc.double({ min: 0, max: 1e15, noNaN: true }),
  })
  .map(({ openTime, length, prices, volume }) => ({
    openTime,
    closeTime: openTime + length,
    open: prices[0]!,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices[1]!,
    volume,
  }));

// Goal: a bar that cannot be true never becomes one, and the message says why.
describe("a bar", () => {
  it.each(FAULTY)("is refused as %s with %o", (fault, fields) => {
    expect(barFault({ ...SOUND, ...fields })).toBe(fault);
    expect(() => createBar({ ...SOUND, ...fields })).toThrow(describeBarFault(fault));
  });

  it("is refused with the instant it opens at, or what stands in its place", () => {
    expect(() => createBar({ ...SOUND, high: 8 })).toThrow(
      "the bar of 2024-01-31T14:30:00.000Z is impossible: its high is below its low",
    );
    expect(() => createBar({ ...SOUND, openTime: 0.5 })).toThrow("the bar of 0.5 is impossible");
  });

  it("may have prices of zero and below where the instrument has", () => {
    const spread = { ...SOUND, open: -1, high: 0, low: -2, close: -1.5 };
    expect(barFault(spread)).toBe("price-not-positive");
    expect(barFault(spread, true)).toBeUndefined();
    expect(createBar(spread, true)).toEqual(spread);
    expect(barFault({ ...spread, high: -3 }, true)).toBe("high-below-low");
  });

  it("that is sound is built as it is, frozen, without anything else", () => {
    fc.assert(
      fc.property(sound, (bar) => {
        const built = createBar({ ...bar, note: "more" } as Bar);
        expect(built).toEqual(bar);
        expect(Object.isFrozen(built)).toBe(true);
      }),
    );
  });

  it("with any one field replaced by something that is no number is refused", () => {
    const noNumber = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    );
    fc.assert(
      fc.property(sound, fc.constantFrom(...FIELDS), noNumber, (bar, field, value) => {
        expect(barFault({ ...bar, [field]: value })).toBeDefined();
      }),
    );
  });
});

// Goal: two bars are the same exactly when no field differs in a single bit.
describe("sameBar", () => {
  it("holds for copies, and for nothing that differs in a field", () => {
    fc.assert(
      fc.property(sound, fc.constantFrom(...FIELDS), (bar, field) => {
        expect(sameBar(bar, { ...bar })).toBe(true);
        expect(sameBar(bar, { ...bar, [field]: bar[field] === 0 ? 1 : bar[field] * -2 })).toBe(
          false,
        );
      }),
    );
  });

  it("tells zero from minus zero, and takes NaN for itself", () => {
    expect(sameBar({ ...SOUND, volume: 0 }, { ...SOUND, volume: -0 })).toBe(false);
    expect(sameBar({ ...SOUND, close: Number.NaN }, { ...SOUND, close: Number.NaN })).toBe(true);
  });
});
