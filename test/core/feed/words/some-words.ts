import fc from "fast-check";
import type { FeedWord } from "../../../../core/feed/feed-word.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { SERIES } from "../seam/seam-fixture.ts";

/** Any number, -0, NaN and infinities included. */
export const numbers = fc.double();
const bar = fc.record({
  openTime: numbers,
  closeTime: numbers,
  open: numbers,
  high: numbers,
  low: numbers,
  close: numbers,
  volume: numbers,
});
/** Any range, backwards ones included. */
export const ranges = fc.record({ from: numbers, to: numbers });
const series = fc.constantFrom(SERIES, { ...SERIES, key: "ANOTHER 1m trades regular" });
/** Any text, lone halves of characters included. */
export const texts = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.constantFrom(0xd800, 0xdfff)), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const kind = <const T>(value: T) => fc.constant(value);
const event = fc.oneof(
  fc.record({
    type: kind("status"),
    series,
    state: fc.constantFrom("backfilling", "live", "interrupted", "recovering", "stale"),
    reason: texts,
  }),
  fc.record({ type: kind("progress"), series, bars: numbers, expected: numbers }),
  fc.record({
    type: kind("gap"),
    series,
    range: ranges,
    outcome: fc.constantFrom("suspected", "repaired", "empty", "lost"),
    reason: texts,
  }),
  fc.record({
    type: kind("revision"),
    series,
    version: numbers,
    before: fc.option(bar),
    after: bar,
  }),
  fc.record({
    type: kind("rejection"),
    series,
    bar,
    fault: fc.constantFrom("off-grid", "high-below-low", "wrong-series"),
    reason: texts,
  }),
  fc.record({
    type: kind("continuity"),
    series,
    count: numbers,
    first: numbers,
    last: numbers,
    hash: texts,
  }),
);
const batches = fc.record({
  series,
  bars: fc.array(bar, { maxLength: 5 }).map((bars) => BarColumns.of(bars)),
  finality: fc.constantFrom("final", "forming"),
  origin: fc.constantFrom("backfill", "live", "repair", "replay"),
  version: numbers,
});
const fault = fc.record({
  code: texts,
  message: texts,
  retry: fc.constantFrom("soon", "later", "never"),
});
const outcome = fc.oneof(
  fc.record({ kind: fc.constantFrom("complete", "empty") }),
  fc.record({ kind: fc.constantFrom("partial", "failed"), fault }),
);
/** Any word of a source, whether it makes sense or not. */
export const words = fc.oneof(
  fc.record({ kind: kind("bars"), batch: batches }),
  fc.record({ kind: kind("coverage"), range: ranges }),
  fc.record({ kind: kind("event"), event }),
  fc.record({ kind: kind("end"), outcome }),
) as unknown as fc.Arbitrary<FeedWord>;

/** A value with its columns of bars as lists of plain bars, so that it can be compared. */
export function shown(value: unknown): unknown {
  if (value instanceof BarColumns) {
    return [...value].map((view) => (view as unknown as { toJSON(): unknown }).toJSON());
  }
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
}
