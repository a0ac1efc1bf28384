import { describe, expect, it } from "vitest";
import { isWorthKeeping } from "../../../core/engine/worth-keeping.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import type { FeedWord } from "../../../core/feed/feed-word.ts";
import type { RunInput } from "../../../core/journal/journal-record.ts";
import { bar, batch, close, open, SERIES } from "../feed/seam/seam-fixture.ts";
import { Desk15, wholeLife } from "./journaled-fixture.ts";

const input = (word: FeedWord): RunInput => ({ kind: "word", at: 0, word });
const event = (of: Partial<FeedEvent>): RunInput =>
  input({ kind: "event", event: { series: SERIES, ...of } as FeedEvent });
const range = { from: open(1), to: close(1) };

// Goal: what a run could not hear of again is durable at once, and the rest waits for it, as each
// time costs milliseconds.
describe("an input by itself", () => {
  it.each([
    ["the beginning", { kind: "begin", at: 0 }],
    ["a stop", { kind: "stop", at: 0, reason: "" }],
    ["the end of the source", input({ kind: "end", outcome: { kind: "complete" } })],
    ["coverage that reaches further", input({ kind: "coverage", range })],
    ["a revision", event({ type: "revision", version: 2, before: null, after: bar(1) })],
    ["a loss", event({ type: "gap", range, outcome: "lost", reason: "" })],
    ["an empty slot", event({ type: "gap", range, outcome: "empty", reason: "" })],
    ["a repair", event({ type: "gap", range, outcome: "repaired", reason: "" })],
  ] as [string, RunInput][])("has to be kept: %s", (_what, of) => {
    expect(isWorthKeeping(of, close(0))).toBe(true);
  });

  it.each([
    ["coverage of what was kept", input({ kind: "coverage", range: { from: 0, to: close(0) } })],
    ["bars of which nothing came", input({ kind: "bars", batch: batch([bar(1)]) })],
    ["a suspicion", event({ type: "gap", range, outcome: "suspected", reason: "" })],
    ["progress", event({ type: "progress", bars: 1, expected: 2 })],
    ["a state", event({ type: "status", state: "live", reason: "" })],
  ] as [string, RunInput][])("can wait: %s", (_what, of) => {
    expect(isWorthKeeping(of, close(0))).toBe(false);
  });
});

describe("what a run hears", () => {
  it("is durable with the next thing that has to be, and in order", () => {
    const life = new Desk15();
    life.journaled.start();
    const { commits } = life.journal;
    const before = commits.length;
    life.time.advanceTo(close(0));
    life.source.tell({ type: "progress", series: SERIES, bars: 1, expected: 5 });
    // Larger bars may depend on what comes next: nothing came of it yet.
    life.source.say([bar(0)]);
    expect(commits).toHaveLength(before);
    life.source.cover(open(0), close(0));
    expect(commits).toHaveLength(before + 1);
    const words = life.journal.records.flatMap((record) =>
      record.kind === "word" ? [record.word.kind] : [],
    );
    expect(words).toEqual(["event", "bars", "coverage"]);
  });

  it("is as new after a restart as it was before", () => {
    const life = wholeLife({}, 1);
    const again = new Desk15({}, {}, close(15));
    again.journaled.resume(life.journal.recorded());
    again.journaled.start();
    again.source.cover(open(3), close(15));
    expect(again.journal.commits).toEqual([]);
  });
});
