import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DerivedSeries } from "../../../core/engine/derived-series.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { bar, bars, batch, GRID, open, SERIES, span } from "../feed/seam/seam-fixture.ts";
import { everyKind, feedOf, loadInto, savedOf, seen, withoutMeans } from "./revisable-fixture.ts";

const HOUR = new BarGrid(GRID.calendar, barSize("1h"));

interface Bench {
  readonly derived: DerivedSeries;
  readonly told: unknown[];
}

function bench(indicators = everyKind()): Bench {
  const told: unknown[] = [];
  const made = feedOf(indicators, 2, 1);
  // Nothing but its series tells a feed of hours from one of quarters.
  const feed = Object.defineProperty(made, "series", {
    value: series(SERIES.instrument, HOUR.size),
  });
  const derivedEvent = (event: FeedEvent): void => {
    told.push(JSON.parse(JSON.stringify(event)));
    if (event.type === "revision") told.push(feed.revise(event));
  };
  const derived = new DerivedSeries({ feed, onBar: undefined }, SERIES, GRID, HOUR, {
    derivedEvent,
  });
  return { derived, told };
}

const place = fc.nat(15);
const word = fc.oneof(
  fc.record({ kind: fc.constant("bar" as const), place }),
  fc.record({ kind: fc.constant("bar" as const), place }),
  fc.record({ kind: fc.constant("cover" as const), place }),
  fc.record({ kind: fc.constant("revise" as const), place }),
  fc.record({ kind: fc.constant("empty" as const), place }),
  fc.record({ kind: fc.constant("lost" as const), place }),
  fc.record({ kind: fc.constant("advance" as const), place }),
);
type Word = typeof word extends fc.Arbitrary<infer T> ? T : never;

/**
 * Bars, and gaps, which take the place of one, come in the order of a stream, whatever place was
 * drawn; the other words anywhere.
 */
function say({ derived, told }: Bench, { kind, place: drawn }: Word, next: number): number {
  if (kind === "bar" && next < 16) derived.take(batch([bar(next)], { origin: "live" }));
  if (kind === "cover") derived.cover(span(0, drawn + 1));
  if (kind === "revise") {
    const after = bar(drawn, { close: 100.5 + drawn });
    derived.pass({ type: "revision", series: SERIES, version: 2, before: bar(drawn), after });
  }
  if ((kind === "empty" || kind === "lost") && next < 16) {
    const range = span(next, next + 1);
    derived.pass({ type: "gap", series: SERIES, range, outcome: kind, reason: "test" });
  }
  if (kind === "advance" && derived.nextCloseTime < Number.POSITIVE_INFINITY) {
    const { batch: taken, index } = derived.advance();
    told.push(JSON.stringify([taken.series, taken.origin, taken.bars.at(index)]));
    derived.passOn();
  }
  return kind === "bar" || kind === "empty" || kind === "lost" ? next + 1 : next;
}

// Goal: larger bars go on exactly where they were, with those that wait and those in the making.
describe("saving a derived series", () => {
  it("makes no difference for anything that comes later, wherever it was cut", () => {
    const words = fc.array(word, { minLength: 10, maxLength: 50 });
    fc.assert(
      fc.property(words, fc.nat(), (all, draw) => {
        const cut = draw % (all.length + 1);
        const straight = bench();
        let next = 0;
        for (const each of all.slice(0, cut)) next = say(straight, each, next);
        const loaded = bench();
        loadInto(loaded.derived, savedOf(straight.derived));
        const before = straight.told.length;
        for (const each of all.slice(cut)) {
          say(loaded, each, next);
          next = say(straight, each, next);
          expect(seen(loaded.derived.feed)).toStrictEqual(seen(straight.derived.feed));
          expect(loaded.derived.nextCloseTime).toBe(straight.derived.nextCloseTime);
        }
        expect(loaded.told).toEqual(straight.told.slice(before));
      }),
      { numRuns: 200 },
    );
  });

  it("keeps its place in a batch of which a part was taken", () => {
    const straight = bench();
    straight.derived.take(batch(bars(0, 8)));
    straight.derived.cover({ from: open(0), to: open(8) });
    straight.derived.advance();
    const loaded = bench();
    loadInto(loaded.derived, savedOf(straight.derived));
    expect(loaded.derived.nextCloseTime).toBe(HOUR.closeOf(open(4)));
    expect(loaded.derived.feed.count).toBe(1);
  });

  it("keeps what waits behind a bar, and of which series it speaks", () => {
    const straight = bench();
    straight.derived.take(batch(bars(0, 4), { origin: "live" }));
    const after = bar(2, { high: 120 });
    straight.derived.pass({ type: "revision", series: SERIES, version: 2, before: bar(2), after });
    // Of a main bar that was not passed yet, and of which the larger series says so itself.
    const early = bar(9, { high: 120 });
    straight.derived.pass({
      type: "revision",
      series: SERIES,
      version: 2,
      before: null,
      after: early,
    });
    const loaded = bench();
    loadInto(loaded.derived, savedOf(straight.derived));
    for (const { derived } of [straight, loaded]) {
      derived.advance();
      derived.passOn();
    }
    expect(straight.told.length).toBe(3);
    expect(loaded.told).toEqual(straight.told);
    expect(straight.told[1]).toBe("replaced");
  });

  it("is possible where all of its indicators can be saved", () => {
    expect(bench().derived.canSave).toBe(true);
    expect(bench(everyKind().map(withoutMeans)).derived.canSave).toBe(false);
  });
});
