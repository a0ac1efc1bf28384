import { describe, expect, it } from "vitest";
import type { Divergence } from "../../../core/engine/run-replay.ts";
import type { FeedWord } from "../../../core/feed/feed-word.ts";
import {
  isDecision,
  type JournalRecord,
  type RunDecision,
} from "../../../core/journal/journal-record.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { plain } from "../../support/market.ts";
import { bar, close, open, SERIES } from "../feed/seam/seam-fixture.ts";
import { busy, Desk15, fillOf, OutsideBroker } from "./journaled-fixture.ts";

type Commits = readonly (readonly JournalRecord[])[];

/** A life with everything in it that is written down, at a broker outside. */
function life(): Commits {
  const broker = new OutsideBroker();
  const desk = new Desk15({ broker });
  desk.journaled.start();
  for (let index = 0; index < 16; index += 1) {
    if (index === 14) {
      const range = { from: open(14), to: close(14) };
      const { source } = desk;
      desk.time.advanceTo(close(14));
      source.tell({ type: "gap", series: SERIES, range, outcome: "lost", reason: "gone" });
      source.cover(open(14), close(14));
      continue;
    }
    desk.say(index, index + 1);
    for (const order of broker.orders.splice(0)) {
      const { listener } = broker;
      const now = desk.time.now();
      if (order.id % 2 === 0) listener!.rejected(order, "too late", now);
      else listener!.filled(fillOf(order, now));
    }
    if (index !== 7) continue;
    const after = bar(7, { close: 107.5 });
    desk.source.tell({ type: "revision", series: SERIES, version: 2, before: bar(7), after });
  }
  desk.journaled.stop();
  return [...desk.journal.recorded("beginning").commits];
}

const LIFE = life();

function replayed(commits: Commits, isToEnd = false): Divergence | undefined {
  const again = new Desk15({ broker: new OutsideBroker() });
  return again.journaled.resume({ commits }, isToEnd).divergence;
}

/** The life with one commit otherwise. */
const withCommit = (place: number, records: readonly JournalRecord[]): Commits =>
  LIFE.with(place, records);

/** Every place of a record: of its commit, and within it. */
function places(is: (record: JournalRecord) => boolean): (readonly [number, number])[] {
  return LIFE.flatMap((records, commit) =>
    records.flatMap((record, place) => (is(record) ? [[commit, place] as const] : [])),
  );
}

/** A decision that says something else. */
function altered(decision: RunDecision): RunDecision {
  switch (decision.kind) {
    case "state":
      return { ...decision, change: { ...decision.change, reason: "otherwise" } };
    case "signal":
      return { ...decision, name: "otherwise" };
    case "order":
      return { ...decision, event: { ...decision.event, at: decision.event.at + 1 } };
    case "fill":
      return { ...decision, fill: { ...decision.fill, fee: decision.fill.fee + 1 } };
  }
}

const isStop = (record: JournalRecord): boolean =>
  record.kind === "state" && record.change.to === "STOPPED";
const isComparable = (record: JournalRecord): boolean => isDecision(record) && !isStop(record);

/** An input that says something else, where that makes a difference. */
function alteredInput(record: JournalRecord): JournalRecord | undefined {
  if (record.kind === "refused") return { ...record, reason: "otherwise" };
  if (record.kind === "filled") {
    return { ...record, fill: { ...record.fill, price: record.fill.price + 1 } };
  }
  if (record.kind !== "word") return undefined;
  const word = alteredWord(record.word);
  return word && { ...record, word };
}

function alteredWord(word: FeedWord): FeedWord | undefined {
  if (word.kind === "bars") {
    const bars = [...word.batch.bars].map(plain);
    const last = bars.at(-1)!;
    bars[bars.length - 1] = { ...last, volume: last.volume + 1 };
    return { ...word, batch: { ...word.batch, bars: BarColumns.of(bars) } };
  }
  if (word.kind !== "event") return undefined;
  const { event } = word;
  if (event.type === "revision") {
    return { ...word, event: { ...event, after: { ...event.after, close: 107.25 } } };
  }
  // Lost is lost, for whatever reason: but nothing else is.
  return event.type === "gap" ? { ...word, event: { ...event, outcome: "empty" } } : undefined;
}

// Goal: a journal plays again to what it says, and one in which anything that matters is otherwise
// does not, and says where.
describe("a journal that is played again", () => {
  it("says what it said, and has everything in it", () => {
    expect(replayed(LIFE)).toBeUndefined();
    expect(replayed(LIFE, true)).toBeUndefined();
    const kinds = new Set(LIFE.flat().map(({ kind }) => kind));
    for (const kind of ["begin", "calendar", "word", "filled", "refused", "stop"] as const) {
      expect(kinds).toContain(kind);
    }
    for (const kind of ["state", "signal", "order", "fill", "mark"] as const) {
      expect(kinds).toContain(kind);
    }
  });

  it("diverges at any decision that was altered", () => {
    const all = places(isComparable);
    expect(all.length).toBeGreaterThan(15);
    for (const [commit, place] of all) {
      const records = LIFE[commit]!;
      const other = altered(records[place] as RunDecision);
      const divergence = replayed(withCommit(commit, records.with(place, other)));
      expect(divergence).toMatchObject({ recorded: other, replayed: records[place] });
    }
  });

  it("diverges at any decision that was removed, doubled or exchanged", () => {
    for (const [commit, place] of places(isComparable)) {
      const records = LIFE[commit]!;
      expect(replayed(withCommit(commit, records.toSpliced(place, 1)))).toBeDefined();
      const doubled = records.toSpliced(place, 0, records[place]!);
      expect(replayed(withCommit(commit, doubled))).toBeDefined();
      const next = records[place + 1]!;
      if (!isComparable(next)) continue;
      const exchanged = records.with(place, next).with(place + 1, records[place]!);
      expect(replayed(withCommit(commit, exchanged))?.recorded).toEqual(next);
    }
  });

  it("diverges where any input was altered, and names the instant", () => {
    let tried = 0;
    for (const [commit, place] of places(({ kind }) => kind !== "mark")) {
      const records = LIFE[commit]!;
      const other = alteredInput(records[place]!);
      if (other === undefined) continue;
      tried += 1;
      const divergence = replayed(withCommit(commit, records.with(place, other)));
      expect(divergence).toBeDefined();
      if ("at" in other) expect(divergence!.at).toBeGreaterThanOrEqual(other.at);
    }
    expect(tried).toBeGreaterThan(18);
  });

  it("diverges where any input was left out or came twice", () => {
    const inputs = places(
      ({ kind }) => kind === "word" || kind === "filled" || kind === "refused" || kind === "begin",
    );
    for (const [commit, place] of inputs) {
      const records = LIFE[commit]!;
      const record = records[place]!;
      const isBars = record.kind === "word" && record.word.kind === "bars";
      // What only says that there is no more changes nothing by being said once, or twice.
      if (record.kind === "word" && !isBars) continue;
      expect(replayed(withCommit(commit, records.toSpliced(place, 1)))).toBeDefined();
      if (!isBars && record.kind !== "begin") continue;
      const doubled = records.toSpliced(place, 0, record);
      expect(replayed(withCommit(commit, doubled))).toBeDefined();
    }
  });

  it("diverges where a mark or a whole commit was altered, left out, doubled or exchanged", () => {
    for (let commit = 0; commit < LIFE.length - 1; commit += 1) {
      const records = LIFE[commit]!;
      const mark = { kind: "mark", seq: 0, digest: "0123456789abcdef" } as const;
      expect(replayed(withCommit(commit, records.with(-1, mark)))).toMatchObject({
        recorded: undefined,
        replayed: undefined,
      });
      const says = records.some((each) => isComparable(each) || each.kind === "filled");
      if (!says) continue;
      expect(replayed(LIFE.toSpliced(commit, 1))).toBeDefined();
      const next = LIFE[commit + 1]!;
      expect(replayed(LIFE.with(commit, next).with(commit + 1, records))).toBeDefined();
    }
  });

  it("names what was decided then and is not now, and the other way round", () => {
    const [commit, place] = places(({ kind }) => kind === "signal")[0]!;
    const records = LIFE[commit]!;
    const extra = { kind: "signal", at: 0, seq: 0, name: "never" } as const;
    const longer = records.toSpliced(-1, 0, extra);
    expect(replayed(withCommit(commit, longer))).toMatchObject({
      recorded: extra,
      replayed: undefined,
    });
    const shorter = records.filter((_record, at) => at !== place);
    expect(replayed(withCommit(commit, shorter))?.replayed).toMatchObject({ kind: "signal" });
  });

  it("diverges under another strategy, and names the bar", () => {
    const lazy = {
      ...busy(),
      setup: (declare: never) => ({ ...busy().setup(declare, {}), onBar() {} }),
    };
    const again = new Desk15({ strategy: lazy, broker: new OutsideBroker() });
    const { commits, divergence } = again.journaled.resume({ commits: LIFE });
    expect(commits).toBeLessThan(LIFE.length);
    expect(divergence!.recorded?.kind).toMatch(/signal|order/);
    expect(divergence!.seq).toBeGreaterThan(5);
  });

  it("passes over what was told of an order that is not open", () => {
    const refused = { kind: "refused", at: close(15), orderId: 99, reason: "?" } as const;
    const last = LIFE.length - 1;
    expect(replayed(withCommit(last, [refused, ...LIFE[last]!]))).toBeUndefined();
  });
});
