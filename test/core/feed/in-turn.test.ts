// Goal: two sources in turn speak as one: nothing after the end or a close, nothing while paused,
// and of what they say only what counts.
import { describe, expect, it } from "vitest";
import type { BarQuery, BarSource, FeedFault } from "../../../core/feed/bar-source.ts";
import { inTurn } from "../../../core/feed/in-turn.ts";
import { MemorySource } from "../../../core/feed/memory-source.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Series } from "../../../core/market/series.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { CONTRACT_SERIES as SERIES } from "../../contracts/bar-source-contract.ts";
import { RecordingSink } from "../../contracts/recording-sink.ts";
import { ScriptedSource } from "../../support/scripted-source.ts";

const STEP_MS = SERIES.size.ms;
const at = (slot: number): number => slot * STEP_MS;
const slots = (from: number, to: number): TimeRange => ({ from: at(from), to: at(to) });
const bars = (from: number, to: number): Bar[] =>
  Array.from({ length: to - from }, (_, index) => {
    const openTime = at(from + index);
    const closeTime = openTime + STEP_MS;
    return { openTime, closeTime, open: 1, high: 1, low: 1, close: 1, volume: from + index };
  });

const OTHER: Series = { ...SERIES, key: "?" };
const QUERY: BarQuery = { series: SERIES, ...slots(0, 10) };
const opens = (sink: RecordingSink): number[] =>
  sink.delivered.map(({ openTime }) => openTime / STEP_MS);
const fault = (code: string, retry: FeedFault["retry"]): FeedFault => ({
  code,
  message: code,
  retry,
});
const failed = (code: string, retry: FeedFault["retry"] = "soon") =>
  ({ kind: "failed", fault: fault(code, retry) }) as const;

/** Two sources that say what a test makes them say, in turn. */
function twoSources() {
  const near = new ScriptedSource(SERIES);
  const far = new ScriptedSource(SERIES);
  const sink = new RecordingSink();
  const faults: FeedFault[] = [];
  const subscription = inTurn(near, far, (each) => faults.push(each)).open(QUERY, sink);
  return { near, far, sink, faults, subscription };
}

describe("two sources in turn", () => {
  it("pass on what the near one covers as it comes, and ask the far one for the end", () => {
    const { near, far, sink, faults } = twoSources();
    near.say(bars(0, 4));
    expect(opens(sink)).toEqual([]);
    near.cover(at(0), at(3));
    expect(opens(sink)).toEqual([0, 1, 2]);
    near.cover(at(3), at(6));
    near.end({ kind: "partial", fault: fault("not-stored", "never") });
    expect(far.queries).toEqual([{ series: SERIES, ...slots(6, 10) }]);
    far.say(bars(8, 9));
    far.cover(at(6), at(10));
    far.end({ kind: "complete" });
    expect(opens(sink)).toEqual([0, 1, 2, 3, 8]);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(faults).toEqual([fault("not-stored", "never")]);
  });

  it("keep what the near one has behind a hole until the far one has filled it", () => {
    const { near, far, sink } = twoSources();
    near.say(bars(8, 9));
    near.cover(at(8), at(9));
    near.say(bars(4, 6));
    near.cover(at(4), at(6));
    near.say(bars(0, 2));
    near.cover(at(0), at(2));
    near.end({ kind: "complete" });
    expect(opens(sink)).toEqual([0, 1]);
    far.say(bars(2, 4));
    far.cover(at(2), at(4));
    far.end({ kind: "complete" });
    expect(opens(sink)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(far.queries.at(-1)).toMatchObject(slots(6, 8));
    far.end({ kind: "empty" });
    expect(opens(sink)).toEqual([0, 1, 2, 3, 4, 5, 8]);
    expect(far.queries.at(-1)).toMatchObject(slots(9, 10));
    far.end({ kind: "empty" });
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  it("do not count what either says beyond its part", () => {
    const { near, far, sink } = twoSources();
    near.say(bars(-2, 12));
    near.cover(at(-2), at(4));
    near.say([]);
    near.end({ kind: "complete" });
    far.say(bars(2, 12));
    far.say(bars(11, 12));
    far.cover(at(-2), at(12));
    far.cover(at(11), at(12));
    far.end({ kind: "complete" });
    expect(opens(sink)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(sink.claims.map(({ range }) => range)).toEqual([slots(0, 4), slots(4, 10)]);
  });

  it("count a word once, whenever and however often it is covered", () => {
    const { near, far, sink } = twoSources();
    near.say(bars(0, 6));
    near.cover(at(2), at(4));
    near.gap(slots(1, 2));
    near.cover(at(0), at(6));
    near.cover(at(1), at(5));
    expect(opens(sink)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(sink.events).toHaveLength(1);
    expect(sink.claims.map(({ range }) => range)).toEqual([slots(0, 2), slots(2, 4), slots(4, 6)]);
    near.end({ kind: "complete" });
    // What it says after its end is not heard.
    near.say(bars(6, 8));
    near.cover(at(6), at(8));
    near.status("live", "still there");
    near.end({ kind: "complete" });
    expect([far.queries.length, sink.delivered.length, sink.events.length]).toEqual([1, 6, 1]);
  });

  it("pass on the gaps of what is covered, not of what the other is asked for", () => {
    const { near, far, sink } = twoSources();
    near.gap(slots(1, 2));
    near.gap(slots(5, 6));
    near.status("live", "here");
    near.cover(at(0), at(4));
    near.end({ kind: "complete" });
    far.status("live", "back");
    expect(sink.events.map((event) => event.type)).toEqual(["status", "gap", "status"]);
    expect(sink.events[1]).toMatchObject({ range: slots(1, 2) });
  });

  it("end without a fault where the near one failed and the far one had it all", () => {
    const { near, far, sink, faults } = twoSources();
    near.end(failed("damaged-store", "never"));
    far.cover(at(0), at(10));
    far.end({ kind: "empty" });
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(faults).toEqual([fault("damaged-store", "never")]);
  });

  it("ask for every hole, and end with the fault that leaves most hope", () => {
    for (const [first, second, hope] of [
      ["never", "soon", "b"],
      ["soon", "later", "a"],
      ["later", "later", "a"],
    ] as const) {
      const { near, far, sink } = twoSources();
      near.cover(at(4), at(6));
      near.end({ kind: "complete" });
      far.end(failed("a", first));
      far.end(failed("b", second));
      expect(far.queries).toHaveLength(2);
      expect(sink.outcomes).toMatchObject([{ kind: "partial", fault: { code: hope } }]);
    }
    const { near, far, sink } = twoSources();
    near.end({ kind: "empty" });
    far.end(failed("a"));
    expect(sink.outcomes).toEqual([failed("a")]);
  });

  it("leave a query that is open on either side to the far one", () => {
    for (const query of [{ from: at(0) }, { to: at(9) }, {}]) {
      const near = new ScriptedSource(SERIES);
      const far = new ScriptedSource(SERIES);
      inTurn(near, far).open({ series: SERIES, ...query }, new RecordingSink());
      expect([near.queries.length, far.queries]).toEqual([0, [{ series: SERIES, ...query }]]);
    }
  });

  it("ask nobody for an empty range beyond the near one", () => {
    const far = new ScriptedSource(SERIES);
    const near = new MemorySource(BarColumns.of(bars(0, 3)), { covers: "query", series: OTHER });
    const sink = new RecordingSink();
    inTurn(near, far).open({ series: SERIES, ...slots(2, 2) }, sink);
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(far.queries).toEqual([]);
  });
});

describe("a subscription to two sources in turn", () => {
  it("closes whichever speaks, and hears nothing more", () => {
    const first = twoSources();
    first.subscription.close();
    first.near.cover(at(0), at(10));
    first.near.end({ kind: "complete" });
    expect(first.sink.calls).toBe(0);
    const second = twoSources();
    second.near.end({ kind: "empty" });
    second.subscription.close();
    second.far.cover(at(0), at(10));
    second.far.status("live", "back");
    second.far.say(bars(0, 1));
    second.far.end({ kind: "complete" });
    expect(second.sink.calls).toBe(0);
  });

  it("can be closed or paused from any word", () => {
    for (const word of ["close", "pause"] as const) {
      for (let calls = 1; calls <= 7; calls += 1) {
        const { near, far, sink, subscription } = twoSources();
        sink.onCall = () => {
          if (sink.calls === calls) subscription[word]();
        };
        near.gap(slots(4, 5));
        near.gap(slots(5, 6));
        near.say(bars(5, 6));
        near.say(bars(4, 5));
        near.cover(at(4), at(6));
        near.end({ kind: "complete" });
        far.say(bars(0, 1));
        far.cover(at(0), at(4));
        far.end({ kind: "complete" });
        if (word === "close") {
          expect(sink.calls).toBe(calls);
          continue;
        }
        // The part of the near source is told as one; before it and behind it the pause holds.
        expect(sink.calls).toBe(calls <= 2 ? 2 : 7);
        subscription.resume();
        expect(opens(sink)).toEqual([0, 4, 5]);
        expect(far.queries.at(-1)).toMatchObject(slots(6, 10));
      }
    }
  });

  it("can be closed while its source is being opened", () => {
    const closed: string[] = [];
    const sink = new RecordingSink();
    const near = new ScriptedSource(SERIES, { onOpen: (source) => source.end({ kind: "empty" }) });
    const far: BarSource = {
      open: (_query, to) => {
        to.coverage(slots(0, 10));
        return { close: () => closed.push("far"), pause: () => {}, resume: () => {} };
      },
    };
    const slow = new MemorySource(BarColumns.of([]), { opensPaused: true });
    const subscription = inTurn(slow, inTurn(near, far)).open(QUERY, sink);
    sink.onCall = () => subscription.close();
    subscription.resume();
    expect([sink.calls, closed]).toEqual([1, ["far"]]);
  });

  it("passes a pause on, and holds back what follows although its source cannot wait", () => {
    const { near, far, sink, subscription } = twoSources();
    subscription.pause();
    near.say(bars(0, 4));
    near.cover(at(0), at(2));
    near.cover(at(2), at(4));
    expect(sink.calls).toBe(0);
    sink.onCall = () => {
      if (sink.calls === 1) subscription.pause();
    };
    subscription.resume();
    // It goes no further than the part in which it was paused.
    expect(opens(sink)).toEqual([0, 1]);
    near.end({ kind: "complete" });
    expect(far.queries).toEqual([]);
    sink.onCall = () => subscription.resume();
    subscription.resume();
    expect(opens(sink)).toEqual([0, 1, 2, 3]);
    expect(far.queries).toMatchObject([slots(4, 10)]);
  });

  it("holds back sources that can wait", () => {
    const source = inTurn(
      new MemorySource(BarColumns.of(bars(0, 4)), { batchSize: 1, opensPaused: true }),
      new MemorySource(BarColumns.of(bars(0, 10)), { batchSize: 1, covers: "query" }),
    );
    const sink = new RecordingSink();
    const subscription = source.open(QUERY, sink);
    sink.onCall = () => subscription.pause();
    for (let turns = 0; sink.outcomes.length === 0; turns += 1) {
      const before = sink.delivered.length;
      subscription.resume();
      expect(sink.delivered.length - before).toBeLessThanOrEqual(before < 4 ? 1 : 6);
      expect(turns).toBeLessThan(20);
    }
    expect(opens(sink)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("pauses the far source that is opened while it is held back", () => {
    const far = new ScriptedSource(SERIES);
    const heard: string[] = [];
    const paused: ScriptedSource = Object.assign(new ScriptedSource(SERIES), {
      open: (query: BarQuery, sink: RecordingSink) => {
        far.open(query, sink);
        subscription.pause();
        return {
          close: () => heard.push("close"),
          pause: () => heard.push("pause"),
          resume: () => heard.push("resume"),
        };
      },
    });
    const near = new ScriptedSource(SERIES);
    const subscription = inTurn(near, paused).open(QUERY, new RecordingSink());
    near.end({ kind: "empty" });
    subscription.resume();
    subscription.close();
    expect(heard).toEqual(["pause", "resume", "close"]);
  });
});
