import { beforeEach, describe, expect, it } from "vitest";
import type { BarBatch, Subscription } from "../../../../core/feed/bar-source.ts";
import { type MergeOptions, mergeSources } from "../../../../core/feed/merge/merge.ts";
import { instant } from "../../../../core/time/instant.ts";
import { at, batchOf, closing, MergeLog, Speaker, seriesOf } from "./merge-fixture.ts";

let log: MergeLog;
beforeEach(() => {
  log = new MergeLog();
});

function merge(speakers: readonly Speaker[], options?: MergeOptions): Subscription {
  const inputs = speakers.map((source) => ({ source, query: { series: source.series } }));
  return mergeSources(inputs, log, options);
}

// Goal: bars of several series come in one order, whoever speaks first.
describe("mergeSources orders", () => {
  it("catalogue 13: by the close of the bars, not by their opening", () => {
    const hour = new Speaker(seriesOf("A", "1h"));
    const quarter = new Speaker(seriesOf("A", "15m"));
    merge([hour, quarter]);
    hour.bars("10:00");
    quarter.bars("09:15", "09:30", "09:45");
    // The hour opened at 09:00, before them all; it cannot be acted on before 10:00.
    expect(log.take()).toEqual(["A 15m 09:15 09:30 09:45", "settled 09:45"]);
    quarter.bars("10:00");
    expect(log.take()).toEqual(["A 15m 10:00", "A 1h 10:00", "settled 10:00"]);
  });

  it("catalogue 18: at midnight the smallest size first", () => {
    const midnight = instant("2024-01-03T00:00:00Z");
    const speakers = ["1d", "1m", "1h"].map((size) => new Speaker(seriesOf("A", size)));
    merge(speakers);
    for (const { sink, series } of speakers) sink.bars(batchOf(series, closing(series, midnight)));
    expect(log.take()).toEqual(["A 1m 00:00", "A 1h 00:00", "A 1d 00:00", "settled 00:00"]);
  });

  it("catalogue 44: a larger bar is there at its close, and not one bar earlier or later", () => {
    const small = new Speaker(seriesOf("A", "5m"));
    const large = new Speaker(seriesOf("A", "15m"));
    merge([small, large]);
    large.bars("09:15", "09:30", "09:45");
    small.bars("09:05", "09:10", "09:15", "09:20", "09:25", "09:30", "09:35");
    expect(log.take()).toEqual([
      "A 5m 09:05 09:10",
      "settled 09:10",
      "A 5m 09:15",
      "A 15m 09:15",
      "settled 09:15",
      "A 5m 09:20 09:25",
      "settled 09:25",
      "A 5m 09:30",
      "A 15m 09:30",
      "settled 09:30",
      "A 5m 09:35",
      "settled 09:35",
    ]);
  });

  it("bars of one size that close together by the key of their series", () => {
    const speakers = ["B", "C", "A"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge(speakers);
    for (const speaker of speakers) speaker.bars("09:05");
    expect(log.take()).toEqual(["A 5m 09:05", "B 5m 09:05", "C 5m 09:05", "settled 09:05"]);
  });

  it("runs of one series as ranges of the batch they came in, without a copy", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    const given: (readonly [BarBatch, number, number])[] = [];
    log.bars = (...range): void => {
      given.push(range);
    };
    merge([a!, b!]);
    const batch = batchOf(
      a!.series,
      ...["09:05", "09:10", "09:15", "09:20"].map((close) => closing(a!.series, at(close))),
    );
    a!.sink.bars(batch);
    b!.bars("09:15");
    expect(given.slice(0, 2).map(([, ...range]) => range)).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect(given[0]![0]).toBe(batch);
    expect(given[1]![0]).toBe(batch);
  });
});

// Goal: nothing goes out while a bar that comes before it can still appear, and everything after.
describe("mergeSources waits", () => {
  it("for a bar or for coverage of every other series", () => {
    const [a, b, c] = ["A", "B", "C"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge([a!, b!, c!]);
    a!.bars("09:05", "09:10");
    b!.bars("09:10");
    expect(log.take()).toEqual([]);
    c!.cover("09:00", "09:05");
    expect(log.take()).toEqual(["C covered 09:00-09:05", "A 5m 09:05", "settled 09:05"]);
    c!.cover("09:05", "09:20");
    expect(log.take()).toEqual([
      "C covered 09:05-09:20",
      "A 5m 09:10",
      "B 5m 09:10",
      "settled 09:10",
    ]);
  });

  it("and says how far all is settled when coverage alone goes on", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge([a!, b!]);
    a!.cover("09:00", "09:30");
    b!.cover("09:00", "09:20");
    b!.cover("09:10", "09:15");
    expect(log.take()).toEqual([
      "A covered 09:00-09:30",
      "B covered 09:00-09:20",
      "settled 09:20",
      "B covered 09:10-09:15",
    ]);
  });

  it("for no stream that has ended or failed", () => {
    const [a, b, c] = ["A", "B", "C"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge([a!, b!, c!]);
    const fault = { code: "timeout", message: "test", retry: "later" } as const;
    a!.bars("09:05", "09:10", "09:15");
    b!.end({ kind: "failed", fault });
    expect(log.take()).toEqual([]);
    c!.bars("09:10");
    expect(log.take().at(-1)).toBe("settled 09:10");
    c!.end({ kind: "partial", fault });
    expect(log.take()).toEqual(["A 5m 09:15", "settled 09:15"]);
    a!.end();
    expect(log.take()).toEqual(["end A complete, B failed, C partial"]);
  });

  it("with coverage, gaps, revisions and certificates in place, and with nothing else", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge([a!, b!]);
    a!.bars("09:05");
    a!.cover("09:00", "09:05");
    a!.gap("09:05", "09:10");
    const series = a!.series;
    a!.bars("09:15");
    const after = closing(series, at("09:15"));
    a!.sink.event({ type: "revision", series, version: 2, before: null, after });
    a!.sink.event({ type: "continuity", series, count: 1, first: 0, last: 0, hash: "" });
    a!.sink.event({ type: "progress", series, bars: 1, expected: 2 });
    a!.sink.event({ type: "rejection", series, bar: after, fault: "conflict", reason: "test" });
    a!.status();
    expect(log.take()).toEqual(["A progress", "A rejection conflict 09:15", "A status"]);
    b!.cover("09:00", "09:20");
    expect(log.take()).toEqual([
      "B covered 09:00-09:20",
      "A 5m 09:05",
      "settled 09:05",
      "A covered 09:00-09:05",
      "A gap",
      "A 5m 09:15",
      "settled 09:15",
      "A revision",
      "A continuity",
    ]);
  });

  it("and rejects a bar that comes behind what its stream had settled", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge([a!, b!]);
    a!.cover("09:00", "09:10");
    a!.bars("09:05", "09:10", "09:15");
    a!.bars("09:15");
    b!.bars("09:15");
    expect(log.take()).toEqual([
      "A covered 09:00-09:10",
      "A rejection too-old 09:05",
      "A rejection too-old 09:10",
      "A rejection too-old 09:15",
      "A 5m 09:15",
      "B 5m 09:15",
      "settled 09:15",
    ]);
  });

  it("and leaves out forming bars", () => {
    const a = new Speaker(seriesOf("A", "5m"));
    merge([a]);
    a.sink.bars({ ...batchOf(a.series, closing(a.series, at("09:05"))), finality: "forming" });
    expect(log.take()).toEqual([]);
  });
});

// Goal: who leads is held back, who lags is asked to go on, and the reader can do both to all.
describe("mergeSources paces", () => {
  it("a stream that leads by as many bars as may wait, until half of them are gone", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    merge([a!, b!], { waitingBars: 4 });
    expect([a!.heard.splice(0), b!.heard.splice(0)]).toEqual([["resume"], ["resume"]]);
    a!.bars("09:05", "09:10", "09:15");
    expect(a!.heard).toEqual([]);
    a!.bars("09:20");
    a!.bars("09:25");
    expect(a!.heard).toEqual(["pause"]);
    b!.bars("09:10");
    expect(a!.heard).toEqual(["pause"]);
    b!.bars("09:15");
    expect(a!.heard).toEqual(["pause", "resume"]);
    expect(b!.heard).toEqual([]);
  });

  it("a source that speaks in open, once it is open", () => {
    const series = seriesOf("A", "5m");
    const speaker = new Speaker(series);
    const other = new Speaker(seriesOf("B", "5m"));
    const open = speaker.open.bind(speaker);
    speaker.open = (query, sink) => {
      const stream = open(query, sink);
      speaker.bars("09:05", "09:10", "09:15");
      return stream;
    };
    merge([speaker, other], { waitingBars: 2 });
    expect(speaker.heard).toEqual(["pause"]);
    other.bars("09:15");
    expect(speaker.heard).toEqual(["pause", "resume"]);
  });

  it("all, when its reader pauses, and goes on in the middle of an instant", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    const stream = merge([a!, b!]);
    log.after = (): void => stream.pause();
    a!.bars("09:05", "09:10");
    b!.bars("09:05", "09:10");
    a!.end();
    b!.end();
    const heard: string[][] = [];
    for (let call = 0; call < 8; call += 1) {
      heard.push(log.take());
      stream.resume();
    }
    expect(heard).toEqual([
      ["A 5m 09:05"],
      ["B 5m 09:05"],
      ["settled 09:05"],
      ["A 5m 09:10"],
      ["B 5m 09:10"],
      ["settled 09:10"],
      ["end A complete, B complete"],
      [],
    ]);
    expect(a!.heard).toEqual(["resume", "pause"]);
  });

  it("none any more once it is closed, even from within a word", () => {
    for (const last of ["A 5m 09:05", "B 5m 09:05", "settled 09:05", "A gap"]) {
      const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
      const stream = merge([a!, b!], { waitingBars: 1 });
      log.after = (word): void => {
        if (word === last) stream.close();
      };
      a!.bars("09:05");
      a!.gap("09:05", "09:10");
      a!.cover("09:10", "09:15");
      b!.bars("09:05");
      expect(log.take().at(-1)).toBe(last);
      b!.cover("09:05", "09:15");
      expect(log.take()).toEqual([]);
      expect(b!.heard.filter((word) => word === "close").length).toBe(1);
    }
  });

  it("no further stream once it is closed while one goes on", () => {
    const [a, b] = ["A", "B"].map((symbol) => new Speaker(seriesOf(symbol, "5m")));
    const stream = merge([a!, b!]);
    stream.pause();
    a!.heard.push = (...words): number => {
      if (words[0] === "resume") a!.status();
      return words.length;
    };
    log.after = (): void => stream.close();
    stream.resume();
    expect(log.take()).toEqual(["A status"]);
    expect(b!.heard).toEqual(["resume", "pause", "close"]);
  });

  it("nothing when there is nothing, and refuses what cannot be", () => {
    mergeSources([], log);
    expect(log.take()).toEqual(["end "]);
    const twice = ["5m", "5m"].map((size) => new Speaker(seriesOf("A", size)));
    expect(() => merge(twice)).toThrow("two inputs of a merge ask for A 5m trades regular");
    expect(() => merge([], { waitingBars: 0 })).toThrow("waitingBars is 0");
  });
});
