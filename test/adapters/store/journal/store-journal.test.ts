import { beforeEach, describe, expect, it } from "vitest";
import type { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { RunStore } from "../../../../adapters/store/journal/run-store.ts";
import { StoreJournal } from "../../../../adapters/store/journal/store-journal.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import type { JournalRecord } from "../../../../core/journal/journal-record.ts";
import { knownCalendar } from "../../../../core/journal/known-calendar.ts";
import { DAY_MS } from "../../../../core/time/instant.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import {
  batch,
  close,
  GRID,
  open,
  SERIES,
  bars as someBars,
} from "../../../core/feed/seam/seam-fixture.ts";
import { plainBars, QUARTERS } from "../bars/store-fixture.ts";
import { ABOUT, entries, process, processes, storeOf } from "./journal-fixture.ts";

const { key } = SERIES;

let disk: SimDisk;
let store: OrderedStore;
let bars: BarStore;
let runs: RunStore;

beforeEach(() => {
  disk = new SimDisk();
  ({ store, bars, runs } = storeOf(disk));
});

const begin = (pid = 1, about = ABOUT): StoreJournal =>
  StoreJournal.begin(store, bars, about, processes(pid));
const take = (number: number, pid: number, state?: "alive" | "gone" | "unknown"): StoreJournal =>
  StoreJournal.take(store, bars, number, processes(pid, state));

const MARK = { kind: "mark", seq: 0, digest: "" } as const;
const said = (first: number, end: number): JournalRecord => ({
  kind: "word",
  at: close(end - 1),
  word: { kind: "bars", batch: batch(someBars(first, end), { origin: "live" }) },
});
const inUse = expect.objectContaining({ code: "run-in-use" });

// Goal: a commit is durable as one whole: records, bars, coverage, how far the run is, and its
// snapshot.
describe("a journal in a store", () => {
  it("begins with nothing, in the hands of one process", () => {
    const journal = begin(7);
    const [run] = runs.list();
    expect(run).toEqual({ number: 1, about: ABOUT, head: journal.run.head });
    expect(run!.head).toEqual({
      commits: 0,
      checksum: 0,
      at: ABOUT.beganAt,
      lastOrderId: 0,
      snapshots: [],
      writer: process(7),
    });
  });

  it("keeps bars, coverage and records at one stroke, and how far they reach", () => {
    const journal = begin();
    const coverage = { kind: "coverage", range: { from: open(0), to: close(4) } } as const;
    journal.commit([said(0, 3), { kind: "word", at: close(4) + 5, word: coverage }, MARK]);
    expect(plainBars(bars.read(key))).toEqual(someBars(0, 3));
    expect(bars.coverage(key).complete).toEqual([{ from: open(0), to: close(4) }]);
    expect(bars.provenance(key, open(2))).toMatchObject({ source: "live" });
    expect(runs.head(1)).toMatchObject({ commits: 1, at: close(4) + 5 });
    expect(runs.head(1)).toEqual(journal.run.head);
  });

  it("keeps all of it or nothing, at whatever write it dies", () => {
    const whole = (of: SimDisk): void => {
      const opened = storeOf(of);
      const journal = StoreJournal.begin(opened.store, opened.bars, ABOUT, processes(1));
      journal.commit([said(0, 2), MARK]);
      journal.commit([said(2, 4), MARK], Uint8Array.of(1));
    };
    const calm = new SimDisk();
    whole(calm);
    const seen = new Set<number>();
    for (let call = 1; call <= calm.calls; call += 1) {
      for (const moment of ["before", "torn", "after"] as const) {
        const hurt = new SimDisk([{ kind: "kill", call, moment }]);
        expect(() => whole(hurt)).toThrow();
        const { runs: left, bars: at } = storeOf(hurt);
        const commits = left.list()[0]?.head.commits ?? 0;
        seen.add(commits);
        expect(at.read(key).length).toBe(2 * commits);
        expect(left.list()[0]?.head.snapshots.length ?? 0).toBe(commits === 2 ? 1 : 0);
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });

  it("keeps the two newest snapshots, and no others", () => {
    const journal = begin();
    for (let commit = 1; commit <= 5; commit += 1) {
      journal.commit([MARK], commit % 2 === 1 ? Uint8Array.of(commit) : undefined);
    }
    expect(runs.head(1).snapshots).toEqual([3, 5]);
    const { snapshot } = runs.recorded(runs.list()[0]!, "snapshot");
    expect(snapshot!.bytes).toEqual(Uint8Array.of(5));
    const snapshots = [...entries(store).keys()].filter((each) => each.startsWith("18,"));
    expect(snapshots).toHaveLength(2);
  });

  it("knows the last order of all runs of its name", () => {
    const { instrument } = SERIES;
    const order = { id: 4, instrument, side: "buy", quantity: 1, submittedAt: 0 } as const;
    const event = { order, status: "submitted", at: 0, reason: "" } as const;
    begin().commit([{ kind: "order", event }, MARK]);
    const other = begin(1, { ...ABOUT, name: "other" });
    expect(other.run.head.lastOrderId).toBe(0);
    const next = begin();
    expect(next.run.head.lastOrderId).toBe(4);
    next.commit([MARK]);
    expect(runs.head(3).lastOrderId).toBe(4);
  });

  it("keeps what was told of sessions around the present with the bars, and of no others", () => {
    const journal = begin();
    const sessions = () => bars.find(key)!.calendar.sessions!;
    const before = sessions().length;
    const known = knownCalendar(GRID.calendar, open(0));
    const [first] = known.sessions;
    const later = (days: number) => ({
      day: first!.day + days,
      segments: first!.segments.map(({ from, to }) => ({
        from: from + days * DAY_MS,
        to: to + days * DAY_MS,
      })),
    });
    const told = { ...known, sessions: [...known.sessions, later(9), later(40)] };
    journal.commit([{ kind: "calendar", at: open(0), known: told }, MARK]);
    expect(sessions().length).toBe(before + 1);
    expect(sessions().at(-1)!.day).toBe(first!.day + 9);
    const none = { ...known, sessions: [later(40)] };
    journal.commit([{ kind: "calendar", at: open(0), known: none }, MARK]);
    expect(sessions().length).toBe(before + 1);
  });

  it("leaves a calendar of the catalog as it is", () => {
    const calendar = { name: "24/7", zone: "UTC", alignment: "session" } as const;
    store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar }));
    const journal = begin(1, { ...ABOUT, series: QUARTERS });
    const known = knownCalendar(GRID.calendar, open(0));
    journal.commit([{ kind: "calendar", at: open(0), known }, MARK]);
    expect(bars.find(QUARTERS.key)!.calendar).toEqual(calendar);
  });
});

// Goal: one process at a time goes on with a run, and who lost it notices before it does harm.
describe("the pen of a run", () => {
  it("is taken when its process is gone, put it down, or is the same", () => {
    begin(1);
    expect(take(1, 2, "gone").run.head.writer).toEqual(process(2));
    expect(take(1, 2, "alive").run.head.writer).toEqual(process(2));
    const journal = take(1, 2);
    journal.release();
    expect(runs.head(1).writer).toBeNull();
    expect(take(1, 3, "alive").run.head.writer).toEqual(process(3));
  });

  it("is not taken while its process lives, or may live elsewhere, and it is said which", () => {
    begin(1);
    for (const claim of [() => take(1, 2, "alive"), () => beginAs(2, "alive")]) {
      expect(claim).toThrow(inUse);
      expect(claim).toThrow('run "mine": process 1 is running it; end that process');
    }
    expect(() => take(1, 2, "unknown")).toThrow(
      "process 1 on here was running it; this machine cannot see whether it still does",
    );
    expect(runs.head(1).writer).toEqual(process(1));
    expect(runs.list()).toHaveLength(1);
    // Another name is another run.
    expect(begin(2, { ...ABOUT, name: "other" }).run.number).toBe(2);
  });

  it("is another's when only its start tells them apart", () => {
    const born = (startedAt: number | null) => ({ host: "here", pid: 1, startedAt });
    const table = (startedAt: number | null, state: "alive" | "gone") => ({
      thisProcess: () => born(startedAt),
      isAlive: () => state,
    });
    StoreJournal.begin(store, bars, ABOUT, table(1, "alive"));
    expect(() => StoreJournal.take(store, bars, 1, table(2, "alive"))).toThrow(inUse);
    expect(() => StoreJournal.take(store, bars, 1, table(null, "alive"))).toThrow(inUse);
    expect(StoreJournal.take(store, bars, 1, table(1, "alive")).run.number).toBe(1);
  });

  it("is lost to whoever took it: nothing that comes later is written", () => {
    const first = begin(1);
    first.commit([said(0, 1), MARK]);
    const second = take(1, 2, "gone");
    const before = entries(store);
    expect(() => first.commit([said(1, 2), MARK])).toThrow(inUse);
    expect(() => first.release()).toThrow(inUse);
    expect(entries(store)).toEqual(before);
    second.commit([said(1, 2), MARK]);
    expect(runs.head(1).commits).toBe(2);
  });

  it("is lost to another journal of the very same process, too", () => {
    const first = begin(1);
    const second = take(1, 1);
    second.commit([MARK]);
    expect(() => first.commit([MARK])).toThrow("another process goes on with this run");
  });

  it("is put down for all runs of a name when a new one begins", () => {
    const first = begin(1);
    begin(1);
    expect(runs.head(1).writer).toBeNull();
    expect(() => first.commit([MARK])).toThrow(inUse);
    expect(runs.named("mine").map(({ number }) => number)).toEqual([1, 2]);
  });

  function beginAs(pid: number, state: "alive"): StoreJournal {
    return StoreJournal.begin(store, bars, ABOUT, processes(pid, state));
  }
});
