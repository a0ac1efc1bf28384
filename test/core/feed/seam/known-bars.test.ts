import { beforeEach, describe, expect, it } from "vitest";
import type { BarQuery, BarSink } from "../../../../core/feed/bar-source.ts";
import { type SpliceOptions, splice } from "../../../../core/feed/seam/splice.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import {
  bar,
  bars,
  batch,
  close,
  fault,
  GRID,
  holding,
  instantHistory,
  open,
  Script,
  SERIES,
  span,
  TellingSource,
} from "./seam-fixture.ts";

/** Bars 3, 4 and 5 went out before a stream that goes on behind them, in the middle of bar 9. */
const KNOWN = bars(3, 6);
const NOW = open(9) + 60_000;
const DAY = 86_400_000;

let time: VirtualTime;
let live: TellingSource;
let history: TellingSource;

beforeEach(() => {
  time = new VirtualTime(NOW);
  live = new TellingSource(SERIES);
  history = new TellingSource(SERIES);
});

function goOn(query: Partial<BarQuery> = {}, options: Partial<SpliceOptions> = {}): Script {
  const out = new Script();
  const sink: BarSink = {
    bars: (each) => out.bars(each),
    coverage: (range) => out.coverage(range),
    event: (event) => out.event(event),
    end: () => {},
  };
  const known = { known: BarColumns.of(KNOWN), from: close(5), warmUpBars: 0 };
  const source = splice({ history, live, grid: () => GRID, clock: time, ...options });
  source.open({ series: SERIES, ...known, ...query }, sink);
  return out;
}

function answer(first: number, end: number): void {
  history.say(bars(first, end));
  history.cover(open(first), close(end - 1));
  history.end({ kind: "complete" });
}

// Goal: a stream that goes on where another one ended gives what was missed and nothing twice, and
// what comes again of what went out is a repetition or a correction.
describe("a stream that goes on behind known bars", () => {
  it("fetches what was missed, and only that", () => {
    const out = goOn();
    expect(history.queries).toMatchObject([{ from: open(6), to: close(8) }]);
    answer(6, 9);
    expect(out.released).toEqual(bars(6, 9));
    expect(out.lines.at(-1)).toBe("live");
  });

  it("takes what comes of them again for a repetition, or a correction of what went out", () => {
    const out = goOn();
    answer(6, 9);
    out.take();
    live.say([bar(4), bar(5)]);
    expect(out.take()).toEqual([]);
    live.final(bar(5, { close: 106.5 }));
    expect(out.take()).toEqual(["revision 5 v2 106.5"]);
    expect(out.events.at(-1)).toMatchObject({ before: bar(5) });
    // Before the first of them nothing is known.
    live.final(bar(2, { close: 103.5 }));
    expect(out.take()).toEqual([]);
  });

  it("calls a slot between them and its first bar empty where nothing traded", () => {
    const out = goOn({}, { history: instantHistory([bar(3), bar(4), bar(5), bar(7), bar(8)]) });
    expect(out.lines).toContain("empty 6-7");
    const fresh = new Script();
    const source = splice({
      history: instantHistory([bar(7), bar(8)]),
      live,
      grid: () => GRID,
      clock: time,
    });
    const query = { series: SERIES, from: open(6) };
    source.open(query, {
      bars: (each) => fresh.bars(each),
      coverage: () => {},
      event: (event) => fresh.event(event),
      end: () => {},
    });
    // To one that knows nothing before it, nothing is missing there.
    expect(fresh.lines.filter((line) => line.startsWith("empty"))).toEqual([]);
  });

  it("waits for what was missed as long as it takes, unless a limit is stated", () => {
    const patient = { fetch: { silenceMs: 400 * DAY } };
    const out = goOn({}, patient);
    time.advanceTo(NOW + 30 * DAY);
    expect(out.lines.filter((line) => line.startsWith("lost"))).toEqual([]);
    expect(out.released).toEqual([]);
    answer(6, 9);
    expect(out.released.slice(0, 3)).toEqual(bars(6, 9));

    time = new VirtualTime(NOW);
    history = new TellingSource(SERIES);
    const limited = goOn({}, { ...patient, backfillMs: 60_000 });
    time.advanceTo(NOW + 61_000);
    expect(limited.lines.some((line) => line.startsWith("lost"))).toBe(true);
  });

  it("repairs what was missed like any gap where it does not backfill", () => {
    const out = goOn({}, { backfill: false });
    expect(history.queries).toMatchObject([span(6, 9)]);
    answer(6, 9);
    expect(out.released).toEqual(bars(6, 9));
    history = new TellingSource(SERIES);
    live = new TellingSource(SERIES);
    // Where it does not say from where, it is behind the last of them.
    const query = { series: SERIES, known: BarColumns.of(KNOWN) };
    const source = splice({ history, live, grid: () => GRID, clock: time, backfill: false });
    source.open(query, { bars: () => {}, coverage: () => {}, event: () => {}, end: () => {} });
    expect(history.queries).toMatchObject([span(6, 9)]);
  });

  it("declares lost what was missed and cannot be had", () => {
    const out = goOn({}, { backfill: false });
    history.end({ kind: "failed", fault: fault("never") });
    expect(out.lines).toContain("lost 6-9");
  });

  it("takes no bars for none", () => {
    const out = goOn({ known: new BarColumns(), from: open(6) }, { backfill: false });
    expect(history.queries).toEqual([]);
    expect(out.lines).toEqual(["backfilling", "live"]);
  });
});

describe("a sequencer that knows bars", () => {
  it("judges what comes of them by what they were told to be", () => {
    const { sequencer, out } = holding(6);
    sequencer.know(BarColumns.of(KNOWN));
    sequencer.release(open(6));
    out.take();
    sequencer.history(batch([bar(3), bar(5, { close: 106.5 })]), open(6));
    expect(out.take()).toEqual(["revision 5 v2 106.5"]);
    // What a stream said once is not taken back by a lesser word.
    sequencer.live(batch([bar(5)]), open(6));
    expect(out.take()).toEqual(["conflict 5"]);
    sequencer.live(batch([bar(2)]), open(6));
    expect(out.take()).toEqual([]);
  });
});

// Goal: what is behind a store is asked whether what went out was right, and not the store.
describe("the origin of history", () => {
  it("is asked for second looks, and history for all else", () => {
    const origin = new TellingSource(SERIES, {
      onOpen: (source) => source.end({ kind: "failed", fault: fault("never") }),
    });
    const secondLook = { afterMs: 20_000, everyMs: 0 };
    goOn({}, { origin, secondLook });
    answer(6, 9);
    expect([history.queries.length, origin.queries.length]).toEqual([1, 0]);
    time.advanceTo(close(9));
    live.final(bar(9));
    time.advanceTo(close(9) + 25_000);
    expect(history.queries).toHaveLength(1);
    expect(origin.queries.length).toBeGreaterThan(0);
    const before = origin.queries.length;
    time.advanceTo(close(10) + 5_000);
    expect(history.queries.at(-1)).toMatchObject(span(10, 11));
    expect(origin.queries).toHaveLength(before);
  });

  it("is history itself where none is named", () => {
    const secondLook = { afterMs: 20_000, everyMs: 0 };
    goOn({}, { secondLook });
    answer(6, 9);
    time.advanceTo(NOW + 25_000);
    expect(history.queries).toHaveLength(2);
  });
});
