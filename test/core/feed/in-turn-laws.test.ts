// Goal: whatever a near and a far source have of a range, the sink ends up with the bars and the
// coverage of both, each once and in order, and the far one is never asked for what the near has.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarQuery, BarSource, FeedFault, FeedOutcome } from "../../../core/feed/bar-source.ts";
import { type FeedWord, sayTo } from "../../../core/feed/feed-word.ts";
import { inTurn } from "../../../core/feed/in-turn.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { CONTRACT_SERIES as SERIES } from "../../contracts/bar-source-contract.ts";
import { RecordingSink } from "../../contracts/recording-sink.ts";

const SLOTS = 40;
const STEP_MS = SERIES.size.ms;
const at = (slot: number): number => slot * STEP_MS;
const slotRange = (from: number, to: number): TimeRange => ({ from: at(from), to: at(to) });

const barOf = (slot: number): Bar => {
  const price = 100 + slot;
  const [openTime, closeTime] = [at(slot), at(slot + 1)];
  return { openTime, closeTime, open: price, high: price, low: price, close: price, volume: slot };
};

/** What a source has: the slots that it covers, and how it puts what it says. */
interface Holdings {
  readonly covered: readonly boolean[];
  /** Slots in one piece of coverage at the most. */
  readonly piece: number;
  /** Whether it says its pieces newest first. */
  readonly isBackwards: boolean;
  /** Whether it answers later, a word at a time, or at once. */
  readonly isSlow: boolean;
  /** Whether it also shows bars that it does not cover. */
  readonly showsMore: boolean;
  readonly retry: FeedFault["retry"];
}

const holdings: fc.Arbitrary<Holdings> = fc.record({
  covered: fc.oneof(
    fc.array(fc.boolean(), { minLength: SLOTS, maxLength: SLOTS }),
    fc
      .tuple(fc.nat({ max: SLOTS }), fc.nat({ max: SLOTS }))
      .map(([from, to]) => Array.from({ length: SLOTS }, (_, slot) => slot >= from && slot < to)),
  ),
  piece: fc.integer({ min: 1, max: 12 }),
  isBackwards: fc.boolean(),
  isSlow: fc.boolean(),
  showsMore: fc.boolean(),
  retry: fc.constantFrom("soon", "later", "never"),
});

/** A source of the slots that have bars, as far as it covers them. */
class Holder implements BarSource {
  readonly queries: BarQuery[] = [];
  readonly #time: VirtualTime;
  readonly #bars: readonly boolean[];
  readonly #has: Holdings;

  constructor(time: VirtualTime, bars: readonly boolean[], has: Holdings) {
    this.#time = time;
    this.#bars = bars;
    this.#has = has;
  }

  open(query: BarQuery, sink: Parameters<BarSource["open"]>[1]) {
    this.queries.push(query);
    const words = this.#answer(query);
    let isClosed = false;
    if (this.#has.isSlow) {
      words.forEach((word, index) => {
        this.#time.schedule(this.#time.now() + index + 1, () => {
          if (!isClosed) sayTo(sink, word);
        });
      });
    } else for (const word of words) sayTo(sink, word);
    return {
      close: () => {
        isClosed = true;
      },
      pause: () => {},
      resume: () => {},
    };
  }

  /** Slots of the query, which can begin and end anywhere. */
  #answer({ from = 0, to = at(SLOTS) }: BarQuery): FeedWord[] {
    const { covered, piece, isBackwards, showsMore, retry } = this.#has;
    const pieces: FeedWord[][] = [];
    let isWhole = true;
    for (let first = Math.floor(from / STEP_MS); from < to && at(first) < to; ) {
      let last = first + 1;
      const isCovered = covered[first] === true;
      while (at(last) < to && last < first + piece && (covered[last] === true) === isCovered) {
        last += 1;
      }
      const range = { from: Math.max(from, at(first)), to: Math.min(to, at(last)) };
      const bars = BarColumns.of(
        Array.from({ length: last - first }, (_, index) => first + index)
          .filter((slot) => this.#bars[slot] && at(slot) >= from && at(slot) < to)
          .map(barOf),
      );
      const words: FeedWord[] = [];
      if (bars.length > 0 && (isCovered || showsMore)) {
        const batch = { series: SERIES, bars, finality: "final", origin: "replay", version: 1 };
        words.push({ kind: "bars", batch: batch as never });
      }
      if (isCovered) words.push({ kind: "coverage", range });
      else {
        const gap = { type: "gap", series: SERIES, range, outcome: "lost", reason: "?" } as const;
        words.push({ kind: "event", event: gap });
      }
      isWhole &&= isCovered;
      pieces.push(words);
      first = last;
    }
    if (isBackwards) pieces.reverse();
    const fault: FeedFault = { code: "hole", message: "not all", retry };
    const outcome: FeedOutcome = isWhole ? { kind: "complete" } : { kind: "partial", fault };
    return [...pieces.flat(), { kind: "end", outcome }];
  }
}

const has = (of: Holdings, slot: number): boolean => of.covered[slot] === true;

describe("two sources in turn", () => {
  it("give together what each of them has, once, and ask the far one for the rest alone", () => {
    const isBar = fc.array(fc.boolean(), { minLength: SLOTS, maxLength: SLOTS });
    const anywhere = fc.integer({ min: 0, max: SLOTS * 4 }).map((quarters) => quarters / 4);
    fc.assert(
      fc.property(isBar, holdings, holdings, anywhere, anywhere, (bars, near, far, a, b) => {
        const time = new VirtualTime(0);
        const nearSource = new Holder(time, bars, near);
        const farSource = new Holder(time, bars, far);
        const range = slotRange(Math.min(a, b), Math.max(a, b));
        const sink = new RecordingSink();
        const faults: FeedFault[] = [];
        inTurn(nearSource, farSource, (fault) => faults.push(fault)).open(
          { series: SERIES, ...range },
          sink,
        );
        time.advanceTo(10_000);

        const touched = Array.from({ length: SLOTS }, (_, slot) => slot).filter(
          (slot) => range.from < range.to && at(slot + 1) > range.from && at(slot) < range.to,
        );
        const known = touched.filter((slot) => has(near, slot) || has(far, slot));
        const expected = known.filter((slot) => bars[slot] && at(slot) >= range.from).map(barOf);
        const told = new RangeSet();
        for (const claim of sink.claims) {
          told.add(claim.range);
          const before = new Set(
            sink.delivered.slice(0, claim.barsBefore).map((bar) => bar.openTime),
          );
          for (const { openTime } of expected) {
            if (openTime >= claim.range.from && openTime < claim.range.to) {
              expect(before).toContain(openTime);
            }
          }
        }
        // What the far source shows and does not cover is passed on, as if it were alone.
        const covered = sink.delivered.filter(({ openTime }) => {
          const slot = openTime / STEP_MS;
          return has(near, slot) || has(far, slot);
        });
        expect(covered.toSorted((x, y) => x.openTime - y.openTime)).toEqual(expected);
        if (!far.isBackwards) {
          const opens = sink.delivered.map((bar) => bar.openTime);
          expect(opens).toEqual(opens.toSorted((x, y) => x - y));
        }
        const holes = new RangeSet();
        for (const slot of touched) {
          if (!known.includes(slot)) holes.add(slotRange(slot, slot + 1));
        }
        const clippedHoles = holes.ranges.map(({ from, to }) => ({
          from: Math.max(from, range.from),
          to: Math.min(to, range.to),
        }));
        expect(told.missing(range)).toEqual(clippedHoles);

        // The far source was asked for what the near one lacks, no more and no less.
        const wanted = new RangeSet();
        for (const { from, to } of farSource.queries) wanted.add({ from: from!, to: to! });
        const lacked = new RangeSet();
        for (const slot of touched) {
          const { from, to } = slotRange(slot, slot + 1);
          if (!has(near, slot)) {
            lacked.add({ from: Math.max(from, range.from), to: Math.min(to, range.to) });
          }
        }
        expect(wanted.ranges).toEqual(lacked.ranges);
        expect(faults).toHaveLength(touched.every((slot) => has(near, slot)) ? 0 : 1);

        const isWhole = known.length === touched.length;
        const isAnyTold = sink.batches.length + sink.claims.length > 0;
        const kind = isWhole
          ? sink.delivered.length > 0
            ? "complete"
            : "empty"
          : isAnyTold
            ? "partial"
            : "failed";
        expect(sink.outcomes.map((outcome) => outcome.kind)).toEqual([kind]);
      }),
      { numRuns: 500 },
    );
  });
});
