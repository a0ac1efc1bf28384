import { beforeEach, describe, expect, it } from "vitest";
import { StoredWords } from "../../../../adapters/store/journal/stored-words.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import type { FeedWord } from "../../../../core/feed/feed-word.ts";
import type { JournalRecord } from "../../../../core/journal/journal-record.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import {
  bar,
  bars,
  batch,
  close,
  open,
  SERIES,
  span,
} from "../../../core/feed/seam/seam-fixture.ts";
import { plainBars } from "../bars/store-fixture.ts";

let words: StoredWords;

beforeEach(() => {
  words = new StoredWords();
});

const said = (word: FeedWord, at = 1): JournalRecord => ({ kind: "word", at, word });
const event = (of: Partial<FeedEvent>): JournalRecord =>
  said({ kind: "event", event: { series: SERIES, reason: "why", ...of } as FeedEvent });
const covered = (range: TimeRange): JournalRecord => said({ kind: "coverage", range });
const lost = (range: TimeRange): JournalRecord => event({ type: "gap", range, outcome: "lost" });

// Goal: what a bar store knows is what the words of a run say, no more and no less.
describe("what the words of a run say of bars", () => {
  it.each([
    ["backfill", "history"],
    ["repair", "history"],
    ["live", "live"],
    ["replay", "replay"],
  ] as const)(
    "is bars of a %s as those of %s, and that their slots are whole",
    (origin, source) => {
      const some = [bar(0), bar(1), bar(3), bar(4)];
      const updates = words.updates([said({ kind: "bars", batch: batch(some, { origin }) }, 7)]);
      expect(updates).toHaveLength(1);
      const [update] = updates;
      expect(plainBars(update!.bars!)).toEqual(some);
      expect(update).toMatchObject({
        source,
        receivedAt: 7,
        // Two in a row, and two with a lunch break between them.
        covered: [span(0, 2), span(3, 4), span(4, 5)],
      });
    },
  );

  it("is a revision as one bar with its version", () => {
    const after = bar(2, { close: 103.5 });
    const [update] = words.updates([
      event({ type: "revision", version: 3, before: bar(2), after }),
    ]);
    expect(plainBars(update!.bars!)).toEqual([after]);
    expect(update).toMatchObject({ source: "history", version: 3, covered: [span(2, 3)] });
  });

  it("is coverage, and a loss with its reason", () => {
    expect(words.updates([covered(span(0, 3)), lost(span(3, 4))])).toEqual([
      { source: "history", receivedAt: 1, covered: [span(0, 3)] },
      { source: "history", receivedAt: 1, lost: [{ range: span(3, 4), reason: "why" }] },
    ]);
  });

  it("is no coverage of what was lost before it, whenever that comes", () => {
    words.updates([lost(span(2, 3))]);
    expect(words.updates([covered(span(0, 2))])[0]!.covered).toEqual([span(0, 2)]);
    expect(words.updates([covered(span(2, 3))])[0]!.covered).toEqual([]);
    words.updates([lost(span(5, 6))]);
    // Passed over in the middle.
    expect(words.updates([covered({ from: open(4), to: close(7) })])[0]!.covered).toEqual([
      span(4, 5),
      { from: open(6), to: close(7) },
    ]);
    // That is over: who covers it later knows more.
    expect(words.updates([covered(span(5, 6))])[0]!.covered).toEqual([span(5, 6)]);
  });

  it("is nothing else", () => {
    const others: JournalRecord[] = [
      { kind: "begin", at: 1 },
      { kind: "signal", at: 1, seq: 1, name: "long" },
      said({ kind: "end", outcome: { kind: "complete" } }),
      event({ type: "status", state: "live" }),
      event({ type: "gap", range: span(0, 1), outcome: "empty" }),
      event({ type: "gap", range: span(0, 1), outcome: "suspected" }),
      event({ type: "progress", bars: 1, expected: 2 }),
      {
        kind: "heard",
        at: 1,
        stream: 1,
        sources: 1,
        depth: 0,
        word: { kind: "bars", batch: batch(bars(0, 1)) },
      },
    ];
    expect(words.updates(others)).toEqual([]);
  });
});
