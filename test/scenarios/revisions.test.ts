import { describe, expect, test } from "vitest";
import { sma } from "../../core/indicators/sma.ts";
import type { Bar } from "../../core/market/bar.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { defineStrategy, type IndicatorHandle } from "../../core/trading/strategy.ts";
import type { TruthRevision } from "../../sim/index.ts";
import { barAt, barsOf, changed, market } from "../support/market.ts";
import { saidAfter } from "../support/run-log.ts";
import { ScriptedSource } from "../support/scripted-source.ts";
import { averageStrategy } from "../support/strategies.ts";
import { uninterrupted, World } from "../support/world.ts";

// Goal: what is corrected later is corrected in place: an event that names its predecessor,
// indicators as if the correction had come in the first place, and never a second bar.

const FROM = "2024-01-02T00:00:00Z";

/** The close of a bar becomes its high, some time after it closed. */
function correction(bars: BarColumns, index: number, afterMs: number): TruthRevision {
  const bar = changed(bars.at(index), {
    high: bars.high[index]! + 5,
    close: bars.high[index]! + 5,
  });
  return { at: bar.closeTime + afterMs, bar };
}

/** The mean of the closes: a window of its own, that nothing was ever replaced in. */
function meanOf(bars: readonly (Bar | undefined)[]): number {
  const average = sma(bars.length);
  for (const bar of bars) average.update(bar!.close);
  return average.value;
}

describe("corrections", () => {
  // The last bar is corrected before the next one closes, then one further back, then that one
  // again.
  const truth = market({
    size: "1m",
    from: FROM,
    bars: 60,
    revise: (bars) => [
      correction(bars, 40, 10 * SECOND_MS),
      correction(bars, 38, 2 * MINUTE_MS + 30 * SECOND_MS),
      {
        at: bars.closeTime[38]! + 2 * MINUTE_MS + 40 * SECOND_MS,
        bar: changed(bars.at(38), { high: bars.high[38]! + 9, close: bars.high[38]! + 9 }),
      },
    ],
  });
  const start = barAt(truth, 30).openTime;
  const bars = barsOf(truth).map((_, index) => truth.asOf(index, Number.MAX_SAFE_INTEGER).bar);

  test("12: each revision is one more SMA sample (NautilusTrader) -> replace, never append", () => {
    const handles: IndicatorHandle[] = [];
    const strategy = defineStrategy({
      name: "watched",
      parameters: {},
      setup(declare) {
        handles.push(declare.indicator(sma(5)));
        return { onBar: () => {} };
      },
    });
    const world = new World(truth, start, { gateway: { updatesPerBar: 0 } });
    const { run, log } = world.run(strategy);
    const corrected = uninterrupted(truth, averageStrategy(5), { bars }).log;
    const expected = (index: number): number =>
      corrected.values.find(({ closeTime }) => closeTime === barAt(truth, index).closeTime)!.value;

    // Each correction shows at once, the one of the last bar and the one of an older bar.
    world.runTo(barAt(truth, 40).closeTime + SECOND_MS);
    expect(handles[0]!.value).not.toBe(expected(40));
    world.runTo(barAt(truth, 40).closeTime + 15 * SECOND_MS);
    expect(handles[0]!.value).toBe(
      meanOf([bars[36], bars[37], barAt(truth, 38), bars[39], bars[40]]),
    );
    expect(run.summary().bars).toBe(16);
    world.runTo(barAt(truth, 40).closeTime + 45 * SECOND_MS);
    expect(handles[0]!.value).toBe(expected(40));
    expect(run.summary().bars).toBe(16);
    world.runTo();
    expect(saidAfter(log.values, barAt(truth, 40).closeTime)).toEqual(
      saidAfter(corrected.values, barAt(truth, 40).closeTime),
    );
    expect(log.bars("1m").length).toBe(35);
  });

  test("12: forming updates are samples -> none of them is", () => {
    const world = new World(truth, start, { gateway: { updatesPerBar: 30 } });
    const { run, log } = world.run(averageStrategy(5));
    world.runTo();
    expect(run.summary().bars).toBe(35);
    expect(log.bars("1m")).toEqual(barsOf(truth, barAt(truth, 25).openTime));
  });

  test("37: a bar differs when it is fetched five minutes later (ib_async #12) -> an event that names its predecessor", () => {
    const truth = market({
      size: "1m",
      from: FROM,
      bars: 60,
      revise: (each) => [correction(each, 40, 5 * MINUTE_MS)],
    });
    const [{ at, bar: after }] = truth.revisions as [TruthRevision];
    const world = new World(truth, start);
    const feed = world.feed(10);
    world.runTo(at + SECOND_MS);
    const before = barAt(truth, 40);
    expect(feed.of("revision")).toMatchObject([{ version: 2, before, after }]);
    world.runTo();
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 20).openTime));

    // Whoever starts after it gets the corrected bar from history, and hears of no revision.
    const later = new World(truth, at + MINUTE_MS);
    const second = later.feed(10);
    later.runTo();
    expect(second.finals.find(({ openTime }) => openTime === after.openTime)).toEqual({ ...after });
    expect(second.of("revision")).toEqual([]);
  });

  test("37: the last word on a bar comes two seconds after its close (ib_async #12) -> it settles before it goes out", () => {
    const bar = barAt(truth, 30);
    const live = new ScriptedSource(truth.series, { impliesFinals: true });
    const world = new World(truth, start, { splice: { live } });
    const feed = world.feed(5);
    world.runTo(bar.closeTime - SECOND_MS);
    live.forming(changed(bar, { volume: bar.volume - 1 }));
    // The next bar has begun already: that alone does not settle this one.
    world.runTo(bar.closeTime + SECOND_MS);
    live.forming(changed(barAt(truth, 31), { volume: 1 }));
    expect(feed.finals.length).toBe(5);
    world.runTo(bar.closeTime + 2 * SECOND_MS);
    live.forming(bar);
    world.runTo(bar.closeTime + 10 * SECOND_MS);
    expect(feed.finals.slice(5)).toEqual([bar]);
    expect(feed.of("revision")).toEqual([]);
  });

  test("37: a bar differs when it is fetched later, and nobody says so (ib_async #12) -> every bar is fetched once more on schedule", () => {
    const truth = market({
      size: "1m",
      from: FROM,
      bars: 60,
      revise: (each) => [correction(each, 40, MINUTE_MS)],
    });
    const silent = { sendsRevisions: false };
    const secondLook = { afterMs: 2 * MINUTE_MS };
    const world = new World(truth, start, { gateway: silent, splice: { secondLook } });
    const feed = world.feed(10);
    world.runTo();
    const [{ bar: after }] = truth.revisions as [TruthRevision];
    expect(feed.of("revision")).toMatchObject([{ version: 2, before: barAt(truth, 40), after }]);
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 20).openTime));
  });
});
