import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AggregateOptions, aggregate } from "../../../../core/feed/aggregation/aggregate.ts";
import type { BarQuery, BarSink, BarSource } from "../../../../core/feed/bar-source.ts";
import { MemorySource, sourceOf } from "../../../../core/feed/memory-source.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { HOUR_MS, instant, MINUTE_MS, type UnixMs, utcDay } from "../../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { SHANGHAI } from "../../../../core/time/zone.ts";
import { at, minutes } from "./aggregator-day.ts";
import { LUNCH, seriesOf, WordLog } from "./aggregator-fixture.ts";

const FIFTEEN = seriesOf("15m");
const minuteBase = (more: Partial<AggregateOptions> = {}): AggregateOptions => ({
  base: barSize("1m"),
  grid: ({ size }) => new BarGrid(LUNCH, size),
  ...more,
});

/** A source that only notes what it is asked. */
function listener(): { readonly source: BarSource; readonly heard: string[]; sink?: BarSink } {
  const it: ReturnType<typeof listener> = {
    heard: [],
    source: {
      open(query, sink) {
        it.heard.push(JSON.stringify({ ...query, series: query.series.key }));
        it.sink = sink;
        return {
          close: () => it.heard.push("close"),
          pause: () => it.heard.push("pause"),
          resume: () => it.heard.push("resume"),
        };
      },
    },
  };
  return it;
}

function asked(query: Omit<BarQuery, "series">, options = minuteBase()): unknown {
  const { source, heard } = listener();
  aggregate(source, options).open({ series: FIFTEEN, ...query }, new WordLog());
  return JSON.parse(heard[0]!);
}

// Goal: a source of smaller bars is asked for exactly those that make the larger ones wanted.
describe("aggregate asks", () => {
  const series = "TEST 1m trades regular";

  it("for the base bars of all periods that open within the query", () => {
    expect(asked({})).toEqual({ series });
    const aligned = { from: at("09:30"), to: at("10:00") };
    expect(asked(aligned)).toEqual({ series, ...aligned });
    expect(asked({ from: at("09:31"), to: at("10:01") })).toEqual({
      series,
      from: at("09:45"),
      to: at("10:15"),
    });
    expect(asked({ from: at("12:00"), to: at("12:30") })).toEqual({
      series,
      from: at("13:00"),
      to: at("13:00"),
    });
    expect(asked({ to: at("10:01") })).toEqual({ series, to: at("10:15") });
    const afterAll = instant("2030-01-01T00:00:00Z");
    expect(asked({ from: afterAll })).toEqual({ series, from: afterAll });
  });

  it("for exactly the base bars that make the warm-up before the present", () => {
    const warmUp = (time: UnixMs, warmUpBars: number): unknown =>
      asked({ warmUpBars }, minuteBase({ clock: { now: () => time } }));
    // 11:30 to 11:37 is a short period; 11:32 is two minutes into it.
    expect(warmUp(at("13:00"), 2)).toEqual({ series, warmUpBars: 22 });
    expect(warmUp(at("11:32"), 2)).toEqual({ series, warmUpBars: 32 });
    expect(warmUp(at("11:32") + 5_000, 0)).toEqual({ series, warmUpBars: 0 });
    expect(warmUp(at("10:00"), 99)).toEqual({ series, warmUpBars: 30 });
    expect(warmUp(at("09:40"), 3)).toEqual({ series, warmUpBars: 0 });
  });

  it("for enough of them where it cannot tell the present", () => {
    expect(asked({ warmUpBars: 2 })).toEqual({ series, warmUpBars: 45 });
    expect(asked({ warmUpBars: 0 })).toEqual({ series, warmUpBars: 0 });
  });
});

// Goal: an aggregate is a source like any other.
describe("aggregate", () => {
  it("gives whole periods within the query", () => {
    const log = new WordLog();
    const source = aggregate(sourceOf(...minutes("09:30", 60)), minuteBase());
    source.open({ series: FIFTEEN, from: at("09:31"), to: at("10:01") }, log);
    const opens = log.finals.map(({ openTime }) => openTime);
    expect(opens).toEqual([at("09:45"), at("10:00")]);
    expect(log.words.at(-1)).toEqual({ outcome: { kind: "complete" } });
  });

  it("remembers as many bars for corrections as it is told", () => {
    const it = listener();
    const log = new WordLog();
    aggregate(it.source, minuteBase({ rememberedBars: 1 })).open({ series: FIFTEEN }, log);
    const bars = minutes("09:30", 30);
    const base = seriesOf("1m");
    const columns = BarColumns.of(bars);
    it.sink!.bars({ series: base, bars: columns, finality: "final", origin: "replay", version: 1 });
    const after = { ...bars[0]!, volume: 9 };
    it.sink!.event({ type: "revision", series: base, version: 2, before: bars[0]!, after });
    expect(log.events).toMatchObject([{ type: "rejection", fault: "too-old" }]);
  });

  it("lets the base source pause, go on and close, and is silent once closed", () => {
    const it = listener();
    const log = new WordLog();
    const stream = aggregate(it.source, minuteBase()).open({ series: FIFTEEN }, log);
    stream.pause();
    stream.resume();
    stream.close();
    expect(it.heard.slice(1)).toEqual(["pause", "resume", "close"]);
    const series = seriesOf("1m");
    const bars = BarColumns.of(minutes("09:30", 15));
    it.sink!.bars({ series, bars, finality: "final", origin: "live", version: 1 });
    it.sink!.event({ type: "status", series, state: "live", reason: "" });
    it.sink!.coverage({ from: at("09:30"), to: at("10:00") });
    it.sink!.end({ kind: "complete" });
    expect(log.words).toEqual([]);
  });

  it("falls silent in the middle of what a word leads to, when it is closed there", () => {
    const it = listener();
    const heard: string[] = [];
    const stream = aggregate(it.source, minuteBase()).open(
      { series: FIFTEEN },
      {
        bars: () => {
          heard.push("bars");
          stream.close();
        },
        coverage: () => heard.push("coverage"),
        event: () => heard.push("event"),
        end: () => heard.push("end"),
      },
    );
    const series = seriesOf("1m");
    const bars = BarColumns.of(minutes("09:30", 14));
    it.sink!.bars({ series, bars, finality: "final", origin: "live", version: 1 });
    it.sink!.coverage({ from: at("09:30"), to: at("10:00") });
    expect(heard).toEqual(["bars"]);
  });
});

const EXAMPLES = new URL("../../../../examples/data/", import.meta.url);

/** The bars of an example file, by the plainest reading of its lines. */
function exampleBars(name: string, sizeMs: number): Bar[] {
  const [, ...lines] = readFileSync(new URL(name, EXAMPLES), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [time, ...numbers] = line.split(",");
    const [open, high, low, close, volume] = numbers.map(Number);
    const openTime = instant(time!);
    const closeTime = openTime + sizeMs;
    return {
      openTime,
      closeTime,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
    };
  });
}

// Goal: the aggregate of the shipped minutes is what an independent program made of them.
describe("the example data", () => {
  it("aggregated from 1 minute equal the 15-minute file in every field of all rows", () => {
    const base = exampleBars("cffex-if-1m.csv", MINUTE_MS);
    const expected = exampleBars("cffex-if-15m.csv", 15 * MINUTE_MS);
    const days = [...new Set(base.map(({ openTime }) => utcDay(openTime)))];
    const span = (day: number, from: number, to: number): { from: UnixMs; to: UnixMs } => ({
      from: day * 24 * HOUR_MS + from * HOUR_MS,
      to: day * 24 * HOUR_MS + to * HOUR_MS,
    });
    const calendar = calendarOfSessions(
      "IF",
      SHANGHAI,
      days.map((day) => ({ day, segments: [span(day, 1.5, 3.5), span(day, 5, 7)] })),
    );
    const grid: AggregateOptions["grid"] = ({ size }) => new BarGrid(calendar, size);
    for (const batchSize of [1_000, base.length]) {
      const log = new WordLog();
      const source = new MemorySource(BarColumns.of(base), { batchSize });
      aggregate(source, { base: barSize("1m"), grid }).open({ series: FIFTEEN }, log);
      expect(log.finals.length).toBe(3_200);
      expect(log.finals).toEqual(expected);
      expect(log.events).toEqual([]);
    }
  });
});
