// Goal: a stored series speaks of what is known and of nothing else: its bars before what covers
// them, what is lost as lost, and an end that says whether that was all.
import { describe, expect, it } from "vitest";
import type { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import {
  StoredBarSource,
  type StoredBarSourceOptions,
} from "../../../../adapters/store/bars/stored-bar-source.ts";
import { ENTRY, entriesOf } from "../../../../adapters/store/keys.ts";
import type { BarQuery } from "../../../../core/feed/bar-source.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { RecordingSink } from "../../../contracts/recording-sink.ts";
import { generatedBars, newStore, plainBars, QUARTERS, storeBars } from "./store-fixture.ts";

const BARS = generatedBars(5_000, 3);
const at = (index: number): number => BARS.openTime[index]!;
const key = QUARTERS.key;
const FIRST = at(0);
const END = BARS.closeTime[4_999]!;

function heard(
  bars: BarStore,
  query: Partial<BarQuery> = {},
  options: StoredBarSourceOptions = {},
): RecordingSink {
  const sink = new RecordingSink();
  new StoredBarSource(bars, options).open({ series: QUARTERS, ...query }, sink);
  return sink;
}

/** A store of all bars, with a stretch that is lost and one of which nothing is known. */
function holedStore() {
  const world = newStore();
  storeBars(world, BARS);
  const lost = { from: at(1_000), to: at(1_010) };
  const unknown = { from: at(3_000), to: at(3_500) };
  world.store.write((writer) => {
    world.bars.forget(writer, key, lost);
    world.bars.forget(writer, key, unknown);
    const told = { source: "ib", receivedAt: 1, lost: [{ range: lost, reason: "no data" }] };
    world.bars.update(writer, key, told);
  });
  return { ...world, lost, unknown };
}

const notStored = (kind: "partial" | "failed", since: RegExp = /not all is stored from/) => ({
  kind,
  fault: { code: "not-stored", message: expect.stringMatching(since), retry: "never" },
});

describe("a stored source", () => {
  it("says all that is stored, with the origin it is told", () => {
    const world = newStore();
    storeBars(world, BARS);
    for (const origin of ["replay", "backfill"] as const) {
      const sink = heard(world.bars, {}, origin === "replay" ? {} : { origin });
      expect(sink.delivered).toEqual(plainBars(BARS));
      expect(new Set(sink.batches.map(({ batch }) => batch.origin))).toEqual(new Set([origin]));
      expect(sink.outcomes).toEqual([{ kind: "complete" }]);
      expect(sink.claims.at(-1)?.range.to).toBe(END);
    }
  });

  it("says what is lost as lost and covers it not, and leaves out what is not known", () => {
    const { bars, lost, unknown } = holedStore();
    const sink = heard(bars, {}, { batchSize: 700 });
    const isKnown = ({ openTime }: { openTime: number }) =>
      ![lost, unknown].some(({ from, to }) => openTime >= from && openTime < to);
    expect(sink.delivered).toEqual(plainBars(BARS).filter(isKnown));
    expect(sink.batches.every(({ batch }) => batch.bars.length <= 700)).toBe(true);
    expect(sink.events).toMatchObject([
      { type: "gap", outcome: "lost", range: lost, reason: "no data" },
    ]);
    const holes: TimeRange[] = [];
    let to = FIRST;
    for (const { range } of sink.claims) {
      if (range.from > to) holes.push({ from: to, to: range.from });
      to = range.to;
    }
    expect(holes).toEqual([lost, unknown]);
    expect(sink.outcomes).toEqual([notStored("partial")]);
  });

  it("is complete within what is known, and empty where that has no bars", () => {
    const { bars, lost } = holedStore();
    const within = heard(bars, { from: at(10) + 1, to: at(20) + 1 });
    expect(within.delivered).toEqual(plainBars(BARS).slice(11, 21));
    expect(within.claims.map(({ range }) => range)).toEqual([{ from: at(10) + 1, to: at(20) + 1 }]);
    expect(within.outcomes).toEqual([{ kind: "complete" }]);
    expect(heard(bars, { from: at(10) + 1, to: at(11) }).outcomes).toEqual([{ kind: "empty" }]);
    expect(heard(bars, { from: at(11), to: at(10) }).outcomes).toEqual([{ kind: "empty" }]);
    const cut = heard(bars, { from: lost.from + 1, to: lost.to - 1 });
    expect(cut.events).toMatchObject([{ range: { from: lost.from + 1, to: lost.to - 1 } }]);
    expect(cut.outcomes).toEqual([notStored("failed")]);
  });

  it("says where what it knows ends", () => {
    const { bars } = holedStore();
    for (const [query, outcome] of [
      [{ from: FIRST - 1, to: at(5) }, notStored("partial")],
      [{ from: at(4_000), to: END + 1 }, notStored("partial")],
      [{ from: at(4_000) }, { kind: "complete" }],
      [{ to: at(900) }, { kind: "complete" }],
      [{ from: END }, notStored("failed")],
      [{ to: FIRST }, notStored("failed")],
    ] as const) {
      expect(heard(bars, query).outcomes).toEqual([outcome]);
    }
  });

  it("knows nothing of a series without bars, or of another one", () => {
    const { bars } = newStore();
    const nothing = notStored("failed", /^nothing of .* is stored$/);
    expect(heard(bars).outcomes).toEqual([nothing]);
    expect(heard(bars, { from: 0 }).outcomes).toEqual([notStored("failed")]);
    expect(heard(bars, { from: 0, to: 1 }).outcomes).toEqual([notStored("failed")]);
    const other = { ...QUARTERS, key: "OTHER 15m trades regular" };
    expect(heard(bars, { series: other }).outcomes).toEqual([nothing]);
  });

  it("counts what is stored while it speaks", () => {
    const world = newStore();
    storeBars(world, BARS.slice(0, 3_000));
    const sink = new RecordingSink();
    sink.onCall = () => {
      if (sink.calls === 1) storeBars(world, BARS.slice(3_000, 5_000));
    };
    const source = new StoredBarSource(world.bars, { batchSize: 2_048 });
    source.open({ series: QUARTERS, from: FIRST, to: END }, sink);
    expect(sink.delivered).toEqual(plainBars(BARS));
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  it("goes no further than a batch when it is held back", () => {
    const world = newStore();
    storeBars(world, BARS);
    const sink = new RecordingSink();
    const source = new StoredBarSource(world.bars, { batchSize: 1_000, opensPaused: true });
    const stream = source.open({ series: QUARTERS }, sink);
    expect(sink.calls).toBe(0);
    sink.onCall = () => stream.pause();
    for (let told = 1; sink.outcomes.length === 0; told += 1) {
      stream.resume();
      expect(sink.batches).toHaveLength(told);
      expect(sink.batches.every(({ batch }) => batch.bars.length <= 1_000)).toBe(true);
    }
    expect(sink.delivered).toEqual(plainBars(BARS));
  });

  it("ends with damage as a fault", () => {
    const world = newStore();
    storeBars(world, BARS);
    world.store.write((writer) => {
      const [, second] = [...writer.range(entriesOf(ENTRY.block))];
      writer.remove(second!.key);
    });
    const sink = heard(world.bars, {}, { batchSize: 2_048 });
    expect(sink.delivered).toHaveLength(2_048);
    expect(sink.outcomes).toMatchObject([
      { kind: "partial", fault: { code: "damaged-store", retry: "never" } },
    ]);
    expect(sink.outcomes[0]).toMatchObject({
      fault: { message: expect.stringMatching(/TEST 15m .* block of 2015-.*are missing.*repair/) },
    });
  });

  it("refuses batches of nothing", () => {
    const { bars } = newStore();
    expect(() => new StoredBarSource(bars, { batchSize: 0 })).toThrow(/batchSize/);
  });
});
