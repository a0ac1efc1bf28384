import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumVolumes } from "../../../../core/feed/aggregation/volume-sum.ts";

const sum = (...volumes: number[]): number =>
  sumVolumes(Float64Array.from(volumes), 0, volumes.length);

/** Any double as a whole number of units of 2^-1074, the smallest there is. */
function unitsOf(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]!;
  const exponent = (bits >> 52n) & 0x7ffn;
  const mantissa = bits & ((1n << 52n) - 1n);
  return exponent === 0n ? mantissa : (mantissa | (1n << 52n)) << (exponent - 1n);
}

/** The double nearest to a number of units, ties to even. */
function nearest(units: bigint): number {
  const extra = Math.max(0, units.toString(2).length - 53);
  const step = 1n << BigInt(extra);
  const rest = units % step;
  let rounded = units / step;
  const isUp = rest * 2n > step || (rest * 2n === step && rounded % 2n === 1n);
  if (isUp) rounded += 1n;
  return Number(rounded) * 2 ** (extra - 537) * 2 ** -537;
}

// Goal: a sum of volumes is exact where it can be, and the same in whatever order or steps.
describe("sumVolumes", () => {
  it("adds whole and decimal volumes as people do", () => {
    expect(sum()).toBe(0);
    expect(sum(1, 2, 3)).toBe(6);
    expect(sum(0.1, 0.2)).toBe(0.3);
    expect(sum(0.1, 0.2, 3)).toBe(3.3);
    expect(sum(...Array.from({ length: 10 }, () => 0.1))).toBe(1);
    expect(sum(0.000_000_01, 22_000_000)).toBe(22_000_000.000_000_01);
    expect(sumVolumes(Float64Array.of(5, 1, 2, 7), 1, 3)).toBe(3);
  });

  it("rounds once where a sum is no double", () => {
    expect(sum(2 ** 53, 1, 1)).toBe(2 ** 53 + 2);
    expect(sum(1, 1, 2 ** 53)).toBe(2 ** 53 + 2);
    expect(sum(2 ** 53, 1, 2 ** -60)).toBe(2 ** 53 + 2);
    expect(sum(2 ** 53, 1)).toBe(2 ** 53);
    expect(sum(2 ** 53 + 2, 1)).toBe(2 ** 53 + 4);
    expect(sum(2 ** 53 + 2, 1 - 2 ** -53, 2 ** -60)).toBe(2 ** 53 + 2);
    expect(sum(1e300, 1e-300, 1 / 3)).toBe(1e300);
    expect(sum(4_000_000.5, 0.000_000_001)).toBe(4_000_000.500_000_001);
    expect(sum(9_000_000.5, 1_000_000.5, 0.000_000_001)).toBe(10_000_001.000_000_002);
    expect(sum(0, 1 / 3)).toBe(1 / 3);
  });

  it("is the double nearest to the exact sum of any doubles that are no short decimals", () => {
    const volume = fc.double({ min: 1e-12, max: 1e18, noNaN: true });
    const odd = fc.array(volume, { minLength: 1, maxLength: 20 }).map((all) => [...all, 1 / 3]);
    fc.assert(
      fc.property(odd, (volumes) => {
        const exact = volumes.reduce((total, each) => total + unitsOf(each), 0n);
        expect(sum(...volumes)).toBe(nearest(exact));
      }),
      { numRuns: 500 },
    );
  });

  it("is the double nearest to the exact sum of decimals, in any order and any steps", () => {
    const scenario = fc
      .record({
        places: fc.integer({ min: 0, max: 9 }),
        most: fc.constantFrom(1_000, 1e9, 2 ** 51 / 32),
        order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      })
      .chain(({ places, most, order }) =>
        fc.record({
          places: fc.constant(places),
          units: fc.array(
            fc.maxSafeNat().map((nat) => nat % most),
            { minLength: 1, maxLength: 32 },
          ),
          order: fc.constant(order),
          steps: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 33, maxLength: 33 }),
        }),
      );
    fc.assert(
      fc.property(scenario, ({ places, units, order, steps }) => {
        const scale = 10 ** places;
        const whole = units.map((each) => Math.floor(each));
        const exact = whole.reduce((total, each) => total + each, 0) / scale;
        const volumes = whole.map((each) => each / scale);
        const shuffled = volumes
          .map((volume) => ({ volume, place: order.next().value }))
          .sort((a, b) => a.place - b.place)
          .map(({ volume }) => volume);
        const parts: number[] = [];
        for (let at = 0; at < shuffled.length; ) {
          const to = Math.min(shuffled.length, at + steps[parts.length]!);
          parts.push(sum(...shuffled.slice(at, to)));
          at = to;
        }
        expect(sum(...volumes)).toBe(exact);
        expect(sum(...parts)).toBe(exact);
      }),
      { numRuns: 300 },
    );
  });
});
