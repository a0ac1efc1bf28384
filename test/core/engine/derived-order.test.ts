import { beforeEach, describe, expect, it } from "vitest";
import { type Run, run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/index.ts";
import { RunLog } from "../../support/run-log.ts";
import {
  bar,
  bars,
  close,
  GRID,
  open,
  SERIES,
  span,
  TellingSource,
} from "../feed/seam/seam-fixture.ts";

let time: VirtualTime;
let source: TellingSource;
let told: string[];
let onAsked: (size: string) => void;

beforeEach(() => {
  time = new VirtualTime(close(7));
  source = new TellingSource(SERIES);
  told = [];
  onAsked = () => {};
});

/** Is asked on every size, and says what average of so many hours it sees. */
const watchful = defineStrategy({
  name: "watchful",
  parameters: { hours: 1 },
  setup(declare, { hours }) {
    const ask = (size: string, last: number): void => {
      told.push(`asked ${size} ${last}, sees ${average.value}`);
      onAsked(size);
    };
    declare.series("30m", (each) => ask("30m", each.close));
    const hour = declare.series("1h", (each) => ask("1h", each.close));
    const average = declare.indicator(sma(hours), { on: hour });
    return { onBar: (each) => ask("15m", each.close) };
  },
});

/** Writes down what a run says of larger bars, in one order with what the strategy is asked. */
class Said extends RunLog {
  override bar(...[seq, series, each, ...rest]: Parameters<RunLog["bar"]>): void {
    super.bar(seq, series, each, ...rest);
    if (series !== SERIES) told.push(`${series.size.label} ${each.close}`);
  }

  override feed(event: FeedEvent): void {
    super.feed(event);
    if (event.series === SERIES) return;
    const { label } = event.series.size;
    if (event.type === "revision") told.push(`${label} becomes ${event.after.close}`);
    else if (event.type === "gap") told.push(`${label} ${event.outcome}`);
  }
}

function start(options: Partial<RunOptions> = {}): Run {
  return run({
    strategy: watchful,
    series: SERIES,
    source,
    broker: new SimBroker(),
    clock: time,
    grid: ({ size }) => new BarGrid(GRID.calendar, size),
    observer: new Said(time),
    ...options,
  });
}

/** What was said since it was last asked. */
const newly = (): string[] => told.splice(0);

function gap(outcome: "empty" | "lost", first: number, end: number): void {
  source.tell({ type: "gap", series: SERIES, range: span(first, end), outcome, reason: "test" });
}

function revise(index: number, last: number): void {
  const after = bar(index, { close: last });
  source.tell({ type: "revision", series: SERIES, version: 2, before: bar(index), after });
}

/** The first hour, whole, and the second but for its last quarter. */
function untilLastQuarter(): void {
  source.say(bars(0, 7), { origin: "live" });
  source.cover(open(0), close(6));
  newly();
}

// Goal: what is made of bars is heard in the order in which it was said: a bar before what corrects
// it, and before the hole behind it.
describe("the order of larger bars and what is said of them", () => {
  it("is: told at once when the end of an hour is empty, and then corrected", () => {
    start();
    untilLastQuarter();
    gap("empty", 7, 8);
    expect(newly()).toEqual([
      "30m 107",
      "1h 107",
      "asked 30m 107, sees 107",
      "asked 1h 107, sees 107",
    ]);
    revise(6, 106.5);
    expect(newly()).toEqual(["30m becomes 106.5", "1h becomes 106.5"]);
    time.advanceTo(close(8));
    source.cover(open(0), open(8));
    source.say([bar(8)], { origin: "live" });
    source.cover(open(8), close(8));
    expect(newly()).toEqual(["asked 15m 109, sees 106.5"]);
  });

  it("is: a correction of an hour that is not due waits behind it", () => {
    time = new VirtualTime(open(0));
    start({ clock: time, driver: time });
    untilLastQuarter();
    // A run that sets its own pace stands at the close of its last bar.
    gap("empty", 7, 8);
    revise(6, 106.5);
    source.cover(open(0), open(8));
    expect(newly()).toEqual([]);
    source.say([bar(8)], { origin: "live" });
    source.cover(open(8), close(8));
    expect(newly()).toEqual([
      "30m 107",
      "1h 107",
      "asked 30m 107, sees 107",
      "asked 1h 107, sees 107",
      "30m becomes 106.5",
      "1h becomes 106.5",
      "asked 15m 109, sees 106.5",
    ]);
  });

  it("is: an hour before a hole does not count behind it", () => {
    time = new VirtualTime(close(15));
    const { parts } = start({ parameters: { hours: 2 } });
    const hour = parts.derived[1]!.feed;
    source.say(bars(4, 7), { origin: "live" });
    source.cover(open(4), close(6));
    // Whatever was lost, all before it is settled, and the hour with it.
    gap("lost", 8, 12);
    expect(newly()).toEqual(["30m 106", "30m 107", "1h 107", "30m lost", "1h lost"]);
    expect([hour.count, hour.contiguous]).toEqual([1, 0]);
    source.say(bars(12, 16), { origin: "live" });
    source.cover(open(12), close(15));
    expect([hour.count, hour.contiguous]).toEqual([2, 1]);
    expect(parts.desk.state).toBe("WARMING_UP");
  });

  it("is: what waits to learn how far the stream reaches goes out with it", () => {
    start();
    // Whether the first quarter had a bar is not known, and never will be.
    source.say(bars(1, 8), { origin: "backfill" });
    revise(7, 107.5);
    expect(newly()).toEqual([
      "30m 104",
      "30m 106",
      "30m 108",
      "1h 108",
      "30m becomes 107.5",
      "1h becomes 107.5",
    ]);
  });

  it("is: one instant after the other, each at its time, where nothing trades at the end", () => {
    time = new VirtualTime(open(0));
    const log = new Said(time);
    start({ clock: time, driver: time, observer: log });
    source.say([...bars(0, 5), bar(8)], { origin: "live" });
    source.cover(open(0), close(8));
    expect(newly().slice(-5)).toEqual([
      "30m 105",
      "asked 30m 105, sees 104",
      "1h 105",
      "asked 1h 105, sees 105",
      "asked 15m 109, sees 105",
    ]);
    const late = log.handled.filter(({ at, bar: { closeTime } }) => at !== closeTime);
    expect(late.map(({ bar: { openTime } }) => formatInstant(openTime))).toEqual([]);
  });

  it("ends where the strategy stops the run", () => {
    time = new VirtualTime(open(0));
    const going = start({ clock: time, driver: time });
    onAsked = (size) => size === "30m" && going.stop();
    source.say([...bars(0, 5), bar(8)], { origin: "live" });
    source.cover(open(0), close(8));
    expect(newly().at(-1)).toBe("asked 30m 105, sees 104");
    expect(going.outcome).toEqual({ kind: "stopped" });
  });

  it("ends in good order where the strategy throws on a bar that an event completes", () => {
    const going = start();
    untilLastQuarter();
    onAsked = (size) => {
      if (size === "1h") throw new Error("no idea");
    };
    gap("empty", 7, 8);
    expect(going.outcome).toMatchObject({ kind: "crashed", error: new Error("no idea") });
    revise(6, 106.5);
    expect(newly().at(-1)).toBe("asked 1h 107, sees 107");
  });
});
