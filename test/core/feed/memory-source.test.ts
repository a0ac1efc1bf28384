import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarSink, Subscription } from "../../../core/feed/bar-source.ts";
import {
  MemorySource,
  type MemorySourceOptions,
  sourceOf,
} from "../../../core/feed/memory-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { at, minutes } from "./aggregation/aggregator-day.ts";
import { seriesOf, WordLog } from "./aggregation/aggregator-fixture.ts";

const MINUTES = seriesOf("1m");
const TEN = minutes("09:30", 10);
const query = { series: MINUTES };
const memory = (options: MemorySourceOptions = {}): MemorySource =>
  new MemorySource(BarColumns.of(TEN), options);

/** A log that does something at each word, told how many there were. */
function acting(act: (words: number) => void): { readonly log: WordLog; readonly sink: BarSink } {
  const log = new WordLog();
  let words = 0;
  const after = (): void => {
    words += 1;
    act(words);
  };
  const sink: BarSink = {
    bars: (batch) => {
      log.bars(batch);
      after();
    },
    coverage: (range) => {
      log.coverage(range);
      after();
    },
    event: (event) => log.event(event),
    end: (outcome) => {
      log.end(outcome);
      after();
    },
  };
  return { log, sink };
}

// Goal: bars in memory are a source that keeps every promise of the contract, at once.
describe("MemorySource", () => {
  it("gives all of its bars, covers them and ends, before open returns", () => {
    const log = new WordLog();
    sourceOf(...TEN).open(query, log);
    expect(log.finals).toEqual(TEN);
    expect(log.batches).toBe(1);
    expect(log.words.slice(10)).toEqual([
      { covered: { from: at("09:30"), to: at("09:40") } },
      { outcome: { kind: "complete" } },
    ]);
    expect(log.words[0]).toMatchObject({ origin: "replay" });
  });

  it("gives the bars that open within the query, in batches, each covered", () => {
    const time = fc.integer({ min: at("09:28"), max: at("09:42") });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 12 }), (from, to, batchSize) => {
        const log = new WordLog();
        memory({ batchSize, origin: "backfill" }).open({ series: MINUTES, from, to }, log);
        const wanted = TEN.filter(({ openTime }) => openTime >= from && openTime < to);
        expect(log.finals).toEqual(wanted);
        expect(log.batches).toBe(Math.ceil(wanted.length / batchSize));
        let covered = wanted[0]?.openTime;
        for (const word of log.words) {
          if (!("covered" in word)) continue;
          expect(word.covered.from).toBe(covered);
          covered = word.covered.to;
        }
        expect(covered).toBe(wanted.at(-1)?.closeTime);
        const kind = wanted.length > 0 ? "complete" : "empty";
        expect(log.words.at(-1)).toEqual({ outcome: { kind } });
      }),
    );
  });

  it("vouches for all that was asked when it is told to, bars or not", () => {
    const covered = (from: string | undefined, to: string | undefined): unknown[] => {
      const log = new WordLog();
      const range = {
        ...(from === undefined ? {} : { from: at(from) }),
        ...(to === undefined ? {} : { to: at(to) }),
      };
      memory({ covers: "query", batchSize: 8 }).open({ series: MINUTES, ...range }, log);
      return log.words.flatMap((word) => ("covered" in word ? [word.covered] : []));
    };
    const range = (from: string, to: string): unknown => ({ from: at(from), to: at(to) });
    expect(covered("09:00", "10:00")).toEqual([range("09:00", "09:38"), range("09:38", "10:00")]);
    expect(covered(undefined, "10:00")).toEqual([range("09:30", "09:38"), range("09:38", "10:00")]);
    expect(covered("09:35", undefined)).toEqual([range("09:35", "09:40")]);
    expect(covered("08:00", "09:00")).toEqual([range("08:00", "09:00")]);
    expect(covered("10:00", undefined)).toEqual([]);
    expect(covered(undefined, "09:00")).toEqual([]);
  });

  it("waits for resume when it opens paused, and says its words once", () => {
    const log = new WordLog();
    const stream = memory({ opensPaused: true }).open(query, log);
    expect(log.words).toEqual([]);
    stream.resume();
    stream.resume();
    expect(log.finals).toEqual(TEN);
    expect(log.words.length).toBe(12);
  });

  it("stops after the batch in which it is paused, and goes on where it stopped", () => {
    const { log, sink } = acting(() => stream.pause());
    const stream: Subscription = memory({ opensPaused: true, batchSize: 4 }).open(query, sink);
    const heard: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      stream.resume();
      heard.push(log.finals.length);
    }
    expect(heard).toEqual([4, 8, 10, 10]);
    expect(log.words.at(-1)).toEqual({ outcome: { kind: "complete" } });
  });

  it("does not repeat itself when it is resumed from within its own words", () => {
    const { log, sink } = acting(() => {
      stream.pause();
      stream.resume();
    });
    const stream: Subscription = memory({ opensPaused: true, batchSize: 3 }).open(query, sink);
    stream.resume();
    expect(log.finals).toEqual(TEN);
    expect(log.batches).toBe(4);
  });

  it("says nothing more once it is closed, wherever that happens", () => {
    for (const last of [1, 2, 3, 4]) {
      const { log, sink } = acting((words) => {
        if (words === last) stream.close();
      });
      const stream: Subscription = memory({ opensPaused: true, batchSize: 5 }).open(query, sink);
      stream.resume();
      stream.close();
      stream.resume();
      expect(log.finals.length).toBe(last < 3 ? 5 : 10);
      const outcomes = log.words.filter((word) => "outcome" in word);
      const ranges = log.words.filter((word) => "covered" in word);
      expect([ranges.length, outcomes.length]).toEqual([Math.floor(last / 2), 0]);
    }
  });

  it("keeps to its series when it is told one", () => {
    const held = memory({ series: seriesOf("1m") });
    const [right, wrong] = [new WordLog(), new WordLog()];
    held.open(query, right);
    held.open({ series: seriesOf("5m") }, wrong);
    expect(right.finals).toEqual(TEN);
    const message = "this memory holds TEST 1m trades regular, not TEST 5m trades regular";
    const fault = { code: "unknown-series", message, retry: "never" };
    expect(wrong.words).toEqual([{ outcome: { kind: "failed", fault } }]);
  });

  it("refuses bars out of order, and batches of nothing", () => {
    const [first, second] = TEN;
    expect(() => sourceOf(first!, second!, second!)).toThrow(
      "bar 3 of 3: the bar that opens at 2024-01-02T01:31:00.000Z does not open after",
    );
    expect(() => memory({ batchSize: 0 })).toThrow("batchSize is 0");
  });
});
