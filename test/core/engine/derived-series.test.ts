import { beforeEach, describe, expect, it } from "vitest";
import { type Run, run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { MemorySource } from "../../../core/feed/memory-source.ts";
import { sma } from "../../../core/indicators/sma.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/index.ts";
import { RunLog } from "../../support/run-log.ts";
import { bar, bars, close, GRID, open, SERIES, TellingSource } from "../feed/seam/seam-fixture.ts";

let time: VirtualTime;
let log: RunLog;
let told: string[];

beforeEach(() => {
  time = new VirtualTime(open(0) - 1);
  log = new RunLog(time);
  told = [];
});

const hourly = defineStrategy({
  name: "hourly",
  parameters: { length: 1 },
  setup(declare, { length }) {
    const half = declare.series("30m", (each) => told.push(`30m ${each.close - 101}`));
    const hour = declare.series("1h", (each) => told.push(`1h ${each.close - 101} ${slow.value}`));
    const slow = declare.indicator(sma(length), { on: hour });
    declare.indicator(sma(length), { on: half });
    return { onBar: (each) => told.push(`15m ${each.close - 101} ${slow.value}`) };
  },
});

function optionsOf(source: TellingSource | MemorySource): RunOptions {
  return {
    strategy: hourly,
    series: SERIES,
    source,
    broker: new SimBroker(),
    clock: time,
    driver: time,
    grid: ({ size }) => new BarGrid(GRID.calendar, size),
    observer: log,
  };
}

const start = (source: TellingSource | MemorySource): Run => run(optionsOf(source));

const memory = (of: readonly Bar[]): MemorySource => new MemorySource(BarColumns.of(of));

// Goal: every indicator that an instant completes is updated before anything is decided on it, and
// the strategy hears of the smaller bar first.
describe("derived series", () => {
  it("are decided on after the main bar of the same instant, smallest first", () => {
    const { naturalReadyAt } = start(memory(bars(0, 9)));
    expect(naturalReadyAt).toBeTypeOf("function");
    expect(log.readyAt).toBe(close(3));
    expect(told).toEqual([
      "15m 4 104",
      "15m 5 104",
      "30m 5",
      "15m 6 104",
      "15m 7 108",
      "30m 7",
      "1h 7 108",
      "15m 8 108",
    ]);
    expect(log.bars("1h").map(({ openTime }) => openTime)).toEqual([open(0), open(4)]);
  });

  it("number all bars of all series in one sequence, in the order of their close", () => {
    start(memory(bars(0, 5)));
    expect(log.handled.map(({ size, bar: { close: last } }) => `${size} ${last - 101}`)).toEqual([
      "15m 0",
      "15m 1",
      "30m 1",
      "15m 2",
      "15m 3",
      "30m 3",
      "1h 3",
      "15m 4",
    ]);
  });

  it("follow a revision of a main bar", () => {
    const source = new TellingSource(SERIES);
    start(source);
    source.say(bars(0, 4), { origin: "live" });
    source.cover(open(0), open(4));
    const after = bar(3, { close: 103 });
    source.tell({ type: "revision", series: SERIES, version: 2, before: bar(3), after });
    expect(log.of("revision").map(({ series }) => series.size.label)).toEqual(["15m", "30m", "1h"]);
    source.say([bar(4)], { origin: "live" });
    source.cover(open(4), open(5));
    expect(told).toEqual(["15m 4 103"]);
  });

  it("do without an observer, and where time passes by itself", () => {
    const source = new TellingSource(SERIES);
    time = new VirtualTime(close(4));
    const { observer: _observer, driver: _driver, ...options } = optionsOf(source);
    const going = run(options);
    source.say(bars(0, 4), { origin: "live" });
    source.cover(open(0), open(4));
    const after = bar(3, { close: 103 });
    source.tell({ type: "revision", series: SERIES, version: 2, before: bar(3), after });
    source.say([bar(4)], { origin: "live" });
    source.cover(open(4), open(5));
    expect([going.summary().bars, told]).toEqual([5, ["15m 4 103"]]);
  });

  it("ask for as many main bars as theirs need", () => {
    time = new VirtualTime(open(8));
    const source = new TellingSource(SERIES);
    start(source);
    expect(source.queries[0]!.warmUpBars).toBe(4);
  });

  it("have nothing to ask for before the first close", () => {
    const source = new TellingSource(SERIES);
    start(source);
    expect(source.queries[0]!.warmUpBars).toBe(0);
  });
});
