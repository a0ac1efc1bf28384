import { beforeEach, describe, expect, it } from "vitest";
import type { BarSink, BarSource, FeedFault } from "../../../../core/feed/bar-source.ts";
import {
  type FetchOptions,
  fetchOptions,
  RangeFetch,
} from "../../../../core/feed/seam/range-fetch.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import type { ScriptedSource, ScriptOptions } from "../../../support/scripted-source.ts";
import {
  bar,
  bars,
  batch,
  close,
  fault,
  GRID,
  instantHistory,
  open,
  SERIES,
  span,
  TellingSource,
} from "./seam-fixture.ts";

const START = close(7);
const COMPLETE = { kind: "complete" } as const;

let time: VirtualTime;
let heard: string[];
let done: { missing: readonly TimeRange[]; fault: FeedFault | undefined }[];

beforeEach(() => {
  time = new VirtualTime(START);
  heard = [];
  done = [];
});

function fetching(
  range: TimeRange,
  script: ScriptOptions = {},
  options: Partial<FetchOptions> = {},
): { fetch: RangeFetch; history: TellingSource } {
  const history = new TellingSource(SERIES, script);
  const fetch = new RangeFetch(range, SERIES, GRID, history, time, fetchOptions(options), {
    bars: (batch) => heard.push(`bars ${[...batch.bars].map((each) => each.close).join(" ")}`),
    coverage: ({ from, to }) => heard.push(`covered ${from}-${to}`),
    event: (event) => heard.push(event.type),
    done: (missing, last) => done.push({ missing, fault: last }),
  });
  fetch.start();
  return { fetch, history };
}

const covered = ({ from, to }: TimeRange): string => `covered ${from}-${to}`;
const asked = (history: ScriptedSource): TimeRange[] =>
  history.queries.map(({ from, to }) => ({ from: from!, to: to! }));

// Goal: what history has of a range comes, confirmed, and what it has not is named with the reason.
describe("RangeFetch", () => {
  it("asks for the range, passes on what is confirmed and is done", () => {
    const { history } = fetching(span(0, 4));
    expect(asked(history)).toEqual([span(0, 4)]);
    history.say(bars(0, 4));
    expect(heard).toEqual([]);
    history.cover(open(0), close(3));
    expect(heard).toEqual(["bars 101 102 103 104", covered(span(0, 4))]);
    history.end(COMPLETE);
    expect(done).toEqual([{ missing: [], fault: undefined }]);
    expect(time.nextAt).toBeUndefined();
  });

  it("takes pages from the newest to the oldest, each when it is covered", () => {
    const { history } = fetching(span(0, 4));
    history.say(bars(2, 4));
    history.cover(open(2), close(3));
    history.say(bars(0, 2));
    history.cover(open(0), open(2));
    history.end(COMPLETE);
    expect(heard.filter((line) => line.startsWith("bars"))).toEqual([
      "bars 103 104",
      "bars 101 102",
    ]);
    expect(done).toHaveLength(1);
  });

  it("keeps back the part of a batch that is not covered, and drops it when it never is", () => {
    const { history } = fetching(span(0, 4));
    history.say(bars(0, 4));
    history.cover(open(2), close(3));
    history.end({ kind: "partial", fault: fault("never") });
    expect(heard).toEqual(["bars 103 104", covered({ from: open(2), to: close(3) })]);
    expect(done).toEqual([{ missing: [{ from: open(0), to: open(2) }], fault: fault("never") }]);
  });

  it("passes a batch on in parts as they are covered", () => {
    const { history } = fetching(span(0, 4));
    history.say(bars(0, 4));
    history.cover(open(1), open(2));
    history.cover(open(3), close(3));
    history.cover(open(0), close(3));
    expect(heard.filter((line) => line.startsWith("bars"))).toEqual([
      "bars 102",
      "bars 104",
      "bars 101 103",
    ]);
  });

  it("claims no coverage beyond what it asked for: bars that lie there are not passed on", () => {
    const { history } = fetching(span(2, 3));
    history.say(bars(1, 5));
    history.cover(open(1), close(4));
    expect(heard).toEqual(["bars 103", covered(span(2, 3))]);
  });

  it("asks for a slot in whole again when coverage ended within it", () => {
    const { history } = fetching(span(2, 4), {}, { retryMs: 0 });
    history.say([bar(2)]);
    history.cover(open(2), open(3) + 60_000);
    history.end({ kind: "partial", fault: fault("soon") });
    time.step();
    expect(asked(history)[1]).toEqual(span(3, 4));
  });

  it("is done at once with a history that answers at once", () => {
    const calls: string[] = [];
    new RangeFetch(span(0, 2), SERIES, GRID, instantHistory(bars(0, 9)), time, fetchOptions(), {
      bars: ({ bars: { length } }) => calls.push(`bars ${length}`),
      coverage: () => calls.push("covered"),
      event: () => {},
      done: (missing) => calls.push(`done ${missing.length}`),
    }).start();
    expect(calls).toEqual(["bars 2", "covered", "done 0"]);
    expect(time.nextAt).toBeUndefined();
  });

  it("hears rejections of history and nothing else that happens to it", () => {
    const { history, fetch } = fetching(span(0, 2));
    const rejection = { type: "rejection", series: SERIES, bar: bar(0), reason: "" } as const;
    history.status("interrupted", "test");
    expect(heard).toEqual([]);
    history.tell({ ...rejection, fault: "off-grid" });
    fetch.close();
    history.tell({ ...rejection, fault: "off-grid" });
    expect(heard).toEqual(["rejection"]);
  });
});

// Goal: it does not let go, with growing pauses and a last try; time alone does not count.
describe("RangeFetch: trying again", () => {
  it("asks again after growing pauses, and gives up after as many tries as it may", () => {
    const onOpen = (source: ScriptedSource): void => {
      at.push(time.now() - START);
      time.schedule(time.now(), () => source.end({ kind: "failed", fault: fault("soon") }));
    };
    const at: number[] = [];
    fetching(span(0, 2), { onOpen }, { attempts: 5, retryMs: 100, longestRetryMs: 300 });
    time.advanceTo(START + 60_000);
    expect(at).toEqual([0, 100, 300, 600, 900]);
    expect(done).toEqual([{ missing: [span(0, 2)], fault: fault("soon") }]);
  });

  it("waits for as long as it takes where only time can help", () => {
    const onOpen = (source: ScriptedSource): void => {
      time.schedule(time.now(), () => source.end({ kind: "failed", fault: fault("later") }));
    };
    const { history, fetch } = fetching(span(0, 2), { onOpen }, { attempts: 1 });
    time.advanceTo(START + 86_400_000);
    expect(history.queries.length).toBeGreaterThan(1_000);
    expect(done).toEqual([]);
    fetch.close();
    time.advanceTo(START + 2 * 86_400_000);
    expect(time.nextAt).toBeUndefined();
  });

  it("gives up at once where nothing can help", () => {
    const { history } = fetching(span(0, 2));
    history.end({ kind: "failed", fault: fault("never") });
    expect(done).toEqual([{ missing: [span(0, 2)], fault: fault("never") }]);
  });

  it("asks anew after silence, and does not listen to what the silent request says later", () => {
    const { history } = fetching(span(0, 2), {}, { silenceMs: 5_000, retryMs: 100 });
    time.advanceTo(START + 4_000);
    history.say([bar(1)]);
    time.advanceTo(START + 8_999);
    expect(history.queries).toHaveLength(1);
    time.advanceTo(START + 9_100);
    expect(history.queries).toHaveLength(2);
    time.advanceTo(START + 14_300);
    expect(history.queries).toHaveLength(3);
  });

  it("asks only for what is still missing, hole by hole", () => {
    const { history } = fetching(span(0, 4), {}, { retryMs: 100 });
    history.cover(open(1), open(2));
    history.end({ kind: "partial", fault: fault("soon") });
    time.advanceTo(START + 100);
    history.cover(open(0), open(1));
    history.end(COMPLETE);
    history.cover(open(2), close(3));
    history.end({ kind: "empty" });
    expect(asked(history)).toEqual([
      span(0, 4),
      { from: open(0), to: open(1) },
      { from: open(2), to: close(3) },
    ]);
    expect(done).toEqual([{ missing: [], fault: undefined }]);
  });

  it("does not believe that it is all when it is not covered", () => {
    const { history } = fetching(span(0, 2), {}, { attempts: 2, retryMs: 10 });
    history.end({ kind: "empty" });
    time.advanceTo(START + 10);
    history.say(bars(0, 2));
    history.end(COMPLETE);
    expect(done.map((each) => [each.missing, each.fault?.code])).toEqual([
      [[span(0, 2)], "incomplete"],
    ]);
  });

  it("does not count a try that got further against the range", () => {
    const onOpen = (source: ScriptedSource, query: { to?: number }): void => {
      time.schedule(time.now(), () => {
        const last = [...bars(0, 8)].reverse().find(({ openTime }) => openTime < query.to!)!;
        source.say([last]);
        source.cover(last.openTime, query.to!);
        if (last.openTime === open(0)) source.end(COMPLETE);
        else source.end({ kind: "partial", fault: fault("soon") });
      });
    };
    fetching(span(0, 8), { onOpen }, { attempts: 3, retryMs: 10 });
    time.advanceTo(START + 60_000);
    expect(done).toEqual([{ missing: [], fault: undefined }]);
  });

  it("closes the request it gave up, and every word of it is for nobody", () => {
    const { history, fetch } = fetching(span(0, 2));
    fetch.close();
    history.say(bars(0, 2));
    history.cover(open(0), close(1));
    history.end(COMPLETE);
    expect([heard, done, time.nextAt]).toEqual([[], [], undefined]);
  });
});

// Goal: options that make no sense are refused by name.
describe("fetchOptions", () => {
  it("has the documented defaults", () => {
    expect(fetchOptions()).toEqual({
      silenceMs: 60_000,
      attempts: 8,
      retryMs: 1_000,
      longestRetryMs: 60_000,
    });
  });

  it.each([
    [{ silenceMs: 0 }, "silenceMs is 0"],
    [{ attempts: 0 }, "attempts is 0"],
    [{ retryMs: -1 }, "retryMs is -1"],
    [{ retryMs: 10, longestRetryMs: 9 }, "longestRetryMs is 9; give a whole number of at least 10"],
  ] as [Partial<FetchOptions>, string][])("refuses %j", (options, message) => {
    expect(() => fetchOptions(options)).toThrow(message);
  });
});

// Goal: a source that goes on to speak after its request was closed changes nothing.
describe("RangeFetch: a source that does not let go", () => {
  /** Keeps the listener of every request, whatever became of it. */
  function stubborn(): { fetch: RangeFetch; sinks: BarSink[] } {
    const sinks: BarSink[] = [];
    const history: BarSource = {
      open(_query, sink) {
        sinks.push(sink);
        return { close() {}, pause() {}, resume() {} };
      },
    };
    const fetch = new RangeFetch(span(0, 2), SERIES, GRID, history, time, fetchOptions(), {
      bars: () => heard.push("bars"),
      coverage: () => heard.push("coverage"),
      event: () => heard.push("event"),
      done: (missing, last) => done.push({ missing, fault: last }),
    });
    fetch.start();
    return { fetch, sinks };
  }

  function speak(sink: BarSink): void {
    sink.bars(batch(bars(0, 2)));
    sink.coverage(span(0, 2));
    sink.event({
      type: "rejection",
      series: SERIES,
      bar: bar(0),
      fault: "off-grid",
      reason: "test",
    });
    sink.end(COMPLETE);
  }

  it("is not heard of a request that did not answer in time, not even after the next", () => {
    const { sinks } = stubborn();
    while (sinks.length < 2) time.step();
    speak(sinks[0]!);
    expect([heard, done]).toEqual([[], []]);
    sinks[1]!.bars(batch(bars(0, 1)));
    sinks[0]!.coverage(span(0, 2));
    expect(heard).toEqual([]);
    speak(sinks[1]!);
    expect(heard).toEqual(["bars", "bars", "coverage", "event"]);
    expect(done).toEqual([{ missing: [], fault: undefined }]);
  });

  it("is not heard once the fetch was closed", () => {
    const { fetch, sinks } = stubborn();
    fetch.close();
    speak(sinks[0]!);
    expect([heard, done, time.nextAt]).toEqual([[], [], undefined]);
  });

  it("is named as silent, for how long, when it never answers", () => {
    stubborn();
    while (time.step());
    const { silenceMs } = fetchOptions();
    expect(done).toEqual([
      {
        missing: [span(0, 2)],
        fault: {
          code: "timeout",
          message: `history did not answer for ${silenceMs} ms`,
          retry: "soon",
        },
      },
    ]);
  });
});
