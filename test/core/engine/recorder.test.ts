import { describe, expect, it } from "vitest";
import { Recorder, type RecorderOutput } from "../../../core/engine/recorder.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import type { RunObserver } from "../../../core/journal/run-observer.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { bar, SERIES } from "../feed/seam/seam-fixture.ts";

const ORDER = {
  id: 1,
  instrument: SERIES.instrument,
  side: "buy",
  quantity: 1,
  submittedAt: 0,
} as const;
const CHANGE = { at: 0, from: "READY", to: "SUSPENDED", reason: "", bars: 1, required: 1 } as const;
const FILL = { ...ORDER, orderId: 1, price: 1, fee: 0, at: 0 };

/** Everything that a run can show, once. */
const SHOWN: readonly (readonly [string, (to: RunObserver) => void])[] = [
  ["bar", (to) => to.bar(1, SERIES, bar(0), "live", 1)],
  ["indicator", (to) => to.indicator(1, "SMA(2)", 1)],
  ["state", (to) => to.state(CHANGE)],
  ["signal", (to) => to.signal(0, 1, "long")],
  ["order", (to) => to.order({ order: ORDER, status: "submitted", at: 0, reason: "" })],
  ["fill", (to) => to.fill(FILL)],
];

interface Bench {
  readonly recorder: Recorder;
  readonly commits: (readonly JournalRecord[])[];
  readonly failures: unknown[];
}

function bench(more: Partial<RecorderOutput> = {}): Bench {
  const recorder = new Recorder(new VirtualTime(100));
  const commits: (readonly JournalRecord[])[] = [];
  const failures: unknown[] = [];
  recorder.record({
    commit: (records) => commits.push(records),
    before: () => undefined,
    failed: (error) => failures.push(error),
    ...more,
  });
  return { recorder, commits, failures };
}

const stop = (at: number) => ({ kind: "stop", at, reason: "" }) as const;

// Goal: all that a run shows is in its digest, and all that it decides is on record, at one stroke
// with what it heard.
describe("a recorder", () => {
  it.each(SHOWN)("has every %s in its digest", (_what, show) => {
    const recorder = new Recorder(new VirtualTime(0));
    const before = recorder.digest.text;
    show(recorder.observer(undefined));
    expect(recorder.digest.text).not.toBe(before);
  });

  it("has neither the run itself nor words of its feed in it", () => {
    const recorder = new Recorder(new VirtualTime(0));
    const before = recorder.digest.text;
    const observer = recorder.observer(undefined);
    observer.run({ strategy: "a", parameters: {}, series: SERIES, warmUpBars: 1 });
    observer.feed({ type: "progress", series: SERIES, bars: 1, expected: 2 });
    expect(recorder.digest.text).toBe(before);
  });

  it("writes down what was heard, what followed of it, and a mark over all", () => {
    const { recorder, commits } = bench();
    const observer = recorder.observer(undefined);
    recorder.hear(stop, () => {
      for (const [, show] of SHOWN) show(observer);
    });
    expect(commits).toHaveLength(1);
    expect(commits[0]!.map(({ kind }) => kind)).toEqual([
      "stop",
      "state",
      "signal",
      "order",
      "fill",
      "mark",
    ]);
    expect(commits[0]!.at(-1)).toEqual({ kind: "mark", seq: 1, digest: recorder.digest.text });
  });

  it("puts in front what is to be written down before, each time that there is something", () => {
    let news = 2;
    const { recorder, commits } = bench({
      before: (at) => {
        news -= 1;
        return news < 0 ? undefined : { kind: "begin", at };
      },
    });
    recorder.note({ kind: "due", at: 100, timer: 1 });
    recorder.note({ kind: "due", at: 100, timer: 2 });
    recorder.note({ kind: "due", at: 100, timer: 3 });
    recorder.hear(stop, () => {});
    const kinds = commits.map((records) => records.map(({ kind }) => kind));
    expect(kinds).toEqual([["begin", "due", "begin", "due", "due", "stop", "mark"]]);
  });

  it("writes nothing down as long as it rehearses", () => {
    const recorder = new Recorder(new VirtualTime(0));
    recorder.note({ kind: "due", at: 0, timer: 1 });
    const said: string[] = [];
    const observer = recorder.observer({
      ...({} as RunObserver),
      signal: (_at, _seq, name) => void said.push(name),
    });
    const decisions = recorder.rehearse(stop(7), () => {
      expect(recorder.clock.now()).toBe(7);
      observer.signal(7, 1, "long");
    });
    expect(decisions).toEqual([{ kind: "signal", at: 7, seq: 1, name: "long" }]);
    expect(said).toEqual(["long"]);
    expect(recorder.rehearse(stop(8), () => {})).toEqual([]);
  });

  it("handles what it hears meanwhile afterwards, in order, each as one whole", () => {
    const { recorder, commits } = bench();
    const log: string[] = [];
    const hear = (name: string, inner: () => void = () => {}): void =>
      recorder.hear(
        (at) => ({ ...stop(at), reason: name }),
        () => {
          log.push(`${name} begins`);
          inner();
          log.push(`${name} ends`);
        },
      );
    hear("a", () => {
      hear("b", () => hear("d"));
      hear("c");
    });
    expect(log.filter((line) => line.endsWith("begins"))).toEqual([
      "a begins",
      "b begins",
      "c begins",
      "d begins",
    ]);
    expect(log.slice(0, 2)).toEqual(["a begins", "a ends"]);
    expect(commits).toHaveLength(4);
  });

  it("says nothing of what could not be written down when that was led to by what could", () => {
    const commits: unknown[] = [];
    const said: string[] = [];
    const { recorder, failures } = bench({
      commit: (records) => {
        if (commits.length > 0) throw new Error("no disk");
        commits.push(records);
      },
    });
    const observer = recorder.observer({
      ...({} as RunObserver),
      signal: (_at, _seq, name) => {
        said.push(name);
        if (name === "first") recorder.hear(stop, () => observer.signal(0, 2, "second"));
      },
    });
    recorder.hear(stop, () => observer.signal(0, 1, "first"));
    expect([said, failures.length]).toEqual([["first"], 1]);
  });

  it("is told once that something could not be written down, and says nothing more", () => {
    const error = new Error("no disk");
    const { recorder, failures } = bench({
      commit: () => {
        throw error;
      },
    });
    const said: string[] = [];
    const observer = recorder.observer({
      ...({} as RunObserver),
      signal: (_at, _seq, name) => void said.push(name),
    });
    recorder.hear(stop, () => observer.signal(0, 1, "long"));
    expect([failures, said]).toEqual([[error], []]);
  });
});
