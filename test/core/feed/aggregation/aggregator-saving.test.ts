import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import type { BarAggregator } from "../../../../core/feed/aggregation/bar-aggregator.ts";
import type { BarOrigin } from "../../../../core/feed/bar-source.ts";
import { type FeedWord, sayTo } from "../../../../core/feed/feed-word.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import type { TradingCalendar } from "../../../../core/time/trading-calendar.ts";
import {
  alignments,
  Bench,
  calendars,
  minuteBar,
  minuteBars,
  minutesOf,
  numbers,
  seriesOf,
  split,
} from "./aggregator-fixture.ts";

const worlds = fc.record({
  calendar: calendars,
  alignment: alignments,
  target: fc.constantFrom("2m", "5m", "15m", "1h", "1d"),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  thin: fc.constantFrom(0, 2, 3, 20),
  rememberedBars: fc.constantFrom(1, 10, 40, 4_096),
  /** How many of the first bars the stream has not heard. */
  skipped: fc.nat(20),
  mostInBatch: fc.constantFrom(1, 2, 40),
  isCovered: fc.boolean(),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

const benchOf = ({ calendar, target, alignment, rememberedBars }: World): Bench =>
  new Bench(calendar, "1m", target, { rememberedBars }, alignment);

const BASE = seriesOf("1m");
const ORIGINS: readonly BarOrigin[] = ["backfill", "live", "repair", "replay"];

const batchOf = (bars: readonly Bar[], origin: BarOrigin, series = BASE): FeedWord => ({
  kind: "bars",
  batch: { series, bars: BarColumns.of(bars), finality: "final", origin, version: 1 },
});

/** A market told with everything that can go wrong: holes, losses, corrections, nonsense. */
function wordsOf(world: World): FeedWord[] {
  const { calendar, alignment, seed, thin, skipped, mostInBatch, isCovered } = world;
  const bars = minuteBars(calendar, alignment, seed, thin).slice(skipped);
  const draws = numbers(seed + 1);
  const draw = (below: number): number => draws.next().value % below;
  const words: FeedWord[] = [];
  const passed: Bar[] = [];
  let to = isCovered ? minutesOf(calendar, alignment)[0]! : (bars[0]?.openTime ?? 0);
  for (const part of split(bars, seed).flatMap((each) => chunks(each, mostInBatch))) {
    words.push(batchOf(part, ORIGINS[draw(4)]!));
    passed.push(...part);
    const from = to;
    to = part.at(-1)!.closeTime;
    const fate = draw(12);
    const range = { from: draw(2) === 0 ? from : part[0]!.openTime, to: to + draw(9) * MINUTE_MS };
    if (fate < 4) words.push({ kind: "coverage", range: { from, to } });
    if (fate === 5 || fate === 6 || fate === 7 || fate === 8) {
      const outcome = (["suspected", "lost", "empty", "repaired"] as const)[fate - 5]!;
      const event = { type: "gap", series: BASE, range, outcome, reason: `${fate}` } as const;
      words.push({ kind: "event", event });
    }
    if (fate > 7) words.push(revisionOf(passed, draw));
    if (fate === 10) words.push(nonsense(calendar, passed, draw));
  }
  return words;
}

function revisionOf(passed: readonly Bar[], draw: (below: number) => number): FeedWord {
  const before = passed[Math.max(0, passed.length - 1 - draw(60))]!;
  const openTime = before.openTime + draw(3) * MINUTE_MS;
  const isLate = openTime !== before.openTime;
  const after = minuteBar(openTime, draw(2 ** 30));
  const event = {
    type: "revision",
    series: BASE,
    version: 2,
    before: isLate ? null : before,
    after,
  } as const;
  return { kind: "event", event };
}

/** Bars of another series, long before, or where the exchange is closed; words that pass. */
function nonsense(
  calendar: TradingCalendar,
  passed: readonly Bar[],
  draw: (below: number) => number,
): FeedWord {
  const kind = draw(4);
  if (kind === 0) return batchOf(passed.slice(-2), "live", seriesOf("2m"));
  if (kind === 1) return batchOf(passed.slice(0, 1), "live");
  if (kind === 2) return batchOf([minuteBar((calendar.lastDay + 9) * 86_400_000, 1)], "live");
  return { kind: "event", event: { type: "status", series: BASE, state: "stale", reason: "late" } };
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

function savedOf(aggregator: BarAggregator): Uint8Array {
  const writer = new ByteWriter();
  aggregator.save(writer);
  return writer.bytes;
}

function load(aggregator: BarAggregator, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  aggregator.load(reader);
  reader.end();
}

// Goal: an aggregator that was loaded goes on exactly as the one that was saved.
describe("saving an aggregator", () => {
  it("makes no difference for anything that comes out later, wherever it was cut", () => {
    fc.assert(
      fc.property(worlds, fc.nat(), fc.boolean(), (world, place, cutsEarly) => {
        const words = wordsOf(world);
        const cut = place % (Math.min(words.length, cutsEarly ? 4 : words.length) + 1);
        const straight = benchOf(world);
        for (const word of words.slice(0, cut)) sayTo(straight.aggregator, word);
        const bytes = savedOf(straight.aggregator);
        const loaded = benchOf(world);
        load(loaded.aggregator, bytes);
        expect(savedOf(loaded.aggregator)).toStrictEqual(bytes);
        const before = straight.log.words.length;
        for (const word of words.slice(cut)) {
          sayTo(straight.aggregator, word);
          sayTo(loaded.aggregator, word);
        }
        straight.end();
        loaded.end();
        expect(shown(loaded.log.words)).toEqual(shown(straight.log.words.slice(before)));
      }),
      { numRuns: 150 },
    );
  });

  it("is refused where the bytes are cut short, or another one's", () => {
    const code = expect.objectContaining({ code: "damaged-bytes" });
    fc.assert(
      fc.property(worlds, fc.nat(), (world, draw) => {
        const bench = benchOf(world);
        for (const word of wordsOf(world)) sayTo(bench.aggregator, word);
        const bytes = savedOf(bench.aggregator);
        const short = bytes.subarray(0, draw % bytes.length);
        expect(() => load(benchOf(world).aggregator, short)).toThrow(code);
        const other = benchOf({ ...world, target: world.target === "2m" ? "5m" : "2m" });
        expect(() => load(other.aggregator, bytes)).toThrow(code);
      }),
      { numRuns: 40 },
    );
  });
});

/** Bars are views or plain objects: here all are plain. */
function shown(words: Bench["log"]["words"]): unknown {
  return JSON.parse(JSON.stringify(words));
}
