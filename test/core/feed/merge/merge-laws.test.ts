import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedOutcome,
  Subscription,
} from "../../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import { MemorySource } from "../../../../core/feed/memory-source.ts";
import {
  type MergeInput,
  type MergeSink,
  mergeSources,
} from "../../../../core/feed/merge/merge.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import type { Series } from "../../../../core/market/series.ts";
import type { UnixMs } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { at, batchOf, closing, seriesOf } from "./merge-fixture.ts";

interface Given {
  readonly key: string;
  readonly sizeMs: number;
  readonly closeTime: UnixMs;
}

/** Takes what a merge gives and checks, word by word, that it keeps to its order. */
class Judge implements MergeSink {
  readonly given: Given[] = [];
  readonly perSeries = new Map<string, number>();
  outcomes: ReadonlyMap<string, FeedOutcome> | undefined;
  /** Called after each word. */
  after: () => void = () => {};
  #settled = Number.NEGATIVE_INFINITY;

  bars({ series, bars: batch }: BarBatch, from: number, to: number): void {
    const last = this.given.at(-1);
    const bars = batch.slice(from, to);
    for (const { closeTime } of bars) {
      expect(closeTime).toBeGreaterThan(this.#settled);
      this.given.push({ key: series.key, sizeMs: series.size.ms, closeTime });
    }
    // Between two instants it is said that the first of them is over.
    const first = bars.at(0).closeTime;
    if (last !== undefined && last.closeTime < first) expect(this.#settled).toBe(last.closeTime);
    if (bars.length > 1) expect(last?.closeTime).not.toBe(first);
    this.perSeries.set(series.key, (this.perSeries.get(series.key) ?? 0) + bars.length);
    this.after();
  }
  coverage(series: Series, { to }: TimeRange): void {
    // Coverage is not ahead of the bars it speaks of.
    const bars = this.given.filter(({ key, closeTime }) => key === series.key && closeTime <= to);
    expect(this.perSeries.get(series.key) ?? 0).toBe(bars.length);
    this.after();
  }
  event(event: FeedEvent): void {
    expect(event.type).toBe("never");
  }
  settled(upTo: UnixMs): void {
    expect(upTo).toBeGreaterThan(this.#settled);
    expect(upTo).toBeGreaterThanOrEqual(this.given.at(-1)?.closeTime ?? upTo);
    this.#settled = upTo;
    this.after();
  }
  end(outcomes: ReadonlyMap<string, FeedOutcome>): void {
    expect(this.outcomes).toBeUndefined();
    this.outcomes = outcomes;
  }
}

/** A finite source that speaks when it is told to, honors pause and counts what it sent. */
class PatientSource implements BarSource {
  readonly series: Series;
  readonly #batches: readonly (readonly UnixMs[])[];
  #sink!: BarSink;
  #next = 0;
  sent = 0;
  isPaused = false;
  hasEnded = false;

  constructor(series: Series, batches: readonly (readonly UnixMs[])[]) {
    this.series = series;
    this.#batches = batches;
  }

  open(_query: BarQuery, sink: BarSink): Subscription {
    this.#sink = sink;
    return {
      close: () => {},
      pause: () => {
        this.isPaused = true;
      },
      resume: () => {
        this.isPaused = false;
      },
    };
  }

  get maySpeak(): boolean {
    return !this.isPaused && !this.hasEnded;
  }

  speak(): void {
    const closes = this.#batches[this.#next];
    this.#next += 1;
    if (closes === undefined) {
      this.hasEnded = true;
      this.#sink.end({ kind: "complete" });
      return;
    }
    this.sent += closes.length;
    const bars = closes.map((close) => closing(this.series, close));
    this.#sink.bars(batchOf(this.series, ...bars));
    this.#sink.coverage({ from: bars[0]!.openTime, to: closes.at(-1)! });
  }
}

const START = at("00:00");
const streams = fc.uniqueArray(
  fc.record({
    symbol: fc.constantFrom("A", "B", "C"),
    size: fc.constantFrom("1m", "5m", "15m", "1h"),
    // Which of the slots of the size have a bar, and how the bars are cut into batches.
    slots: fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 30 }),
    cuts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 30 }),
  }),
  { minLength: 1, maxLength: 5, selector: ({ symbol, size }) => `${symbol} ${size}` },
);

interface Stream {
  readonly series: Series;
  readonly batches: readonly (readonly UnixMs[])[];
}

const worlds: fc.Arbitrary<Stream[]> = streams.map((all) =>
  all.map(({ symbol, size, slots, cuts }) => {
    const series = seriesOf(symbol, size);
    const closes = slots
      .toSorted((a, b) => a - b)
      .map((slot) => START + (slot + 1) * series.size.ms);
    const batches: UnixMs[][] = [];
    for (let from = 0; from < closes.length; from += cuts[batches.length - 1]!) {
      batches.push(closes.slice(from, from + cuts[batches.length]!));
    }
    return { series, batches };
  }),
);

/** The total order by the plainest reading. */
function sorted(world: readonly Stream[]): Given[] {
  const all = world.flatMap(({ series, batches }) =>
    batches.flat().map((closeTime) => ({ key: series.key, sizeMs: series.size.ms, closeTime })),
  );
  return all.sort(
    (a, b) => a.closeTime - b.closeTime || a.sizeMs - b.sizeMs || (a.key < b.key ? -1 : 1),
  );
}

// Goal: the order is that of a plain sort, whoever speaks when, and memory stays bounded meanwhile.
describe("a merge", () => {
  it("equals a sort for any batches, interleaving and pauses, holding no more than it may", () => {
    const choices = fc.infiniteStream(fc.nat({ max: 1_000 }));
    fc.assert(
      fc.property(worlds, choices, fc.integer({ min: 1, max: 12 }), (world, draws, waitingBars) => {
        const sources = world.map(({ series, batches }) => new PatientSource(series, batches));
        const inputs = sources.map((source) => ({ source, query: { series: source.series } }));
        const judge = new Judge();
        const stream = mergeSources(inputs, judge, { waitingBars });
        let isPaused = false;
        judge.after = (): void => {
          expect(isPaused).toBe(false);
          isPaused = draws.next().value % 10 === 0;
          if (isPaused) stream.pause();
        };
        while (judge.outcomes === undefined) {
          const able = sources.filter(({ maySpeak }) => maySpeak);
          if (isPaused && (able.length === 0 || draws.next().value % 2 === 0)) {
            isPaused = false;
            stream.resume();
            continue;
          }
          // Were all held back while more is wanted, the merge would be stuck.
          expect(able.length).toBeGreaterThan(0);
          const speaker = able[draws.next().value % able.length]!;
          speaker.speak();
          const waiting = speaker.sent - (judge.perSeries.get(speaker.series.key) ?? 0);
          expect(waiting).toBeLessThan(waitingBars + 5);
        }
        expect(judge.given).toEqual(sorted(world));
        expect([...judge.outcomes.keys()]).toEqual(world.map(({ series }) => series.key));
      }),
      { numRuns: 300 },
    );
  });

  it("equals a sort of sources in memory, open at once or paused, in batches of any size", () => {
    const modes = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(worlds, modes, fc.integer({ min: 1, max: 30 }), (world, each, waitingBars) => {
        const inputs: MergeInput[] = world.map(({ series, batches }, index) => {
          const bars = batches.flat().map((close) => closing(series, close));
          const [opensPaused, batchSize] = each[index]!;
          const options = { series, opensPaused, batchSize };
          return { source: new MemorySource(BarColumns.of(bars), options), query: { series } };
        });
        const judge = new Judge();
        mergeSources(inputs, judge, { waitingBars });
        expect(judge.given).toEqual(sorted(world));
        expect(judge.outcomes?.size).toBe(world.length);
      }),
      { numRuns: 300 },
    );
  });
});
