import { describe, expect, it } from "vitest";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { at, bench, liveBatch, minute, minutes, told } from "./aggregator-day.ts";
import { Bench, LUNCH, seriesOf } from "./aggregator-fixture.ts";

const traded = (bar: Bar, volume: number): Bar => ({ ...bar, volume });

// Goal: what was wrong with a base bar is put right in the larger one, for its reader to follow.
describe("BarAggregator carries a revision", () => {
  it("into a revision of what was sent, counted from 2, naming what was said before", () => {
    const it = bench();
    const [first, second] = minutes("09:30", 5);
    it.send(minutes("09:30", 5));
    it.revise(first!, traded(first!, 4));
    it.revise(second!, traded(second!, 3));
    expect(told(it.log)).toEqual([
      "bar 09:30 x5 replay",
      "5m 09:30 v2: 5 -> 8",
      "5m 09:30 v3: 8 -> 10",
    ]);
  });

  it("in silence when it changes nothing of the larger bar", () => {
    const it = bench();
    const bars = minutes("09:30", 5);
    it.send(bars);
    it.revise(bars[2]!, { ...bars[2]!, open: bars[2]!.close, close: bars[2]!.open });
    expect(told(it.log)).toEqual(["bar 09:30 x5 replay"]);
  });

  it("in silence into the period in progress", () => {
    const it = bench();
    const bars = minutes("09:30", 5);
    it.send(bars.slice(0, 3));
    it.revise(bars[1]!, traded(bars[1]!, 100));
    it.send(bars.slice(3));
    expect(told(it.log)).toEqual(["bar 09:30 x104 replay"]);
  });

  it("of a late bar, between, before and after those that were there", () => {
    const it = bench();
    const bars = minutes("09:30", 5);
    it.send([bars[1]!, bars[3]!]);
    it.cover(at("09:30"), at("09:35"));
    for (const index of [2, 0, 4]) it.revise(null, bars[index]!);
    const whole = bench();
    whole.send(bars);
    expect(it.log.view).toEqual(whole.log.finals);
    expect(told(it.log).slice(2)).toEqual([
      "5m 09:30 v2: 2 -> 3",
      "5m 09:30 v3: 3 -> 4",
      "5m 09:30 v4: 4 -> 5",
    ]);
  });

  it("of a late bar that is the first of its period, sent or in progress", () => {
    const it = bench();
    it.cover(at("09:30"), at("09:41"));
    it.revise(null, minute("09:36"));
    it.revise(null, minute("09:40"));
    it.send(minutes("09:41", 4));
    expect(told(it.log)).toEqual([
      "covered 09:30-09:40",
      "5m 09:35 v2: nothing -> 1",
      "bar 09:40 x5 replay",
    ]);
  });

  it("of a late bar that begins the stream", () => {
    const it = bench();
    it.cover(at("09:30"), at("09:33"));
    it.revise(null, minute("09:31"));
    it.send(minutes("09:33", 2));
    expect(told(it.log)).toEqual(["bar 09:30 x3 replay"]);
  });

  it("not into a period that was left out, nor while it is not decided", () => {
    const it = bench();
    it.send(minutes("09:32", 8));
    it.revise(null, minute("09:31"));
    it.revise(null, minute("09:30"));
    expect(told(it.log)).toEqual(["bar 09:35 x5 replay"]);
  });

  it("as a rejection where it cannot be", () => {
    const it = bench({ rememberedBars: 6 });
    it.revise(null, minute("09:30"));
    it.send([...minutes("09:30", 15)]);
    it.revise(null, minute("09:45"));
    it.revise(null, minute("12:00"));
    it.revise(null, { ...minute("09:44"), closeTime: at("09:46") });
    it.revise(minute("09:34"), traded(minute("09:34"), 9));
    it.revise(minute("09:35"), traded(minute("09:35"), 9));
    expect(told(it.log)).toEqual([
      "1m conflict 09:30",
      "bar 09:30 x5 replay",
      "bar 09:35 x5 replay",
      "bar 09:40 x5 replay",
      "1m conflict 09:45",
      "1m off-grid 12:00",
      "1m off-grid 09:44",
      "1m too-old 09:34",
      "5m 09:35 v2: 5 -> 13",
    ]);
  });

  it("as far back as it remembers, for as long as it runs", () => {
    const it = bench({ rememberedBars: 10 });
    const bars = minutes("09:30", 125);
    for (const bar of bars) {
      it.send([bar]);
      it.revise(bar, traded(bar, 2));
      const earlier = bars[Math.max(0, bars.indexOf(bar) - 9)]!;
      it.revise(earlier, traded(earlier, 3));
    }
    expect(it.log.events.filter(({ type }) => type === "rejection")).toEqual([]);
    expect(it.log.view.length).toBe(25);
    expect(it.log.view[10]!.volume).toBe(15);
  });
});

// Goal: gaps of base bars become gaps of whole periods, and never one more or less than that.
describe("BarAggregator carries a gap", () => {
  it("that is lost: no bar, one event, whatever else is lost in the period", () => {
    const it = bench();
    it.send(minutes("09:30", 6));
    it.gap("lost", at("09:36"), at("09:37"));
    it.gap("lost", at("09:38"), at("09:42"));
    it.send(minutes("09:42", 8));
    expect(told(it.log)).toEqual([
      "bar 09:30 x5 replay",
      "5m lost 09:35-09:40",
      "5m lost 09:40-09:45",
      "bar 09:45 x5 replay",
    ]);
  });

  it("that is lost, after the bar of the period before it", () => {
    const it = bench();
    it.send(minutes("09:30", 4));
    it.gap("lost", at("09:35"), at("09:36"));
    expect(told(it.log)).toEqual(["bar 09:30 x4 replay", "5m lost 09:35-09:40"]);
  });

  it("that is lost into the break, up to the break", () => {
    const it = bench();
    it.gap("lost", at("11:35"), at("12:30"));
    it.send(minutes("13:00", 5));
    expect(told(it.log)).toEqual(["5m lost 11:35-11:37", "bar 13:00 x5 replay"]);
  });

  it("that is lost and found later: as a revision of nothing, once all of it is there", () => {
    const it = bench();
    it.send(minutes("09:30", 2));
    it.gap("lost", at("09:32"), at("09:34"));
    it.send(minutes("09:34", 1));
    it.revise(null, minute("09:32"));
    it.revise(null, minute("09:33"));
    it.revise(minute("09:33"), traded(minute("09:33"), 4));
    expect(told(it.log)).toEqual([
      "5m lost 09:30-09:35",
      "5m 09:30 v2: nothing -> 5",
      "5m 09:30 v3: 5 -> 8",
    ]);
  });

  it("that is lost and found while its period is in progress", () => {
    const it = bench();
    it.send(minutes("09:30", 2));
    it.gap("lost", at("09:32"), at("09:33"));
    it.revise(null, minute("09:32"));
    it.send(minutes("09:33", 2));
    expect(told(it.log)).toEqual(["5m lost 09:30-09:35", "5m 09:30 v2: nothing -> 5"]);
  });

  it("that is lost over the break of a daily bar, found on both sides of it", () => {
    const it = new Bench(LUNCH, "1m", "1d");
    it.send(minutes("09:30", 126));
    it.gap("lost", at("11:36"), at("13:01"));
    it.send(minutes("13:01", 119));
    it.revise(null, minute("11:36"));
    it.revise(null, minute("13:00"));
    expect(told(it.log)).toEqual(["1d lost 09:30-15:00", "1d 09:30 v2: nothing -> 247"]);
  });

  it("that is empty, once a whole period is", () => {
    const it = bench();
    it.send(minutes("09:30", 4));
    it.gap("empty", at("09:34"), at("09:37"));
    it.gap("empty", at("09:37"), at("09:40"));
    it.gap("empty", at("09:37"), at("09:40"));
    it.gap("empty", at("09:40"), at("09:52"));
    it.send(minutes("09:52", 3));
    expect(told(it.log)).toEqual([
      "bar 09:30 x4 replay",
      "5m empty 09:35-09:40",
      "5m empty 09:40-09:50",
      "bar 09:50 x3 replay",
    ]);
  });

  it("that is empty around the lunch break of a daily bar", () => {
    const it = new Bench(LUNCH, "1m", "1d");
    it.cover(at("09:30"), at("11:37"));
    it.gap("empty", at("09:30"), at("11:37"));
    expect(told(it.log)).toEqual([]);
    it.gap("empty", at("13:00"), at("15:00"));
    expect(told(it.log)).toEqual(["1d empty 09:30-15:00"]);
  });

  it("that is empty in silence for a period that was left out", () => {
    const it = bench();
    it.send(minutes("09:31", 1));
    it.cover(at("09:31"), at("09:32"));
    it.gap("empty", at("09:32"), at("09:35"));
    it.send(minutes("09:35", 5));
    expect(told(it.log)).toEqual(["bar 09:35 x5 replay"]);
  });

  it("that is suspected, and repaired when the larger bar goes out", () => {
    const it = bench();
    it.send(minutes("09:30", 4));
    it.gap("suspected", at("09:34"), at("09:36"));
    it.gap("suspected", at("09:35"), at("09:37"));
    it.send(minutes("09:34", 1));
    it.gap("repaired", at("09:34"), at("09:35"));
    it.send(minutes("09:35", 10));
    expect(told(it.log)).toEqual([
      "5m suspected 09:30-09:40",
      "bar 09:30 x5 replay",
      "5m repaired 09:30-09:35",
      "bar 09:35 x5 replay",
      "5m repaired 09:35-09:40",
      "bar 09:40 x5 replay",
    ]);
  });

  it("that is suspected, but not of a period that is lost or left out", () => {
    const it = bench();
    it.gap("suspected", at("09:31"), at("09:36"));
    it.send(minutes("09:31", 4));
    it.gap("suspected", at("09:35"), at("09:36"));
    it.gap("lost", at("09:35"), at("09:36"));
    it.gap("suspected", at("09:36"), at("09:37"));
    it.cover(at("09:31"), at("09:36"));
    it.send(minutes("09:36", 9));
    expect(told(it.log)).toEqual([
      "5m suspected 09:35-09:40",
      "5m lost 09:35-09:40",
      "bar 09:40 x5 replay",
    ]);
  });

  it("that is suspected before anything was heard, as far as the source vouches", () => {
    const it = bench();
    it.cover(at("09:30"), at("09:32"));
    it.gap("suspected", at("09:32"), at("09:33"));
    it.gap("suspected", at("12:00"), at("13:01"));
    expect(told(it.log)).toEqual(["5m suspected 09:30-09:35", "5m suspected 13:00-13:05"]);
  });

  it("in which no period lies, in silence", () => {
    const it = bench();
    for (const outcome of ["suspected", "lost", "empty"] as const) {
      it.gap(outcome, at("12:00"), at("12:30"));
      it.gap(outcome, at("23:00") + 5 * 86_400_000, at("23:30") + 5 * 86_400_000);
    }
    expect(told(it.log)).toEqual([]);
  });

  it("of a period that has passed, in silence", () => {
    const it = bench();
    it.send(minutes("09:30", 5));
    it.gap("lost", at("09:31"), at("09:32"));
    expect(told(it.log)).toEqual(["bar 09:30 x5 replay"]);
  });
});

// Goal: what is said about the stream itself reaches the reader of the larger series.
describe("BarAggregator passes on", () => {
  it("status and progress as those of its series, everything else as it is", () => {
    const it = bench();
    const series = it.base;
    const bar = minute("09:30");
    const continuity = { count: 1, first: 0, last: 0, hash: "" };
    const rejection = { bar, fault: "conflict", reason: "test" } as const;
    const events: FeedEvent[] = [
      { type: "status", series, state: "live", reason: "test" },
      { type: "progress", series, bars: 1, expected: 2 },
      { type: "continuity", series, ...continuity },
      { type: "rejection", series, ...rejection },
      {
        type: "gap",
        series: seriesOf("1s"),
        range: { from: 0, to: 1 },
        outcome: "lost",
        reason: "",
      },
    ];
    for (const event of events) it.aggregator.event(event);
    const own = { series: it.aggregator.series };
    const expected = events.map((event, index) => (index < 2 ? { ...event, ...own } : event));
    expect(it.log.events).toEqual(expected);
    expect(own.series.key).toBe("TEST 5m trades regular");
  });

  it("how the stream ended, and that there were no bars when it sent none", () => {
    const fault = { code: "timeout", message: "test", retry: "later" } as const;
    const outcomes = [
      { kind: "complete" },
      { kind: "empty" },
      { kind: "partial", fault },
      { kind: "failed", fault },
    ] as const;
    for (const outcome of outcomes) {
      const it = bench();
      it.send(minutes("09:30", 5));
      it.end(outcome);
      expect(it.log.words.at(-1)).toEqual({ outcome });
    }
    const without = outcomes.map((outcome) => {
      const it = bench();
      it.aggregator.bars(liveBatch(minute("09:30")));
      it.end(outcome);
      return it.log.words;
    });
    const failed = [{ outcome: { kind: "failed", fault } }];
    const empty = [{ outcome: { kind: "empty" } }];
    expect(without).toEqual([empty, empty, failed, failed]);
  });

  it("no coverage that proves nothing: less than a slot, or beyond the present", () => {
    const it = bench();
    it.cover(at("09:30") + 1, at("09:31") - 1);
    expect(told(it.log)).toEqual([]);
    const timed = new Bench(LUNCH, "1m", "5m", { clock: { now: () => at("09:37") + 30_000 } });
    timed.send(minutes("09:30", 7));
    timed.cover(at("09:30"), at("10:00"));
    expect(told(timed.log)).toEqual(["bar 09:30 x5 replay", "covered 09:30-09:35"]);
    timed.send(minutes("09:37", 3));
    expect(timed.log.finals[1]!.volume).toBe(5);
  });
});
