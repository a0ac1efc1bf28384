import { beforeEach, describe, expect, it } from "vitest";
import type { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { RunStore } from "../../../../adapters/store/journal/run-store.ts";
import { StoreJournal } from "../../../../adapters/store/journal/store-journal.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import type { JournalRecord } from "../../../../core/journal/journal-record.ts";
import { ABOUT, entries, processes, storeOf } from "./journal-fixture.ts";

let store: OrderedStore;
let bars: BarStore;
let runs: RunStore;

beforeEach(() => {
  ({ store, bars, runs } = storeOf());
});

const stop = (number: number): readonly JournalRecord[] => [
  { kind: "stop", at: number, reason: `reason ${number}` },
  { kind: "mark", seq: number, digest: "" },
];

/** A run of so many commits, with a snapshot after some of them. */
function written(commits: number, snapshots: readonly number[] = [], name = "mine"): StoreJournal {
  const journal = StoreJournal.begin(store, bars, { ...ABOUT, name }, processes(1));
  for (let commit = 1; commit <= commits; commit += 1) {
    journal.commit(stop(commit), snapshots.includes(commit) ? Uint8Array.of(commit) : undefined);
  }
  return journal;
}

const reasons = (of: Iterable<readonly JournalRecord[]>): number[] =>
  [...of].map(([first]) => (first as Extract<JournalRecord, { kind: "stop" }>).at);
const counted = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Does something to the entry of a kind (17: a commit, 18: a snapshot) of run 1. */
function change(kind: number, number: number, work: (bytes: Uint8Array) => Uint8Array | undefined) {
  store.write((writer) => {
    const key = new Uint8Array(17);
    key[0] = kind;
    key[8] = 1;
    new DataView(key.buffer).setUint32(13, number);
    const after = work(writer.get(key)!.slice());
    if (after === undefined) writer.remove(key);
    else writer.put(key, after);
  });
}

const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1);
const damaged = expect.objectContaining({ code: "damaged-store" });

// Goal: what a journal wrote is read as it was, from the beginning or from a sound snapshot, and
// whatever is not as it was is named.
describe("the runs of a store", () => {
  it("are listed in the order in which they were begun, and by name", () => {
    written(1, [], "a");
    written(2, [], "b");
    written(3, [], "a");
    expect(runs.list().map(({ number, head }) => [number, head.commits])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(runs.named("a").map(({ number }) => number)).toEqual([1, 3]);
    expect(runs.named("c")).toEqual([]);
  });

  it("are read commit by commit, more than fit into one look", () => {
    written(600, [200, 590]);
    const [run] = runs.list();
    const all = runs.recorded(run!, "beginning");
    expect(reasons(all.commits)).toEqual(counted(1, 600));
    expect(all.snapshot).toBeUndefined();
    const rest = runs.recorded(run!, "snapshot");
    expect(rest.snapshot!.bytes).toEqual(Uint8Array.of(590 % 256));
    expect(reasons(rest.commits)).toEqual(counted(591, 600));
    expect(rest.unsound).toEqual([]);
  });

  it("are read up to some commit, from the newest snapshot before it", () => {
    written(10, [3, 6]);
    const [run] = runs.list();
    expect(reasons(runs.recorded(run!, "beginning", 4).commits)).toEqual(counted(1, 4));
    const half = runs.recorded(run!, "snapshot", 5);
    expect(half.snapshot!.bytes).toEqual(Uint8Array.of(3));
    expect(reasons(half.commits)).toEqual([4, 5]);
    const none = runs.recorded(run!, "snapshot", 2);
    expect([none.snapshot, reasons(none.commits)]).toEqual([undefined, [1, 2]]);
    expect(reasons(runs.recorded(run!, "beginning", 99).commits)).toEqual(counted(1, 10));
    expect(reasons(runs.recorded(run!, "beginning", 0).commits)).toEqual([]);
  });

  it("are read as far as they are at that moment", () => {
    const journal = written(2);
    const [run] = runs.list();
    journal.commit(stop(3));
    expect(reasons(runs.recorded(run!, "beginning").commits)).toEqual([1, 2, 3]);
  });
});

describe("damage of a run", () => {
  it("of a commit is named by its number, unless a later snapshot makes it needless", () => {
    written(6, [4]);
    const [run] = runs.list();
    for (const work of [flipped, () => undefined]) {
      change(17, 3, work);
      expect(() => reasons(runs.recorded(run!, "beginning").commits)).toThrow(damaged);
      expect(() => reasons(runs.recorded(run!, "beginning").commits)).toThrow(
        'run "mine", commit 3',
      );
      expect(reasons(runs.recorded(run!, "snapshot").commits)).toEqual([5, 6]);
    }
  });

  it("is found when two commits were exchanged, or an older one was put back", () => {
    written(4);
    const [run] = runs.list();
    let third: Uint8Array;
    change(17, 3, (bytes) => {
      third = bytes;
      return bytes;
    });
    change(17, 2, () => third);
    expect(() => reasons(runs.recorded(run!, "beginning").commits)).toThrow("commit 2");
  });

  it("is found when the last commit is another one, though sound by itself", () => {
    written(2);
    const [run] = runs.list();
    let second: Uint8Array;
    change(17, 2, (bytes) => {
      second = bytes;
      return bytes;
    });
    // Another life of the same run, which differs in its last commit alone.
    const other = storeOf();
    const journal = StoreJournal.begin(other.store, other.bars, ABOUT, processes(1));
    journal.commit(stop(1));
    journal.commit(stop(7));
    const key = [...entries(other.store)].find(([each]) => /^17,.*,2$/.test(each))![1];
    change(17, 2, () => key);
    expect(() => reasons(runs.recorded(run!, "beginning").commits)).toThrow(
      "its last commit is not the one that it ends with",
    );
    change(17, 2, () => second);
    expect(reasons(runs.recorded(run!, "beginning").commits)).toEqual([1, 2]);
  });

  it("of a snapshot leads to the one before it, and then to the beginning", () => {
    written(9, [3, 6]);
    const [run] = runs.list();
    change(18, 6, flipped);
    const older = runs.recorded(run!, "snapshot");
    expect(older.snapshot!.bytes).toEqual(Uint8Array.of(3));
    expect(reasons(older.commits)).toEqual(counted(4, 9));
    expect(older.unsound).toEqual([
      expect.stringContaining('run "mine", snapshot after commit 6: its checksum is wrong'),
    ]);
    change(18, 3, () => undefined);
    const all = runs.recorded(run!, "snapshot");
    expect([all.snapshot, reasons(all.commits)]).toEqual([undefined, counted(1, 9)]);
    expect(all.unsound).toHaveLength(2);
    expect(all.unsound[1]).toContain("it is missing");
  });

  it("of a snapshot of another commit is found by what follows it", () => {
    written(9, [3, 6]);
    const [run] = runs.list();
    const other = storeOf();
    const journal = StoreJournal.begin(other.store, other.bars, ABOUT, processes(1));
    for (let commit = 1; commit <= 6; commit += 1) {
      journal.commit(stop(10 * commit), commit === 6 ? Uint8Array.of(6) : undefined);
    }
    const foreign = [...entries(other.store)].find(([each]) => each.startsWith("18,"))![1];
    change(18, 6, () => foreign);
    const { commits } = runs.recorded(run!, "snapshot");
    expect(() => reasons(commits)).toThrow("commit 7: it does not follow the commit before it");
  });

  it("of what it is, or how far, is named by its number", () => {
    written(1);
    const about = [...entries(store).keys()].filter((key) => key.startsWith("16,"));
    expect(about).toHaveLength(2);
    for (const [place, what] of [
      [0, "what it is"],
      [1, "how far it is"],
    ] as const) {
      const key = Uint8Array.from(about[place]!.split(",").map(Number));
      const bytes = entries(store).get(about[place]!)!;
      store.write((writer) => writer.put(key, flipped(bytes)));
      expect(() => runs.list()).toThrow("run 1: its checksum is wrong");
      store.write((writer) => writer.remove(key));
      expect(() => runs.list()).toThrow(`run 1: ${what} is missing`);
      store.write((writer) => writer.put(key, bytes));
      expect(runs.list()).toHaveLength(1);
    }
  });
});
