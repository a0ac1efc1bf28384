import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IndicatorSlot } from "../../../core/engine/indicator-slot.ts";
import { SeriesFeed } from "../../../core/engine/series-feed.ts";
import { sma } from "../../../core/indicators/sma.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { bar, bars, open, SERIES } from "../feed/seam/seam-fixture.ts";

interface Fed {
  readonly feed: SeriesFeed;
  readonly slot: IndicatorSlot;
}

function fed(of: readonly Bar[], length = 3, keepAtMost = 1_000): Fed {
  const feed = new SeriesFeed(SERIES, keepAtMost);
  const slot = new IndicatorSlot("average", sma(length), "close");
  feed.add(slot);
  const columns = BarColumns.of(of);
  for (let index = 0; index < columns.length; index += 1) {
    feed.update(columns, index);
    feed.keep(columns, index);
  }
  return { feed, slot };
}

const revision = (after: Bar, before: Bar | null) =>
  ({ type: "revision", series: SERIES, version: 2, before, after }) as const;

const values = ({ feed, slot }: Fed) => [slot.value, slot.previous, feed.count, feed.contiguous];

// Goal: after a correction everything is what it would be had it come in the first place.
describe("SeriesFeed", () => {
  it("counts bars, needs as many as its slowest indicator and says how it stands", () => {
    const feed = new SeriesFeed(SERIES, 1_000);
    for (const length of [3, 9]) feed.add(new IndicatorSlot(`${length}`, sma(length), "close"));
    feed.require(2);
    const columns = BarColumns.of(bars(0, 4));
    for (let index = 0; index < 4; index += 1) feed.update(columns, index);
    expect([feed.count, feed.contiguous, feed.required, feed.lastOpenTime]).toEqual([
      4,
      4,
      9,
      open(3),
    ]);
    expect(feed.facts()).toEqual({
      key: SERIES.key,
      contiguousBars: 4,
      requiredBars: 9,
      staleReason: "",
    });
  });

  it("counts anew after lost bars", () => {
    const { feed } = fed(bars(0, 4));
    feed.breakOff(open(6));
    expect([feed.count, feed.contiguous]).toEqual([4, 0]);
    feed.revise(revision(bar(5, { close: 105 }), null));
    feed.update(BarColumns.of([bar(6)]), 0);
    expect(feed.contiguous).toBe(1);
  });

  it("counts a late bar as one in a row only where it lies behind what was lost", () => {
    const { feed } = fed([bar(0), bar(1), bar(3)]);
    feed.breakOff(open(5));
    const columns = BarColumns.of([bar(5), bar(7)]);
    for (const index of [0, 1]) {
      feed.update(columns, index);
      feed.keep(columns, index);
    }
    feed.revise(revision(bar(2), null));
    expect([feed.count, feed.contiguous]).toEqual([6, 2]);
    feed.revise(revision(bar(6), null));
    expect([feed.count, feed.contiguous]).toEqual([7, 3]);
  });

  it("replaces the last bar and rebuilds from an earlier one, as if it had come at first", () => {
    const cases = fc.tuple(
      fc.integer({ min: 1, max: 10 }),
      fc.nat(9),
      fc.integer({ min: -4, max: 4 }),
    );
    fc.assert(
      fc.property(cases, ([count, place, change]) => {
        fc.pre(place < count);
        const all = bars(0, count);
        const after = bar(place, { close: bar(place).close + change / 4, low: 1, high: 200 });
        const given = fed(all);
        const effect = given.feed.revise(revision(after, bar(place)));
        expect(effect).toBe(place === count - 1 ? "replaced" : "rebuilt");
        const fresh = fed(all.map((each, index) => (index === place ? after : each)));
        expect(values(given)).toEqual(values(fresh));
      }),
    );
  });

  it("takes a bar in whose slot was thought to be empty", () => {
    const given = fed([bar(0), bar(1), bar(3), bar(4)]);
    expect(given.feed.revise(revision(bar(2), null))).toBe("rebuilt");
    expect(values(given)).toEqual(values(fed(bars(0, 5))));
  });

  it("takes a bar in that is newer than all it has", () => {
    const given = fed(bars(0, 4));
    given.feed.revise(revision(bar(4), null));
    expect(values(given)).toEqual(values(fed(bars(0, 5))));
    expect(given.feed.lastOpenTime).toBe(open(4));
  });

  it("leaves what lies before the bars it keeps, and what it never had, out of reach", () => {
    const { feed } = fed(bars(0, 10), 1, 2);
    expect(feed.revise(revision(bar(0, { close: 100 }), bar(0)))).toBe("out-of-reach");
    const empty = new SeriesFeed(SERIES, 1);
    expect(empty.revise(revision(bar(0), bar(0)))).toBe("out-of-reach");
  });

  it("keeps at least the bars that its indicators need, however few it was told to keep", () => {
    const given = fed(bars(0, 10), 5, 2);
    const after = bar(8, { close: 109.5 });
    given.feed.revise(revision(after, bar(8)));
    expect(given.slot.isReady).toBe(true);
    const fresh = fed([...bars(0, 8), after, bar(9)], 5);
    expect(values(given)).toEqual(values(fresh));
  });

  it("does not touch a bar that was handed out before", () => {
    const { feed } = fed([]);
    const columns = BarColumns.of(bars(0, 3));
    feed.update(columns, 1);
    feed.keep(columns, 1);
    feed.revise(revision(bar(1, { close: 102.5 }), bar(1)));
    expect(columns.at(1).close).toBe(102);
  });
});
