import { describe, expect, it } from "vitest";
import { BarAggregator } from "../../../../core/feed/aggregation/bar-aggregator.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import {
  ALWAYS_OPEN,
  at,
  bench,
  liveBatch,
  minute,
  minutes,
  OPENING,
  told,
} from "./aggregator-day.ts";
import { Bench, LUNCH, minuteBar, seriesOf, WordLog } from "./aggregator-fixture.ts";

// Goal: a period goes out exactly when it is known to be whole, and once.
describe("BarAggregator sends a period", () => {
  it("at once when the base bar that closes with it arrives", () => {
    const { log, ...the } = bench();
    const bars = minutes("09:30", 5);
    for (const bar of bars.slice(0, 4)) the.aggregator.bars(liveBatch(bar));
    expect(told(log)).toEqual([]);
    the.aggregator.bars(liveBatch(bars[4]!));
    expect(told(log)).toEqual(["bar 09:30 x5 live"]);
  });

  it("when coverage passes its close, where its last minutes did not trade", () => {
    const it = bench();
    it.send(minutes("09:30", 3));
    it.cover(at("09:30"), at("09:34"));
    expect(told(it.log)).toEqual([]);
    it.cover(at("09:34"), at("09:36"));
    expect(told(it.log)).toEqual(["bar 09:30 x3 replay", "covered 09:30-09:35"]);
  });

  it("when a later bar shows that the stream has gone on", () => {
    const it = bench();
    it.send(minutes("09:30", 3), "backfill");
    it.send(minutes("09:36", 4), "live");
    expect(told(it.log)).toEqual(["bar 09:30 x3 backfill", "bar 09:35 x4 live"]);
    expect(it.log.batches).toBe(2);
  });

  it("and not the unfinished one at the end", () => {
    const it = bench();
    it.send(minutes("09:30", 9));
    it.end();
    expect(told(it.log)).toEqual(["bar 09:30 x5 replay", "end complete"]);
  });

  it("as one batch for a batch, and cuts it where a session does", () => {
    const it = bench();
    it.send([...minutes("09:30", 127), ...minutes("13:00", 5)]);
    expect(it.log.batches).toBe(1);
    expect(it.log.finals.length).toBe(27);
    expect(it.log.finals[25]).toMatchObject({ openTime: at("11:35"), closeTime: at("11:37") });
    expect(it.log.finals[26]).toMatchObject({ openTime: at("13:00"), closeTime: at("13:05") });
  });

  it("over the lunch break where it is a whole day", () => {
    const it = new Bench(LUNCH, "1m", "1d");
    it.send([...minutes("09:30", 127), ...minutes("13:00", 119)]);
    it.cover(at("09:30"), at("14:59"));
    expect(told(it.log)).toEqual([]);
    it.cover(at("14:59"), at("15:00"));
    expect(told(it.log)).toEqual(["bar 09:30 x246 replay", "covered 09:30-09:30"]);
  });

  it("never for forming bars", () => {
    const it = bench();
    const [first, ...others] = minutes("09:30", 5);
    it.aggregator.bars({ ...liveBatch(first!), finality: "forming" });
    it.send(others);
    it.end();
    expect(told(it.log)).toEqual(["end empty"]);
  });
});

// Goal: a period of which the beginning was not heard is never sent (catalogue 16 and 26).
describe("BarAggregator and the first period", () => {
  it("catalogue 16: leaves out the one in whose middle the stream began", () => {
    const it = bench();
    it.send(minutes("09:32", 8));
    it.cover(at("09:32"), at("09:40"));
    expect(told(it.log)).toEqual(["bar 09:35 x5 replay", "covered 09:35-09:40"]);
  });

  it("catalogue 26: the first 15-minute bar holds 15 minutes, never 16", () => {
    const it = new Bench(LUNCH, "1m", "15m");
    it.send(minutes("09:30", 31));
    expect(told(it.log)).toEqual(["bar 09:30 x15 replay", "bar 09:45 x15 replay"]);
    expect(it.log.finals[0]!.close).toBe(minutes("09:30", 15)[14]!.close);
  });

  it("waits for coverage to say that nothing traded before its first bar", () => {
    const it = bench();
    it.send(minutes("09:32", 8));
    expect(told(it.log)).toEqual([]);
    it.cover(at("09:30"), at("09:40"));
    expect(told(it.log)).toEqual([
      "bar 09:30 x3 replay",
      "bar 09:35 x5 replay",
      "covered 09:30-09:40",
    ]);
  });

  it("takes coverage that came before the bars", () => {
    const it = bench();
    it.cover(at("09:30"), at("09:32"));
    it.send(minutes("09:32", 3), "live");
    expect(told(it.log)).toEqual(["bar 09:30 x3 live"]);
  });

  it("waits no longer than for the next live bar", () => {
    const it = bench();
    it.send(minutes("09:32", 8), "live");
    expect(told(it.log)).toEqual([]);
    it.send(minutes("09:40", 1), "live");
    expect(told(it.log)).toEqual(["bar 09:35 x5 live"]);
  });

  it("does not count a live bar within the first period as too long a wait", () => {
    const it = bench();
    it.send(minutes("09:32", 1), "live");
    it.send(minutes("09:33", 1), "live");
    it.cover(at("09:30"), at("09:34"));
    it.send(minutes("09:34", 1), "live");
    expect(told(it.log)).toEqual(["bar 09:30 x3 live"]);
  });

  it("waits no longer than to the end", () => {
    const it = bench();
    it.send(minutes("09:32", 8));
    it.end({ kind: "complete" });
    expect(told(it.log)).toEqual(["bar 09:35 x5 replay", "end complete"]);
  });

  it("holds back no more than 4,096 bars meanwhile", () => {
    const it = new Bench(ALWAYS_OPEN, "1s", "2s");
    const second = (index: number): Bar => {
      const openTime = OPENING + 1_000 * index;
      return { ...minuteBar(openTime, 0x10010), closeTime: openTime + 1_000 };
    };
    const bars = Array.from({ length: 8_192 }, (_, index) => second(index + 1));
    it.send(bars.slice(0, 8_191));
    expect(it.log.finals.length).toBe(0);
    it.send(bars.slice(8_191));
    expect(it.log.finals.length).toBe(0);
    it.send([second(8_193), second(8_194)]);
    expect(it.log.finals.length).toBe(4_096);
    expect(it.log.finals[0]!.openTime).toBe(OPENING + 2_000);
  });

  it("keeps events in place while it waits, and drops those of a period it leaves out", () => {
    for (const from of ["09:30", "09:31"]) {
      const it = bench();
      it.gap("lost", at("09:31"), at("09:33"));
      it.send(minutes("09:33", 7));
      it.gap("lost", at("09:40"), at("09:41"));
      expect(told(it.log)).toEqual([]);
      it.cover(at(from), at("09:41"));
      const first = from === "09:30" ? ["5m lost 09:30-09:35"] : [];
      expect(told(it.log)).toEqual([
        ...first,
        "bar 09:35 x5 replay",
        "5m lost 09:40-09:45",
        `covered ${from === "09:30" ? "09:30" : "09:35"}-09:40`,
      ]);
    }
  });

  it("says nothing of what is lost in a period that it leaves out", () => {
    const it = bench();
    it.send(minutes("09:31", 1));
    it.cover(at("09:31"), at("09:32"));
    it.gap("lost", at("09:32"), at("09:33"));
    it.send(minutes("09:33", 7));
    expect(told(it.log)).toEqual(["bar 09:35 x5 replay"]);
  });
});

// Goal: what is not a bar of the series, or not in order, is rejected and changes nothing.
describe("BarAggregator rejects", () => {
  it("bars of another series", () => {
    const it = bench();
    it.aggregator.bars({ ...liveBatch(minute("09:30")), series: seriesOf("15m") });
    expect(told(it.log)).toEqual(["1m wrong-series 09:30"]);
  });

  it("bars that lie in no period, or in two", () => {
    const it = bench();
    const across = { ...minute("09:34"), closeTime: at("09:36") };
    it.send([minute("09:29"), across, ...minutes("09:35", 4)]);
    it.send([{ ...minute("09:39"), closeTime: at("09:41") }, ...minutes("11:37", 1)]);
    it.send(minutes("13:00", 1));
    expect(told(it.log)).toEqual([
      "1m off-grid 09:29",
      "1m off-grid 09:34",
      "1m off-grid 09:39",
      "1m off-grid 11:37",
      "bar 09:35 x4 replay",
    ]);
  });

  it("bars that come twice or too late", () => {
    const it = bench();
    it.send(minutes("09:30", 5));
    it.send(minutes("09:34", 2));
    it.cover(at("09:30"), at("09:38"));
    it.send(minutes("09:37", 3));
    expect(told(it.log)).toEqual([
      "bar 09:30 x5 replay",
      "1m too-old 09:34",
      "covered 09:30-09:35",
      "1m too-old 09:37",
      "bar 09:35 x3 replay",
    ]);
  });

  it("bars that come twice in one batch", () => {
    const it = bench();
    it.send([...minutes("09:30", 3), ...minutes("09:32", 3)]);
    expect(told(it.log)).toEqual(["1m too-old 09:32", "bar 09:30 x5 replay"]);
  });

  it("base sizes that do not add up to the larger one, at construction", () => {
    const make = (from: string, to: string) => () => new Bench(LUNCH, from, to);
    expect(make("2m", "5m")).toThrow("bars of 2m do not add up to bars of 5m");
    expect(make("5m", "5m")).toThrow("do not add up");
    expect(make("5m", "1m")).toThrow("do not add up");
    expect(make("7m", "1d")).not.toThrow();
    const base = seriesOf("1m");
    const [baseGrid, grid] = ["1m", "5m"].map((size) => new BarGrid(LUNCH, barSize(size)));
    const options = { base, baseGrid: baseGrid!, grid: grid!, rememberedBars: 0 };
    expect(() => new BarAggregator(options, new WordLog())).toThrow("rememberedBars is 0");
  });
});
