import { beforeEach, describe, expect, it } from "vitest";
import type { BarSource } from "../../../../core/feed/bar-source.ts";
import { type SpliceOptions, splice } from "../../../../core/feed/seam/splice.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { DAY_MS, HOUR_MS, utcDay } from "../../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { UTC } from "../../../../core/time/zone.ts";
import {
  bar,
  bars,
  close,
  fault,
  GRID,
  instantHistory,
  open,
  Script,
  SERIES,
  span,
  TellingSource,
} from "./seam-fixture.ts";

const NOW = open(10);
/** Waits for history as long as it takes. */
const PATIENT = { backfillMs: 86_400_000, fetch: { silenceMs: 86_400_000 } };

let time: VirtualTime;
let live: TellingSource;
let history: TellingSource;

beforeEach(() => {
  time = new VirtualTime(NOW);
  live = new TellingSource(SERIES);
  history = new TellingSource(SERIES);
});

function listen(
  query: { warmUpBars?: number; from?: number },
  options: Partial<SpliceOptions> = {},
): Script {
  const out = new Script();
  const source = splice({ history, live, grid: () => GRID, clock: time, ...options });
  source.open({ series: SERIES, ...query }, { ...bound(out), end: () => {} });
  return out;
}

const bound = (out: Script) => ({
  bars: out.bars.bind(out),
  coverage: out.coverage.bind(out),
  event: out.event.bind(out),
});

/** History with some bars and nothing else: a slot that it does not have had no trades. */
const sparse = (...indices: number[]): BarSource => instantHistory(indices.map((i) => bar(i)));

const asked = (of: TellingSource) => of.queries.map(({ from, to }) => ({ from, to }));
const closes = (of: readonly Bar[]): number[] => of.map(({ close: last }) => last - 101);

// Goal: as many bars as were asked for, however many slots that takes, and no others.
describe("the backfill", () => {
  it("fetches the last slots that closed and certifies them", () => {
    const out = listen({ warmUpBars: 3 }, { history: instantHistory(bars(0, 16)) });
    expect(out.take()).toEqual([
      "backfilling",
      "progress 3/3",
      "progress 3/3",
      "backfill 7 8 9",
      "covered 7-10",
      "continuity 3",
      "live",
    ]);
  });

  it("reaches further back while slots without trades keep it short, and keeps no more", () => {
    const out = listen({ warmUpBars: 4 }, { history: sparse(0, 1, 2, 5, 8, 9) });
    expect(closes(out.released)).toEqual([2, 5, 8, 9]);
    expect(out.lines.filter((line) => /empty|lost|suspected/.test(line))).toEqual([
      "empty 3-5",
      "empty 6-<8",
    ]);
  });

  it("makes do with what there is when history begins later", () => {
    const out = listen({ warmUpBars: 6 }, { history: sparse(8, 9) });
    expect(closes(out.released)).toEqual([8, 9]);
    expect(out.lines.at(-1)).toBe("live");
  });

  it("makes do with nothing when history is empty to its beginning", () => {
    const out = listen({ warmUpBars: 2 }, { history: sparse() });
    expect(out.lines.at(-1)).toBe("live");
    expect(out.released).toEqual([]);
  });

  it("reaches twice as far each time, until as many slots as it wants bars had none", () => {
    const days = Array.from({ length: 40 }, (_, index) => utcDay(NOW) - 39 + index);
    const hours = { from: 9 * HOUR_MS, to: 10 * HOUR_MS };
    const sessions = days.map((day) => ({
      day,
      segments: [{ from: day * DAY_MS + hours.from, to: day * DAY_MS + hours.to }],
    }));
    const grid = new BarGrid(calendarOfSessions("LONG", UTC, sessions), GRID.size);
    const reach = (wanted: number, has: readonly Bar[]) => {
      const counts: number[] = [];
      const given = instantHistory(has);
      const counting: BarSource = {
        open: (query, sink) => {
          counts.push([...grid.slots({ from: query.from!, to: query.to! })].length);
          return given.open(query, sink);
        },
      };
      listen({ warmUpBars: wanted }, { history: counting, grid: () => grid });
      return counts;
    };
    expect(reach(3, [])).toEqual([3, 8]);
    expect(reach(20, [])).toEqual([20, 20]);
    expect(reach(9, [])).toEqual([9, 9]);
    // A bar, however far back, shows that history goes on: from there it is counted anew.
    const first = [...grid.slots({ from: 0, to: NOW })].at(-12)!;
    expect(reach(9, [{ ...bar(0), ...first }])).toEqual([9, 9, 16]);
  });

  it("fetches nothing before the first close of the calendar", () => {
    time = new VirtualTime(open(0) + 1);
    const mute = { open: () => ({ close() {}, pause() {}, resume() {} }) };
    const out = listen({ warmUpBars: 2 }, { live: mute });
    expect([out.take(), history.queries]).toEqual([["backfilling", "progress 0/2", "live"], []]);
  });

  it("fetches the last bars of all after the calendar's end", () => {
    time = new VirtualTime(close(15) + 1);
    const out = listen({ warmUpBars: 2 }, { history: instantHistory(bars(0, 16)) });
    expect(out.take().slice(-4)).toEqual([
      "backfill 14 15",
      "covered 14-<16",
      "continuity 2",
      "live",
    ]);
  });

  it("fetches from an instant, and from before it where the warm-up needs more", () => {
    const eager = instantHistory(bars(0, 16));
    expect(closes(listen({ from: open(4) + 1 }, { history: eager }).released)).toEqual([
      5, 6, 7, 8, 9,
    ]);
    const both = { from: open(8), warmUpBars: 4 };
    expect(closes(listen(both, { history: eager }).released)).toEqual([6, 7, 8, 9]);
    const earlier = { from: open(5), warmUpBars: 2 };
    expect(closes(listen(earlier, { history: eager }).released)).toEqual([5, 6, 7, 8, 9]);
  });

  it("holds live bars back until it is through", () => {
    const out = listen({ warmUpBars: 2 }, PATIENT);
    time.advanceTo(close(10));
    live.final(bar(10));
    expect(out.take()).toEqual(["backfilling"]);
    history.say(bars(8, 10));
    history.cover(open(8), open(10));
    history.end({ kind: "complete" });
    expect(out.take().slice(-5)).toEqual([
      "backfill 8 9",
      "live 10",
      "covered 8-11",
      "continuity 3",
      "live",
    ]);
  });
});

// Goal: what history cannot give stops nothing: it is declared lost, and the
// stream begins behind a hole at its head.
describe("the backfill without all of history", () => {
  it("begins behind a hole at its head", () => {
    const out = listen({ warmUpBars: 5 });
    history.say(bars(8, 10));
    history.cover(open(8), close(9));
    history.end({ kind: "partial", fault: fault("never") });
    expect(out.take().slice(-4)).toEqual(["backfill 8 9", "covered 8-10", "continuity 2", "live"]);
    expect(asked(history)).toEqual([{ from: open(5), to: open(10) }]);
  });

  it("declares a hole within lost", () => {
    const out = listen({ warmUpBars: 5 });
    history.say([bar(5), bar(9)]);
    history.cover(open(5), open(6));
    history.cover(open(9), close(9));
    history.end({ kind: "partial", fault: fault("never") });
    expect(out.take().slice(-6)).toEqual([
      "backfill 5",
      "lost 6-9",
      "backfill 9",
      "covered 5-10",
      "continuity 2",
      "live",
    ]);
  });

  it("begins with the stream when history refuses, and says why", () => {
    const out = listen({ warmUpBars: 5 });
    history.end({ kind: "failed", fault: fault("never", "no-permission") });
    expect(out.take()).toEqual(["backfilling", "lost 5-10", "progress 0/5", "live"]);
    time.advanceTo(close(10));
    live.final(bar(10));
    expect(out.take()).toEqual(["live 10", "covered 10-11"]);
  });

  it("goes on with what it has when the time is up, and leaves no timer or request behind", () => {
    const out = listen({ warmUpBars: 5 }, { backfillMs: 10_000 });
    history.say(bars(8, 10));
    history.cover(open(8), close(9));
    time.advanceTo(NOW + 9_999);
    expect(out.take()).toEqual(["backfilling", "progress 2/5"]);
    time.advanceTo(NOW + 10_000);
    expect(out.take()).toEqual([
      "lost 5-8",
      "progress 2/5",
      "backfill 8 9",
      "covered 8-10",
      "continuity 2",
      "live",
    ]);
    history.say(bars(5, 8));
    history.cover(open(5), open(8));
    expect([out.take(), history.queries.length, time.nextAt]).toEqual([[], 1, close(10)]);
  });

  it("waits, unless told otherwise, until as many live bars have closed as it needs", () => {
    const out = listen({ warmUpBars: 5 }, { fetch: { silenceMs: 86_400_000 } });
    const natural = close(14);
    time.advanceTo(natural - 1);
    expect(out.take()).toEqual(["backfilling"]);
    time.advanceTo(natural);
    expect(out.take()[0]).toMatch(/^lost /);
  });

  it("waits two minutes where the calendar ends before", () => {
    const out = listen({ warmUpBars: 9 }, { fetch: { silenceMs: 86_400_000 } });
    time.advanceTo(NOW + 119_999);
    expect(out.take()).toEqual(["backfilling"]);
    time.advanceTo(NOW + 120_000);
    expect(out.take()[0]).toMatch(/^lost /);
  });

  it("does not give up while the link is down: nothing would be gained", () => {
    const out = listen({ warmUpBars: 5 }, { backfillMs: 10_000 });
    live.status("interrupted", "cable");
    time.advanceTo(NOW + 35_000);
    expect(out.take()).toEqual(["backfilling"]);
    live.status("live", "back");
    history.say(bars(5, 10));
    history.cover(open(5), close(9));
    history.end({ kind: "complete" });
    expect(out.take()).toContain("backfill 5 6 7 8 9");
  });

  it("begins behind an extension that failed", () => {
    let answers = 0;
    const once: BarSource = {
      open(query, sink) {
        answers += 1;
        if (answers === 1) return sparse(8, 9).open(query, sink);
        sink.end({ kind: "failed", fault: fault("never") });
        return { close() {}, pause() {}, resume() {} };
      },
    };
    const out = listen({ warmUpBars: 3 }, { history: once });
    expect(closes(out.released)).toEqual([8, 9]);
    expect(out.lines.filter((line) => line.startsWith("lost"))).toEqual(["lost 0-7"]);
  });

  it("counts only what history gave, not what the stream adds meanwhile", () => {
    const slow = new TellingSource(SERIES);
    const out = listen({ warmUpBars: 3 }, { ...PATIENT, history: slow });
    time.advanceTo(close(10));
    live.final(bar(10));
    slow.say([bar(8), bar(9)]);
    slow.cover(open(7), close(9));
    slow.end({ kind: "complete" });
    expect(asked(slow)).toHaveLength(2);
    slow.say([bar(6)]);
    slow.cover(open(0), open(7));
    slow.end({ kind: "complete" });
    expect(closes(out.released)).toEqual([6, 8, 9, 10]);
  });

  it("drops what history shows beyond what it covers", () => {
    const out = listen({ warmUpBars: 2 });
    history.say([bar(8), bar(9), bar(10, { volume: 1 })]);
    history.cover(open(8), NOW);
    history.end({ kind: "complete" });
    time.advanceTo(close(10) + 3_000);
    expect(closes(out.released)).toEqual([8, 9]);
    expect(asked(history).slice(1)).toEqual([span(10, 11)]);
  });
});
