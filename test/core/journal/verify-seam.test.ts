import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { knownCalendar } from "../../../core/journal/known-calendar.ts";
import { verifySeam } from "../../../core/journal/verify-seam.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { DAY_MS } from "../../../core/time/instant.ts";
import { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { UTC } from "../../../core/time/zone.ts";
import {
  bar,
  bars,
  close,
  GRID,
  instantHistory,
  open,
  SERIES,
  TellingSource,
} from "../feed/seam/seam-fixture.ts";
import { altered, EARLY, SeamTape, verdict, wholeTape } from "./seam-tape.ts";

type Said = Extract<JournalRecord, { kind: "word" }>;
type Heard = Extract<JournalRecord, { kind: "heard" }>;

const TAPES = [0, 700].map((delayMs) => ({ delayMs, records: wholeTape({ delayMs }).records }));

/** Places of the records of a kind. */
function placesOf<K extends JournalRecord["kind"]>(
  records: readonly JournalRecord[],
  kind: K,
  is: (record: Extract<JournalRecord, { kind: K }>) => boolean = () => true,
): number[] {
  return records.flatMap((record, place) =>
    record.kind === kind && is(record as Extract<JournalRecord, { kind: K }>) ? [place] : [],
  );
}

const isRevision = ({ word }: Said): boolean =>
  word.kind === "event" && word.event.type === "revision";
const hasBars = ({ word }: Heard): boolean =>
  word.kind === "bars" && word.batch.bars.volume[0] !== EARLY.volume;

// Goal: a seam that is played again says what it said; whatever was written down otherwise, or is
// not what follows from what it heard, is found where it is.
describe.each(TAPES)("a seam that is played again, answered after $delayMs ms", ({ records }) => {
  it("says what it said", () => {
    const { lives, heard, said, divergence } = verdict(records);
    expect(divergence).toBeUndefined();
    expect([lives, heard, said]).toEqual([
      1,
      placesOf(records, "heard").length,
      placesOf(records, "word").length,
    ]);
    expect(said).toBeGreaterThan(25);
  });

  it("does so up to wherever its life was cut short", () => {
    for (let length = 0; length <= records.length; length += 1) {
      expect(verdict(records.slice(0, length)).divergence).toBeUndefined();
    }
  });

  it("does so up to wherever the run behind it ended", () => {
    for (let words = 1; words <= placesOf(records, "word").length; words += 1) {
      const tape = wholeTape({ stopAfter: words });
      expect(verdict(tape.records)).toMatchObject({ divergence: undefined });
    }
  });

  it("diverges at any word that was altered", () => {
    for (const place of placesOf(records, "word")) {
      const record = altered(records[place]!) as Said;
      const { divergence } = verdict(records.with(place, record));
      expect(divergence).toMatchObject({ at: record.at, recorded: record.word });
      expect(divergence!.replayed).toBeDefined();
    }
  });

  it("diverges at any word that was removed", () => {
    const last = records.length - 1;
    for (const place of placesOf(records, "word")) {
      if (place === last) continue;
      const { divergence } = verdict(records.toSpliced(place, 1));
      const { at, word } = records[place] as Said;
      expect(divergence).toMatchObject({ at, replayed: word });
      // The last of what it said at a time is missed when something else comes in.
      const next = records[place + 1]!;
      if (next.kind !== "word") expect(divergence!.recorded).toBeUndefined();
    }
  });

  it("diverges at any word that was doubled", () => {
    for (const place of placesOf(records, "word")) {
      const { divergence } = verdict(records.toSpliced(place, 0, records[place]!));
      expect(divergence?.recorded).toEqual((records[place] as Said).word);
    }
  });

  it("diverges at any two words that were exchanged", () => {
    for (const place of placesOf(records, "word")) {
      const next = records[place + 1];
      if (next?.kind !== "word") continue;
      const exchanged = records.with(place, next).with(place + 1, records[place]!);
      expect(verdict(exchanged).divergence).toBeDefined();
    }
  });

  it("diverges after any bar that it heard otherwise, and not before", () => {
    const places = placesOf(records, "heard", hasBars);
    expect(places.length).toBeGreaterThan(10);
    for (const place of places) {
      const { at } = records[place] as Heard;
      const { divergence } = verdict(records.with(place, altered(records[place]!)));
      expect(divergence?.at).toBeGreaterThanOrEqual(at);
    }
  });

  it("does not where what it heard made no difference", () => {
    const early = placesOf(
      records,
      "heard",
      ({ word }) => word.kind === "bars" && word.batch.bars.volume[0] === EARLY.volume,
    );
    expect(early).toHaveLength(1);
    for (const place of early) {
      expect(verdict(records.with(place, altered(records[place]!))).divergence).toBeUndefined();
    }
  });

  it("diverges when what it needed to release a bar is left out", () => {
    for (const place of placesOf(records, "heard", hasBars)) {
      // A second look that brings nothing changes nothing.
      const follows = records[place + 1]!.kind === "word";
      if (follows) expect(verdict(records.toSpliced(place, 1)).divergence).toBeDefined();
    }
  });
});

describe("a seam of several lives that is played again", () => {
  it.each([
    [1, 0],
    [2, 1],
    [3, 2],
  ])("knows the %s bars in the second that the run said it had", (count, revisions) => {
    const tape = new SeamTape(open(2));
    const { time } = tape;
    const history = instantHistory(bars(0, 16));
    const live = new TellingSource(SERIES);
    const first = tape.open({ history, live }, { warmUpBars: 2 });
    time.advanceTo(close(2));
    live.final(bar(2));
    first.close();
    // What went out is otherwise by now; only of what the run still has that is a revision.
    const corrected = [bar(0, { close: 100.5 }), bar(1, { close: 101.5 }), ...bars(2, 16)];
    const origin = instantHistory(corrected);
    const secondLook = { afterMs: 1_000, reachMs: DAY_MS };
    const known = BarColumns.of(bars(3 - count, 3));
    tape.open({ history, origin, live, secondLook }, { known, from: close(2) });
    time.advanceTo(time.now() + 5_000);
    expect(placesOf(tape.records, "word", isRevision)).toHaveLength(revisions);
    expect(verdict(tape.records)).toMatchObject({ lives: 2, divergence: undefined });
    const opened = tape.records.findLastIndex(({ kind }) => kind === "opened");
    const more = { ...tape.records[opened]!, known: count - 1 } as JournalRecord;
    const { divergence } = verdict(tape.records.with(opened, more));
    if (revisions > 0) expect(divergence).toBeDefined();
  });

  it("knows a bar as it was corrected, and passes over what was never said", () => {
    const tape = new SeamTape(open(2));
    const { time } = tape;
    const live = new TellingSource(SERIES);
    const parts = { history: instantHistory(bars(0, 16)), live };
    const first = tape.open(parts, { warmUpBars: 2 });
    time.advanceTo(close(2));
    live.final(bar(2));
    live.final(bar(2, { close: 103.5 }), 2);
    first.close();
    const known = BarColumns.of([...bars(0, 2), bar(2, { close: 103.5 })]);
    tape.open(parts, { known, from: close(2), warmUpBars: 0 });
    live.final(bar(2, { close: 103.5 }), 2);
    live.final(bar(2, { close: 103.25 }), 3);
    const { said, divergence } = verdict(tape.records);
    expect(divergence).toBeUndefined();
    const revised = tape.records.flatMap((record) =>
      record.kind === "word" &&
      record.word.kind === "event" &&
      record.word.event.type === "revision"
        ? [record.word.event.after.close]
        : [],
    );
    expect(revised).toEqual([103.5, 103.25]);
    expect(said).toBe(placesOf(tape.records, "word").length);
  });

  it("ends where its query does", () => {
    const tape = new SeamTape(open(4));
    const live = new TellingSource(SERIES);
    const history = instantHistory(bars(0, 16));
    tape.open({ history, live }, { warmUpBars: 2, to: open(6) });
    for (const index of [4, 5, 6]) {
      tape.time.advanceTo(close(index));
      live.final(bar(index));
    }
    expect(tape.records.at(-1)).toMatchObject({ word: { kind: "end" } });
    expect(verdict(tape.records).divergence).toBeUndefined();
    const opened = { ...tape.records[0], to: open(7) } as JournalRecord;
    expect(verdict(tape.records.with(0, opened)).divergence).toBeDefined();
  });

  it("hears nothing of what its process had still to do when it died", () => {
    const tape = new SeamTape(open(2));
    tape.open({ live: new TellingSource(SERIES) }, { warmUpBars: 0 });
    const dead = tape.records.length;
    tape.open({ live: new TellingSource(SERIES) }, { warmUpBars: 0 });
    tape.time.advanceTo(close(3) + 60_000);
    // What the first did after its death was not written down.
    const second = new SeamTape(open(2));
    second.open({ live: new TellingSource(SERIES) }, { warmUpBars: 0 });
    second.time.advanceTo(close(3) + 60_000);
    const { lives, divergence } = verdict([...tape.records.slice(0, dead), ...second.records]);
    expect([lives, divergence]).toEqual([2, undefined]);
  });
});

describe("what a seam heard and cannot have heard", () => {
  it("leads to nothing: a timer that was due twice, or a source that it had closed", () => {
    const { records } = wholeTape();
    const silent = placesOf(records, "due").filter((place) => records[place + 1]!.kind === "due");
    expect(silent.length).toBeGreaterThan(1);
    for (const place of silent) {
      expect(verdict(records.toSpliced(place, 0, records[place]!)).divergence).toBeUndefined();
    }
    const last = records.findLast(({ kind }) => kind === "heard") as Heard;
    const late = { ...last, depth: 0, word: { kind: "coverage", range: { from: 0, to: 1 } } };
    const { heard, divergence } = verdict([...records, late as Heard]);
    expect([heard, divergence]).toEqual([placesOf(records, "heard").length + 1, undefined]);
  });
});

describe("a seam and its calendar", () => {
  it("is played on the sessions that were known then", () => {
    const { records } = wholeTape();
    const at = records[0]!.kind === "opened" ? records[0]!.at : 0;
    const known: JournalRecord = { kind: "calendar", at, known: knownCalendar(GRID.calendar, at) };
    const { name, firstDay, lastDay } = GRID.calendar;
    const ignorant = new TradingCalendar({
      name,
      zone: UTC,
      firstDay,
      lastDay,
      sessionOn: () => undefined,
    });
    const ground = { series: SERIES, alignment: GRID.alignment, calendar: ignorant };
    expect(verifySeam([known, ...records], ground).divergence).toBeUndefined();
    expect(verifySeam(records, ground).divergence).toBeDefined();
  });

  it("says nothing of words that came from no seam", () => {
    const { records } = wholeTape();
    const words = records.filter(({ kind }) => kind === "word" || kind === "due");
    expect(verdict(words)).toEqual({ lives: 0, heard: 0, said: 0, divergence: undefined });
  });
});
