// Goal: whatever is altered, missing or exchanged in a store is noticed, is never passed over, and
// can be put right; and a process that dies anywhere has lost nothing.
import { describe, expect, it } from "vitest";
import { BLOCK_BARS } from "../../../../adapters/store/bars/bar-block.ts";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import { ProvenanceColumns } from "../../../../adapters/store/bars/block/provenance-columns.ts";
import { BlockEditor } from "../../../../adapters/store/bars/block-editor.ts";
import { BlockMemory } from "../../../../adapters/store/bars/block-memory.ts";
import {
  encodeIndex,
  indexKey,
  SeriesIndex,
} from "../../../../adapters/store/bars/series-index.ts";
import { StoredBlocks } from "../../../../adapters/store/bars/stored-blocks.ts";
import { ENTRY, type EntryKind, entriesOf, entryKey } from "../../../../adapters/store/keys.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { BarlineError } from "../../../../core/time/failure.ts";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import { type DiskFault, SimDisk } from "../../../../sim/disk/index.ts";
import {
  ALWAYS_OPEN,
  generatedBars,
  newStore,
  plainBars,
  QUARTERS,
  storeBars,
} from "./store-fixture.ts";

const key = QUARTERS.key;
const damage = expect.objectContaining({
  code: "damaged-store",
  cure: expect.stringContaining("barline bars verify"),
});
const told = { source: "ib", receivedAt: 7 };

/** What an attempt gives, or the error of the world. */
function attempt<T>(work: () => T): T | BarlineError {
  try {
    return work();
  } catch (error) {
    if (error instanceof BarlineError) return error;
    throw error;
  }
}

describe("a store of which one bit was turned", () => {
  it("says what it said before, or that it is damaged, and says so somewhere", () => {
    const other = series(instrument("OTHER"), barSize("15m"));
    const build = (): SimDisk => {
      const disk = new SimDisk();
      const store = disk.open();
      const bars = new BarStore(store);
      for (const of of [QUARTERS, other]) {
        store.write((writer) => bars.declare(writer, { series: of, calendar: ALWAYS_OPEN }));
        storeBars({ store, bars }, generatedBars(6, of.key.length), of);
        const last = bars.find(of.key)!.last! + 15 * MINUTE_MS;
        const lost = [{ range: { from: last, to: last + 1 }, reason: "no data" }];
        store.write((writer) => bars.update(writer, of.key, { ...told, lost }));
      }
      store.close();
      return disk;
    };
    const look = (of: SimDisk) => {
      const store = of.open("read");
      const answers: unknown[] = [];
      const bars = attempt(() => new BarStore(store));
      if (bars instanceof BarlineError) return [bars];
      answers.push(attempt(() => bars.list()));
      for (const { key: name } of [QUARTERS, other]) {
        answers.push(attempt(() => plainBars(bars.read(name))));
        answers.push(attempt(() => bars.coverage(name)));
        answers.push(attempt(() => bars.provenance(name, bars.read(name).openTime[3]!)));
        answers.push(attempt(() => bars.verify(name)));
      }
      store.close();
      return answers;
    };
    const disk = build();
    const sound = look(disk);
    expect(sound.some((answer) => answer instanceof BarlineError)).toBe(false);
    const isVerify = (index: number) => index > 0 && index % 4 === 0;
    const { bits } = disk;
    for (let bit = 0; bit < bits; bit += 3) {
      disk.flipBit(bit);
      const answers = look(disk);
      disk.flipBit(bit);
      let isNoticed = false;
      answers.forEach((answer, index) => {
        if (answer instanceof BarlineError) {
          isNoticed = true;
          // A name that was altered is the name of a series that is not there.
          expect(["damaged-store", "newer-store"], `bit ${bit}`).toContain(answer.code);
        } else if (isVerify(index)) isNoticed ||= (answer as unknown[]).length > 0;
        else expect(answer, `bit ${bit}`).toEqual(sound[index]);
      });
      expect(isNoticed, `bit ${bit}`).toBe(true);
    }
  });
});

const keysOf = (store: OrderedStore, kind: EntryKind): Uint8Array[] =>
  store.read((reader) => [...reader.range(entriesOf(kind))].map((entry) => entry.key.slice()));

function alter(store: OrderedStore, at: Uint8Array, byte = 20): void {
  store.write((writer) => {
    const value = writer.get(at)!.slice();
    value[byte]! ^= 0x10;
    writer.put(at, value);
  });
}

const BARS = generatedBars(3 * BLOCK_BARS, 5);

function stored() {
  const world = newStore();
  storeBars(world, BARS);
  return world;
}

/** Puts bars into a store past everything that would refuse them. */
function forge(store: OrderedStore, wrong: readonly Bar[]): void {
  const number = 1;
  store.write((writer) => {
    const index = new SeriesIndex();
    const blocks = new StoredBlocks(writer, key, number, index);
    const provenance = ProvenanceColumns.same(wrong.length, { ...told, version: 1 });
    new BlockEditor(writer, blocks, new BlockMemory()).put({
      bars: BarColumns.of(wrong),
      provenance,
    });
    writer.put(indexKey(number), encodeIndex(indexKey(number), index));
  });
}

describe("what is wrong with a series", () => {
  it("is nothing where it is sound, and every block is looked at", () => {
    const { bars } = stored();
    const progress: string[] = [];
    expect(bars.verify(key, (done, of) => progress.push(`${done}/${of}`))).toEqual([]);
    expect(progress).toEqual(["1/3", "2/3", "3/3"]);
  });

  it("is a block that was altered, lost or exchanged; it is forgotten and the rest stays", () => {
    const world = stored();
    const { store, bars } = world;
    const twin = series(instrument("TWIN"), barSize("15m"));
    store.write((writer) => bars.declare(writer, { series: twin, calendar: ALWAYS_OPEN }));
    storeBars(world, BARS, twin);
    const [first, second, third, twins] = keysOf(store, ENTRY.block);
    alter(store, first!);
    store.write((writer) => {
      writer.remove(second!);
      writer.put(third!, writer.get(twins!)!);
    });
    const findings = bars.verify(key);
    expect(findings.map(({ kind }) => kind)).toEqual(Array(3).fill("damaged-block"));
    expect(findings.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/^TEST 15m .*block of 2015-01-05T00:00:00.000Z: .*checksum is wrong; /),
      expect.stringMatching(/its 2048 bars are missing; /),
      expect.stringMatching(/it is another block than the index of the series names; /),
    ]);
    expect(() => bars.read(key)).toThrow(damage);
    expect(() => [...bars.batches(key)]).toThrow(damage);
    expect(() => bars.provenance(key, BARS.openTime[0]!)).toThrow(damage);
    const { complete } = bars.coverage(key);
    // What is cut through by a range has to be read, and cannot be.
    const cut = { from: BARS.openTime[10]!, to: BARS.openTime[20]! };
    expect(() => store.write((writer) => bars.forget(writer, key, cut))).toThrow(damage);
    for (const [index, { range }] of findings.entries()) {
      store.write((writer) => bars.forget(writer, key, range!));
      const left = bars.verify(key).map(({ kind }) => kind);
      expect(left).toEqual(Array(2 - index).fill("damaged-block"));
    }
    // Of what was forgotten nothing is known but the quiet slots between the blocks.
    const forgotten = { from: findings[0]!.range!.from, to: complete[0]!.to };
    expect(bars.find(key)?.count).toBe(0);
    expect(bars.coverage(key).complete.every(({ from }) => from > forgotten.from)).toBe(true);
    storeBars(world, BARS);
    expect(bars.verify(key)).toEqual([]);
    expect(plainBars(bars.read(key))).toEqual(plainBars(BARS));
    expect(bars.verify(twin.key)).toEqual([]);
  });

  it("is a description or an index that is damaged or missing: it can be removed", () => {
    for (const part of [0, 1]) {
      for (const isMissing of [false, true]) {
        const { store, bars } = stored();
        const at = keysOf(store, ENTRY.series)[part]!;
        if (isMissing) store.write((writer) => writer.remove(at));
        else alter(store, at);
        const [finding, ...others] = bars.verify(key);
        expect(finding).toMatchObject({ kind: "damaged-series", range: undefined });
        expect(others).toEqual([]);
        expect(() => bars.find(key)).toThrow(damage);
        expect(() => bars.list()).toThrow(damage);
        expect(() => store.write((writer) => bars.update(writer, key, told))).toThrow(damage);
        store.write((writer) => bars.remove(writer, key));
        expect(bars.list()).toEqual([]);
      }
    }
  });

  it("is a block that no index knows", () => {
    const { store, bars } = stored();
    const [first] = keysOf(store, ENTRY.block);
    const stray = entryKey(ENTRY.block, 1, 2 ** 52);
    store.write((writer) => writer.put(stray, writer.get(first!)!));
    const [finding, ...others] = bars.verify(key);
    expect(finding).toMatchObject({ kind: "stray-block", range: { from: 0, to: 1 } });
    expect(others).toEqual([]);
    store.write((writer) => bars.forget(writer, key, finding!.range!));
    expect(bars.verify(key)).toEqual([]);
    expect(bars.find(key)?.count).toBe(BARS.length);
  });

  it("is a list or a root that is missing while there are series", () => {
    for (const at of [entryKey(ENTRY.root), entryKey(ENTRY.root, ENTRY.series)]) {
      const { store } = stored();
      store.write((writer) => writer.remove(at));
      expect(() => new BarStore(store).list()).toThrow(damage);
    }
  });

  it("is a bar that is impossible, out of order, off its grid, or said to be lost", () => {
    const { store, bars } = newStore();
    const [bar] = plainBars(generatedBars(1));
    const later = (slots: number): Bar => ({
      ...bar!,
      openTime: bar!.openTime + slots * 15 * MINUTE_MS,
      closeTime: bar!.closeTime + slots * 15 * MINUTE_MS,
    });
    const wrong = [
      later(0),
      { ...later(2), low: bar!.high + 1 },
      { ...later(3), closeTime: later(3).closeTime - 1 },
      { ...later(4), openTime: later(4).openTime + 1 },
      { ...later(5), openTime: later(5).openTime + 1 },
      later(1),
      later(7),
    ];
    forge(store, wrong);
    const lost = [{ range: { from: later(7).openTime, to: later(8).openTime }, reason: "?" }];
    store.write((writer) => bars.update(writer, key, { ...told, lost }));
    const findings = bars.verify(key);
    const opens = (slots: number, ms = 0) => later(slots).openTime + ms;
    expect(findings.map(({ kind, range }) => ({ kind, range }))).toEqual([
      { kind: "unordered", range: { from: opens(1), to: opens(1, 1) } },
      { kind: "impossible-bar", range: { from: opens(2), to: opens(2, 1) } },
      { kind: "off-grid", range: { from: opens(3), to: opens(5, 2) } },
      { kind: "contradiction", range: { from: opens(7), to: opens(7, 1) } },
    ]);
    expect(findings.map(({ problem }) => problem)).toEqual([
      "the bar of 2015-01-05T00:15:00.000Z: it does not open after the one before it",
      "the bar of 2015-01-05T00:30:00.000Z: its high is below its low",
      "the bar of 2015-01-05T00:45:00.000Z: it closes at another time; and 2 more within its block",
      "the bar of 2015-01-05T01:45:00.000Z: it is said to be lost",
    ]);
  });

  it("is not a bar on a day that its calendar does not know", () => {
    const store = new SimDisk().open();
    const bars = new BarStore(store);
    const segment = { from: 0, to: 60 * MINUTE_MS };
    const sessions = [{ day: 0, segments: [segment] }];
    const calendar = { name: "DAY", zone: "UTC", alignment: "session", sessions } as const;
    store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar }));
    const known = BarColumns.of([]);
    const columns = generatedBars(1).at(0);
    for (const openTime of [0, 75 * MINUTE_MS, columns.openTime]) {
      const closeTime = openTime + 15 * MINUTE_MS;
      known.push({ ...plainBars([columns])[0]!, openTime, closeTime });
    }
    store.write((writer) => bars.update(writer, key, { ...told, bars: known }));
    expect(bars.verify(key)).toEqual([
      {
        kind: "off-grid",
        problem: "the bar of 1970-01-01T01:15:00.000Z: no bar of DAY opens then",
        range: { from: 75 * MINUTE_MS, to: 75 * MINUTE_MS + 1 },
      },
    ]);
  });
});

/** Small blocks of a series, as a history leaves them that came in pages from the newest on. */
function fragmented(faults: readonly DiskFault[] = []): SimDisk {
  const disk = new SimDisk(faults);
  const store = disk.open();
  const bars = new BarStore(store);
  store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN }));
  const page = 1_100;
  for (let to = MANY.length; to > 0; to -= page) {
    storeBars({ store, bars }, MANY.slice(Math.max(0, to - page), to));
  }
  store.close();
  return disk;
}

const MANY = generatedBars(12 * 1_100, 9);

describe("consolidation", () => {
  it("loses nothing wherever the process dies or the disk fails, and goes on from there", () => {
    const calm = fragmented();
    const before = calm.calls;
    const store = calm.open();
    expect(new BarStore(store).consolidate(key)).toBe(12 - Math.ceil(MANY.length / BLOCK_BARS));
    const contents = (disk: SimDisk) =>
      disk
        .open("read")
        .read((reader) =>
          [ENTRY.series, ENTRY.block].flatMap((kind) =>
            [...reader.range(entriesOf(kind))].map(({ key: at, value }) => [[...at], value.length]),
          ),
        );
    const expected = contents(calm);
    const calls = calm.calls - before;
    // More than one transaction, so that some are done and some are not when it dies.
    expect(calls).toBeGreaterThan(4);
    for (let call = before + 1; call <= calm.calls; call += 1) {
      const faults: readonly DiskFault[] = [
        { kind: "kill", call, moment: "before" },
        { kind: "kill", call, moment: "after" },
        call % 2 === 0 ? { kind: "full", call } : { kind: "error", call, isWritten: true },
      ];
      for (const fault of faults) {
        const disk = fragmented([fault]);
        expect(() => new BarStore(disk.open()).consolidate(key)).toThrow();
        const after = new BarStore(disk.open());
        const { openTime, volume } = after.read(key);
        expect(openTime).toEqual(MANY.openTime);
        expect(volume).toEqual(MANY.volume);
        expect(after.verify(key)).toEqual([]);
        expect(after.find(key)!.complete).toHaveLength(1);
        after.consolidate(key);
        expect(contents(disk)).toEqual(expected);
      }
    }
  });
});
