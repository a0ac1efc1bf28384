import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesFeed } from "../../../core/engine/series-feed.ts";
import { ema } from "../../../core/indicators/ema.ts";
import { sma } from "../../../core/indicators/sma.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { SERIES } from "../feed/seam/seam-fixture.ts";
import {
  barAt,
  everyKind,
  feedOf,
  loadInto,
  savedOf,
  seen,
  take,
  withoutMeans,
} from "./revisable-fixture.ts";

const draws = fc.nat(2 ** 24);
/** What happens to a feed, drawn by numbers that the test makes sense of. */
const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("bar" as const), draw: draws, by: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("correct" as const), draw: draws, back: fc.nat(40) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("late" as const), draw: draws, back: fc.nat(40) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("load" as const) }) },
);

const revise = (feed: SeriesFeed, after: Bar, before: Bar | null): string =>
  feed.revise({ type: "revision", series: SERIES, version: 2, before, after });

const plain = (bars: Iterable<Bar>): Bar[] =>
  [...bars].map(({ openTime, closeTime, open, high, low, close, volume }) => {
    return { openTime, closeTime, open, high, low, close, volume };
  });

// Goal: whatever is corrected of the bars that can be revised, every indicator is bit for bit what
// it would be had the right bar come first, for ever, also in a run that was taken up again.
describe("the bars that can be revised", () => {
  it("make every indicator exact after any corrections, also of a feed that was loaded", () => {
    const words = fc.array(word, { minLength: 20, maxLength: 90 });
    fc.assert(
      fc.property(words, fc.nat(20), fc.integer({ min: 1, max: 9 }), (all, least, every) => {
        const make = (): SeriesFeed => feedOf(everyKind(), least + 1, every);
        let feed = make();
        const reach = Math.max(least + 1, feed.required + 1);
        let truth: Bar[] = [];
        let next = 0;
        const reachFrom = (): number => Math.max(0, truth.length - reach);
        const expectExact = (): void => {
          const fresh = make();
          take(fresh, truth);
          expect(seen(feed)).toStrictEqual(seen(fresh));
          expect([feed.count, feed.contiguous]).toEqual([truth.length, truth.length]);
          expect(plain(feed.recent())).toEqual(truth.slice(reachFrom()));
        };
        for (const each of all) {
          if (each.kind === "load") {
            feed = loadInto(make(), savedOf(feed));
            expectExact();
          } else if (each.kind === "bar") {
            next += 1 + each.by;
            const bar = barAt(next, each.draw);
            take(feed, [bar]);
            truth = [...truth, bar];
          } else {
            const place = Math.max(0, next - each.back);
            const after = barAt(place, each.draw);
            const at = truth.findIndex(({ openTime }) => openTime >= after.openTime);
            const before = truth[at]?.openTime === after.openTime ? truth[at]! : null;
            if ((before === null) !== (each.kind === "late") || at < 0) continue;
            const oldest = truth[reachFrom()]!.openTime;
            const isLast = at === truth.length - 1 && before !== null;
            const expected =
              after.openTime < oldest ? "out-of-reach" : isLast ? "replaced" : "rebuilt";
            expect(revise(feed, after, before)).toBe(expected);
            if (expected !== "out-of-reach") {
              truth = truth.toSpliced(at, before === null ? 0 : 1, after);
            }
            expectExact();
          }
        }
        expectExact();
      }),
      { numRuns: 300 },
    );
  });

  it("include the oldest within reach, and a memory without end is exact there, too", () => {
    const make = (): SeriesFeed => feedOf([ema(20), sma(260)], 8_192);
    const truth = Array.from({ length: 30_000 }, (_, place) => barAt(place, place * 2_654_435));
    const feed = make();
    take(feed, truth);
    const place = truth.length - 8_192;
    const tooOld = barAt(place - 1, 5);
    expect(revise(feed, tooOld, truth[place - 1]!)).toBe("out-of-reach");
    const after = barAt(place, 5);
    expect(revise(feed, after, truth[place]!)).toBe("rebuilt");
    const fresh = make();
    take(fresh, truth.with(place, after));
    expect(seen(feed)).toStrictEqual(seen(fresh));
  });

  it("take no more room the longer a stream is", () => {
    const feed = feedOf(everyKind(), 50, 20);
    const sizes = new Set<number>();
    for (let place = 0; place < 4_000; place += 1) {
      take(feed, [barAt(place, place)]);
      if (place >= 2_000 && place % 20 === 0) sizes.add(savedOf(feed).length);
    }
    expect(sizes.size).toBe(1);
  });

  it("are further apart from one checkpoint to the next where the warm-up is long", () => {
    const sizeOf = (length: number): number => {
      const feed = feedOf([sma(length)], 20_000);
      take(
        feed,
        Array.from({ length: 20_000 }, (_, place) => barAt(place, place)),
      );
      return savedOf(feed).length;
    };
    // A state of some 16,000 prices, for 4,096 bars each it would be four times that and more.
    expect(sizeOf(16_000) - sizeOf(1)).toBeLessThan(3 * 16_000 * 8);
  });

  it("begin anew after bars that were not kept, and guess nothing of what was before", () => {
    const bars = Array.from({ length: 12 }, (_, place) => barAt(place, 77 * place));
    let feed = feedOf(everyKind(), 20, 2);
    take(feed, bars.slice(0, 5), false);
    expect(feed.recent().length).toBe(0);
    expect(revise(feed, barAt(4, 1), bars[4]!)).toBe("out-of-reach");
    take(feed, bars.slice(5, 6));
    const fifth = barAt(5, 9);
    expect(revise(feed, fifth, bars[5]!)).toBe("replaced");
    take(feed, bars.slice(6));
    expect(revise(feed, barAt(5, 10), fifth)).toBe("out-of-reach");
    feed = loadInto(feedOf(everyKind(), 20, 2), savedOf(feed));
    expect(revise(feed, barAt(5, 10), fifth)).toBe("out-of-reach");
    const sixth = barAt(6, 11);
    expect(revise(feed, sixth, bars[6]!)).toBe("rebuilt");
    const fresh = feedOf(everyKind(), 20, 2);
    take(fresh, [...bars.slice(0, 5), fifth, sixth, ...bars.slice(7)]);
    expect(seen(feed)).toStrictEqual(seen(fresh));
    take(feed, [barAt(12, 3)], false);
    expect(revise(feed, barAt(8, 2), bars[8]!)).toBe("out-of-reach");
  });
});

// Goal: an indicator that cannot be saved works as before, and says so when it is to be saved.
describe("an indicator without means to be saved", () => {
  const make = (): SeriesFeed => feedOf([withoutMeans(ema(3)), sma(3)], 40, 4);

  it("is computed anew from the first bar kept, together with all others", () => {
    const bars = Array.from({ length: 200 }, (_, place) => barAt(place, 1_234 * place));
    const feed = make();
    take(feed, bars);
    const place = 190;
    const after = barAt(place, 4_321);
    expect(revise(feed, after, bars[place]!)).toBe("rebuilt");
    const whole = make();
    take(whole, bars.with(place, after));
    expect(feed.slots[1]!.value).toBe(whole.slots[1]!.value);
    // It has forgotten its beginning by then, as far as a billionth of the prices can tell.
    expect(Math.abs(feed.slots[0]!.value - whole.slots[0]!.value)).toBeLessThan(1e-8);
    expect(revise(feed, barAt(150, 1), bars[150]!)).toBe("out-of-reach");
  });

  it("does so after bars that were not kept, too", () => {
    const bars = Array.from({ length: 60 }, (_, place) => barAt(place, 99 * place));
    const feed = make();
    take(feed, bars.slice(0, 5), false);
    take(feed, bars.slice(5));
    const after = barAt(5, 1);
    expect(revise(feed, after, bars[5]!)).toBe("out-of-reach");
    expect(revise(feed, barAt(30, 1), bars[30]!)).toBe("rebuilt");
    const rest = make();
    take(rest, bars.with(30, barAt(30, 1)).slice(5));
    expect(seen(feed)).toStrictEqual(seen(rest));
  });

  it("makes its feed say that it cannot be saved, or loaded", () => {
    const feed = make();
    expect(feed.canSave).toBe(false);
    expect(feedOf(everyKind(), 1).canSave).toBe(true);
    expect(() => savedOf(feed)).toThrow(expect.objectContaining({ code: "cannot-save" }));
    const bytes = savedOf(feedOf([ema(3), sma(3)], 40, 4));
    expect(() => loadInto(feed, bytes)).toThrow(expect.objectContaining({ code: "cannot-save" }));
  });
});

// Goal: what a feed is loaded from is what one with the same indicators saved.
describe("a saved feed", () => {
  it("keeps its counts, what was lost and why it is stale", () => {
    const feed = feedOf([sma(3)], 10);
    take(feed, [barAt(0, 1), barAt(1, 2)]);
    feed.breakOff(barAt(3, 0).openTime);
    take(feed, [barAt(3, 3)]);
    feed.staleReason = "interrupted: the wire was cut";
    const loaded = loadInto(feedOf([sma(3)], 10), savedOf(feed));
    expect(loaded.facts()).toEqual(feed.facts());
    const { count, contiguous, lastOpenTime, lostTo } = feed;
    expect(loaded).toMatchObject({ count, contiguous, lastOpenTime, lostTo });
    expect([count, contiguous]).toEqual([3, 1]);
  });

  it("is refused where it is cut short, or another one's", () => {
    const feed = feedOf(everyKind(), 5, 2);
    take(
      feed,
      Array.from({ length: 9 }, (_, place) => barAt(place, place)),
    );
    const bytes = savedOf(feed);
    const damaged = expect.objectContaining({ code: "damaged-bytes" });
    for (let length = 0; length < bytes.length; length += 7) {
      const short = bytes.subarray(0, length);
      expect(() => loadInto(feedOf(everyKind(), 5, 2), short)).toThrow(damaged);
    }
    expect(() => loadInto(feedOf([sma(3)], 5, 2), bytes)).toThrow(damaged);
  });
});
