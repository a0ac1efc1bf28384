import { beforeEach, describe, expect, it } from "vitest";
import type { BarBatch, BarSink, FeedOutcome } from "../../../../core/feed/bar-source.ts";
import { type SpliceOptions, splice } from "../../../../core/feed/seam/splice.ts";
import { SpliceRun } from "../../../../core/feed/seam/splice-run.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
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

const COMPLETE = { kind: "complete" } as const;
const NOW = open(4) + 60_000;
/** Waits for history as long as it takes. */
const PATIENT = { fetch: { silenceMs: 86_400_000 } };

let time: VirtualTime;
let live: TellingSource;
let history: TellingSource;
let answersAtOnce: boolean;

beforeEach(() => {
  answersAtOnce = false;
  time = new VirtualTime(NOW);
  live = new TellingSource(SERIES);
  history = new TellingSource(SERIES, {
    onOpen: (source, { from, to }) => {
      if (!answersAtOnce) return;
      source.say(bars(0, 16).filter(({ openTime }) => openTime >= from! && openTime < to!));
      source.cover(from!, to!);
      source.end(COMPLETE);
    },
  });
});

class Listener extends Script implements BarSink {
  readonly outcomes: FeedOutcome[] = [];
  onBars: () => void = () => {};

  override bars(batch: BarBatch): void {
    super.bars(batch);
    this.onBars();
  }

  end(outcome: FeedOutcome): void {
    this.outcomes.push(outcome);
    this.lines.push(outcome.kind);
  }
}

function listen(
  query: { warmUpBars?: number; from?: number; to?: number } = {},
  options: Partial<SpliceOptions> = {},
): { out: Listener; close: () => void } {
  const out = new Listener();
  const source = splice({ history, live, grid: () => GRID, clock: time, ...options });
  const subscription = source.open({ series: SERIES, ...query }, out);
  subscription.pause();
  subscription.resume();
  return { out, close: () => subscription.close() };
}

/** Answers the request under way with the true bars of the slots from one to before another. */
function answer(first: number, end: number): void {
  history.say(bars(first, end));
  history.cover(open(first), close(end - 1));
  history.end(COMPLETE);
}

/**
 * A repair whose answer also covers a later slot, on a broken line: the slots beside it are
 * missing.
 */
function twoHoles(): void {
  time.advanceTo(close(4) + 3_000);
  live.status("interrupted", "cable");
  time.advanceTo(close(6) + 1_000);
  history.say([bar(4), bar(6)]);
  history.cover(open(4), close(4));
  history.cover(open(6), close(6));
  history.end(COMPLETE);
  time.advanceTo(close(7));
}

// Goal: live first and held back, then history, then both in order, and the joint certified.
describe("splice", () => {
  it("subscribes to live before it asks history, and joins both", () => {
    const { out } = listen({ warmUpBars: 3 });
    expect(live.queries.map(({ from }) => from)).toEqual([open(4)]);
    expect(history.queries).toMatchObject([span(1, 4)]);
    live.forming(bar(4, { volume: 7 }));
    answer(1, 4);
    expect(out.take()).toEqual([
      "backfilling",
      "progress 3/3",
      "progress 3/3",
      "backfill 1 2 3",
      "covered 1-4",
      "continuity 3",
      "live",
    ]);
    time.advanceTo(close(4));
    live.final(bar(4));
    expect(out.take()).toEqual(["live 4", "covered 4-5"]);
    expect(out.released).toEqual(bars(1, 5));
  });

  it("goes on without the past when none is wanted", () => {
    const { out } = listen();
    expect([out.take(), history.queries]).toEqual([["backfilling", "progress 0/0", "live"], []]);
  });

  it("does not backfill when it is told not to, but repairs", () => {
    const { out } = listen({ warmUpBars: 3 }, { backfill: false });
    expect(out.take()).toEqual(["backfilling", "live"]);
    time.advanceTo(close(4) + 3_000);
    expect(history.queries).toMatchObject([span(4, 5)]);
    answer(4, 5);
    expect(out.take()).toEqual(["suspected 4-5", "repair 4", "repaired 4-5", "covered 4-5"]);
  });

  it("declares lost what it has no history for, and is live again", () => {
    const out = new Listener();
    splice({ live, grid: () => GRID, clock: time }).open({ series: SERIES, warmUpBars: 2 }, out);
    time.advanceTo(close(4) + 3_000);
    expect(out.take()).toEqual(["backfilling", "live", "suspected 4-5", "lost 4-5", "covered 4-5"]);
  });

  it("takes the stream's finals for implied where the source says so", () => {
    const implied = new TellingSource(SERIES, { impliesFinals: true });
    const { out } = listen({}, { live: implied });
    out.take();
    time.advanceTo(close(4) - 1_000);
    implied.forming(bar(4));
    time.advanceTo(close(4) + 3_000);
    expect(out.take()).toEqual(["live 4", "covered 4-5"]);
  });

  it("passes on the state of the line and rejections of both sources, and no other word", () => {
    const { out } = listen({ warmUpBars: 1 });
    const sink = { type: "rejection", series: SERIES, bar: bar(0), reason: "" } as const;
    answer(3, 4);
    out.take();
    live.cover(open(0), open(9));
    live.status("interrupted", "cable");
    live.status("live", "back");
    live.tell({ ...sink, fault: "conflict" });
    live.tell({ type: "progress", series: SERIES, bars: 1, expected: 2 });
    time.advanceTo(close(4) + 3_000);
    history.tell({ ...sink, fault: "too-old" });
    expect(out.take()).toEqual([
      "interrupted",
      "recovering",
      "live",
      "conflict 0",
      "suspected 4-5",
      "too-old 0",
    ]);
  });

  it("asks for nothing twice while an answer is on its way", () => {
    listen({ warmUpBars: 1 }, PATIENT);
    answer(3, 4);
    time.advanceTo(close(5) + 10_000);
    expect(history.queries).toHaveLength(2);
    answer(4, 5);
    expect(history.queries.slice(2)).toMatchObject([span(5, 6)]);
  });

  it("never repairs less than was asked for, though history tells more and later than asked", () => {
    const { out } = listen({ warmUpBars: 1 }, PATIENT);
    answer(3, 4);
    time.advanceTo(close(4) + 3_000);
    time.advanceTo(close(6) + 1_000);
    history.say(bars(3, 7));
    history.cover(open(3), close(6));
    history.end(COMPLETE);
    expect(out.lines.filter((line) => line.startsWith("empty"))).toEqual([]);
    answer(5, 7);
    expect(out.released).toEqual(bars(3, 7));
  });

  it("refuses options that make no sense before anything is opened", () => {
    expect(() => listen({}, { backfillMs: 0 })).toThrow("backfillMs is 0");
    expect(() => listen({}, { sequencer: { graceMs: -1 } })).toThrow("graceMs");
    expect(() => listen({}, { fetch: { attempts: 0 } })).toThrow("attempts");
  });
});

// Goal: it ends when the stream has ended and everything that closed is settled; never before.
describe("splice: the end", () => {
  it("waits for the backfill when the stream ends within open", () => {
    live = new TellingSource(SERIES, { onOpen: (source) => source.end(COMPLETE) });
    const { out } = listen({ warmUpBars: 2 });
    expect(out.take()).toEqual(["backfilling"]);
    answer(2, 4);
    expect(out.take().slice(-3)).toEqual(["continuity 2", "live", "complete"]);
    expect(time.nextAt).toBeUndefined();
  });

  it("ends at once when there is nothing to wait for", () => {
    live = new TellingSource(SERIES, { onOpen: (source) => source.end(COMPLETE) });
    const { out } = listen({}, { backfill: false });
    expect(out.take()).toEqual(["backfilling", "live", "complete"]);
    expect(time.nextAt).toBeUndefined();
  });

  it("repairs what closed before the stream ended, then ends", () => {
    const { out } = listen({ warmUpBars: 1 }, PATIENT);
    answer(3, 4);
    out.take();
    time.advanceTo(close(5));
    live.end(COMPLETE);
    answer(4, 5);
    expect(out.take()).toEqual([
      "suspected 4-5",
      "stale",
      "repair 4",
      "repaired 4-5",
      "covered 4-5",
      "suspected 5-6",
    ]);
    answer(5, 6);
    expect(out.take().at(-1)).toBe("complete");
    expect(out.released).toEqual(bars(3, 6));
    expect(time.nextAt).toBeUndefined();
  });

  it("fetches what is missing before it ends, with a history that answers at once", () => {
    const { out } = listen({ warmUpBars: 1 }, { history: instantHistory(bars(0, 16)) });
    time.advanceTo(close(4));
    live.status("interrupted", "cable");
    time.advanceTo(close(7));
    live.end(COMPLETE);
    expect(out.released).toEqual(bars(3, 8));
    expect(out.take().at(-1)).toBe("complete");
  });

  it("fetches every hole before it ends, though they are asked for apart", () => {
    const { out } = listen({ warmUpBars: 1 }, PATIENT);
    answer(3, 4);
    twoHoles();
    answersAtOnce = true;
    live.end(COMPLETE);
    expect(out.released).toEqual(bars(3, 8));
    expect(out.lines.at(-1)).toBe("complete");
  });

  it("is partial, not failed, when the stream fails after bars were delivered", () => {
    const { out } = listen({ warmUpBars: 2 });
    answer(2, 4);
    live.end({ kind: "failed", fault: fault("never") });
    expect(out.outcomes).toEqual([{ kind: "partial", fault: fault("never") }]);
  });

  it("is complete, not empty, when history had bars and the stream none", () => {
    const { out } = listen({ warmUpBars: 2 });
    answer(2, 4);
    live.end({ kind: "empty" });
    expect(out.outcomes).toEqual([{ kind: "complete" }]);
  });

  it("takes the last restatement for final, as it would have, when a stream without finals ends", () => {
    const implied = new TellingSource(SERIES, { impliesFinals: true });
    const out = new Listener();
    splice({ live: implied, grid: () => GRID, clock: time }).open({ series: SERIES }, out);
    time.advanceTo(close(4) + 1_000);
    implied.forming(bar(4));
    implied.end(COMPLETE);
    time.advanceTo(close(4) + 60_000);
    expect(out.lines.filter((line) => line.startsWith("lost"))).toEqual([]);
    expect(out.released).toEqual([bar(4)]);
    expect(out.lines.at(-1)).toBe("complete");
  });

  it("delivers no bar that opens at or after the end of the query, and ends there", () => {
    const { out } = listen({ warmUpBars: 1, to: open(6) });
    answer(3, 4);
    for (const index of [4, 5, 6]) {
      time.advanceTo(close(index));
      live.final(bar(index));
    }
    expect(out.released).toEqual(bars(3, 6));
    expect(out.outcomes).toEqual([COMPLETE]);
  });

  it("delivers no bar that opens before the beginning of a query that lies ahead", () => {
    const { out } = listen({ from: open(6) });
    for (const index of [4, 5, 6]) {
      time.advanceTo(close(index));
      live.final(bar(index));
    }
    expect(out.released).toEqual([bar(6)]);
  });
});

// Goal: after close nothing is heard, nothing is asked for, and no timer is left.
describe("splice: closing", () => {
  const silent = (out: Listener): void => {
    const said = out.lines.length;
    const queries = history.queries.length;
    live.final(bar(4));
    live.end(COMPLETE);
    history.say(bars(0, 4));
    history.cover(open(0), open(4));
    history.end(COMPLETE);
    time.advanceTo(close(15));
    expect([out.lines.length, history.queries.length, time.nextAt]).toEqual([
      said,
      queries,
      undefined,
    ]);
  };

  it("is silent while it backfills", () => {
    const { out, close: stop } = listen({ warmUpBars: 3 });
    stop();
    stop();
    silent(out);
  });

  it("is silent while it is live", () => {
    const { out, close: stop } = listen({ warmUpBars: 3 });
    answer(1, 4);
    stop();
    silent(out);
  });

  it("is silent while it repairs", () => {
    const { out, close: stop } = listen({ warmUpBars: 3 });
    answer(1, 4);
    time.advanceTo(close(4) + 4_000);
    expect(history.queries).toHaveLength(2);
    stop();
    silent(out);
  });

  it("asks for no second hole when the listener closes it within the bars of the first", () => {
    const { out, close: stop } = listen({ warmUpBars: 1 }, PATIENT);
    answer(3, 4);
    twoHoles();
    answersAtOnce = true;
    out.onBars = stop;
    live.end(COMPLETE);
    expect([history.queries.length, time.nextAt]).toEqual([3, undefined]);
  });

  it.each(["bars", "coverage", "event"] as const)(
    "is silent when the listener closes it within %s",
    (word) => {
      let calls = 0;
      let closed = false;
      const out: BarSink = {
        bars: () => heard("bars"),
        coverage: () => heard("coverage"),
        event: ({ type }) => heard(type === "continuity" ? "event" : type),
        end: () => heard("end"),
      };
      const heard = (what: string): void => {
        if (closed) calls += 1;
        if (what !== word) return;
        closed = true;
        subscription.close();
      };
      const source = splice({ history, live, grid: () => GRID, clock: time });
      const subscription = source.open({ series: SERIES, warmUpBars: 2 }, out);
      answer(2, 4);
      time.advanceTo(close(9));
      expect([closed, calls, time.nextAt]).toEqual([true, 0, undefined]);
    },
  );

  it("opens and asks nothing more when it is closed within open", () => {
    const settings = {
      history,
      live: new TellingSource(SERIES, { onOpen: () => run.close() }),
      clock: time,
      backfill: true,
      backfillMs: 1_000,
      sequencer: {},
      fetch: {},
      secondLook: { afterMs: 0 },
    } as unknown as ConstructorParameters<typeof SpliceRun>[3];
    const out = new Listener();
    const run = new SpliceRun({ series: SERIES, warmUpBars: 3 }, out, GRID, settings);
    run.start();
    expect([out.lines, history.queries, time.nextAt]).toEqual([["backfilling"], [], undefined]);
  });
});
