import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Bar } from "../../core/market/bar.ts";
import { MINUTE_MS, parseDay, parseInstant } from "../../core/time/instant.ts";

/** The bars of a shipped file; the times of daily bars are midnight in UTC. */
function readBars(file: string, minutes: number): readonly Bar[] {
  const text = readFileSync(new URL(`../../examples/data/${file}`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => {
      const fields = row.split(",");
      const [open, high, low, close] = fields.slice(1, 5).map(Number) as [
        number,
        number,
        number,
        number,
      ];
      const day = parseDay(fields[0]!);
      const openTime = day === undefined ? parseInstant(fields[0]!)! : day * 24 * 60 * MINUTE_MS;
      const closeTime = openTime + minutes * MINUTE_MS;
      return { openTime, closeTime, open, high, low, close, volume: Number(fields.at(-1)) };
    });
}

/** 3,200 bars of 15 minutes, 16 a trading day, prices on a grid of 0.2. */
export const futuresBars = readBars("cffex-if-15m.csv", 15);
export const futuresCloses = futuresBars.map((bar) => bar.close);
/** 5,105 daily closes with six decimals. */
export const indexCloses = readBars("sp500-daily.csv", 24 * 60).map((bar) => bar.close);

const ordinaryPrice = fc.integer({ min: 1, max: 2_000_000 }).map((cents) => cents / 100);
const edge = fc
  .tuple(fc.integer({ min: -60, max: 54 }), fc.constantFrom(-1, 0, 1), fc.boolean())
  .map(([exponent, step, isNegative]) => {
    const magnitude = 2 ** exponent * (1 + step * 2 ** -52);
    return isNegative ? -magnitude : magnitude;
  });

/**
 * Finite numbers that break careless sums: spikes, ties, signs, zeros, domain edges, subnormals.
 */
export const hostilePrice: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: ordinaryPrice },
  { weight: 2, arbitrary: ordinaryPrice.map((price) => -price) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: ordinaryPrice.map((price) => price * 1e6) },
  { weight: 2, arbitrary: ordinaryPrice.map((price) => price * 1e-7) },
  { weight: 3, arbitrary: edge },
  { weight: 1, arbitrary: ordinaryPrice.map((price) => price * 1e24) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 1e308, -1e308, Number.MAX_VALUE, 5e-324, -5e-324),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);

/** The same within 2^500 in magnitude, which is all that indicators with memory take. */
export const boundedPrice = hostilePrice.filter((price) => Math.abs(price) <= 2 ** 500);

/** One size of numbers for a whole stream, often, so that sums of tiny numbers are met too. */
export function priceStream(
  price: fc.Arbitrary<number>,
  length: { minLength: number; maxLength: number },
): fc.Arbitrary<number[]> {
  const scaled = fc
    .tuple(
      fc.array(ordinaryPrice, length),
      fc.constantFrom(1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-30, 1e9, 1e30),
    )
    .map(([prices, scale]) => prices.map((each) => each * scale));
  return fc.oneof(fc.array(price, length), scaled);
}

/** Sound bars one after another, a quarter of an hour apart, from prices and volumes like those. */
export function barStream(
  price: fc.Arbitrary<number>,
  length: { minLength: number; maxLength: number },
): fc.Arbitrary<Bar[]> {
  const volume = fc.oneof(
    fc.nat(10_000),
    fc.constant(0),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
  );
  return fc.array(fc.tuple(price, price, price, price, volume), length).map((rows) =>
    rows.map(([open, high, low, close, traded], index) => ({
      openTime: index * 15 * MINUTE_MS,
      closeTime: (index + 1) * 15 * MINUTE_MS,
      open,
      high: Math.max(open, high, low, close),
      low: Math.min(open, high, low, close),
      close,
      volume: traded,
    })),
  );
}
