import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarSink } from "../../../core/feed/bar-source.ts";
import { Border } from "../../../core/journal/border.ts";
import type { BorderRecord } from "../../../core/journal/border-record.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { verifySeam } from "../../../core/journal/verify-seam.ts";
import type { TimerClock } from "../../../core/time/clock.ts";
import { DAY_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { SimGateway } from "../../../sim/gateway.ts";
import { gatewayOptions, gateways, momentOf, moments, truths } from "../../properties/worlds.ts";
import { ScriptedSource } from "../../support/scripted-source.ts";
import { bar, close, GRID, instantHistory, open, SERIES } from "../feed/seam/seam-fixture.ts";
import { SeamTape } from "./seam-tape.ts";

const DEAF: BarSink = { bars: () => {}, coverage: () => {}, event: () => {}, end: () => {} };

/** A clock that goes on by a second whenever it is looked at, and back when it is told to. */
function restlessClock(): TimerClock & { set(to: number): void } {
  let now = open(2);
  return {
    now: () => {
      now += 1_000;
      return now;
    },
    set: (to) => {
      now = to;
    },
    schedule: () => ({ cancel: () => {} }),
  };
}

// Goal: whatever comes into the seam is written down before it is handled, and is handled in one
// present, so that it can be handled again.
describe("a border", () => {
  it("holds the present still while a word is handled, and writes it down", () => {
    const world = restlessClock();
    const records: BorderRecord[] = [];
    const border = new Border(world, (record) => records.push(record));
    const live = new ScriptedSource(SERIES);
    const seen: number[] = [];
    const look = (): void => void seen.push(border.clock.now());
    const sink = { ...DEAF, event: look, coverage: look, bars: look };
    border.splice({ live, grid: () => GRID, clock: world }).open({ series: SERIES }, sink);
    expect(seen).toHaveLength(2);
    expect(new Set(seen).size).toBe(1);
    expect(records).toMatchObject([{ kind: "opened", at: seen[0] }]);
    seen.length = 0;
    world.set(close(3));
    live.say([bar(2), bar(3)]);
    // One of the bars is late: the stream is stale and live again around the two words on them.
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(1);
    expect(records.at(-1)).toMatchObject({ kind: "heard", at: seen[0] });
    // Outside it goes on.
    expect(border.clock.now()).toBeLessThan(border.clock.now());
  });

  it("holds it still beyond an answer that comes while a source is opened", () => {
    const world = restlessClock();
    const records: BorderRecord[] = [];
    const border = new Border(world, (record) => records.push(record));
    const parts = { live: new ScriptedSource(SERIES), history: instantHistory([bar(0), bar(1)]) };
    const seen: number[] = [];
    const look = (): void => void seen.push(border.clock.now());
    const sink = { ...DEAF, event: look, coverage: look, bars: look };
    const source = border.splice({ ...parts, grid: () => GRID, clock: world });
    source.open({ series: SERIES, warmUpBars: 2 }, sink);
    expect(records.map(({ kind }) => kind)).toEqual(["opened", "heard", "heard", "heard"]);
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set([...seen, ...records.map(({ at }) => at)]).size).toBe(1);
  });

  it("never lets time go back", () => {
    const world = restlessClock();
    const records: BorderRecord[] = [];
    const border = new Border(world, (record) => records.push(record));
    const live = new ScriptedSource(SERIES);
    border.splice({ live, grid: () => GRID, clock: world }).open({ series: SERIES }, DEAF);
    world.set(open(0));
    live.status("interrupted", "");
    live.status("live", "");
    const [opened, ...rest] = records.map(({ at }) => at);
    expect(rest).toEqual([opened, opened]);
    expect(border.clock.now()).toBe(opened);
  });

  it("writes a word down before anything that follows from it, and at what depth", () => {
    const tape = new SeamTape(open(4) + 60_000);
    const live = new ScriptedSource(SERIES, {
      onOpen: (source) => source.status("live", "at once"),
    });
    tape.open({ live, history: instantHistory([bar(2), bar(3)]) }, { warmUpBars: 2 });
    expect(
      tape.records.map((record) => {
        if (record.kind === "heard") {
          return `${record.stream} of ${record.sources} at ${record.depth}: ${record.word.kind}`;
        }
        return record.kind === "word" ? `says ${record.word.kind}` : record.kind;
      }),
    ).toEqual([
      "opened",
      "says event",
      "1 of 1 at 1: event",
      "2 of 2 at 1: bars",
      "2 of 2 at 1: coverage",
      "says event",
      "2 of 2 at 1: end",
      "says event",
      "says bars",
      "says coverage",
      "says event",
      "says event",
    ]);
  });

  it("writes down the query and the settings that a seam is made anew with", () => {
    const tape = new SeamTape(open(4));
    const live = new ScriptedSource(SERIES, { impliesFinals: true });
    const history = instantHistory([]);
    const parts = { live, history, origin: history, backfill: false, sequencer: { graceMs: 5 } };
    tape.open(parts, { from: open(4), to: open(9), warmUpBars: 3 }).close();
    tape.open({ live: instantHistory([]) }).close();
    const opened = tape.records.filter(({ kind }) => kind === "opened");
    const common = { kind: "opened", at: open(4), known: 0 };
    expect(opened).toEqual([
      {
        ...common,
        from: open(4),
        to: open(9),
        warmUpBars: 3,
        settings: {
          hasHistory: true,
          hasOrigin: true,
          impliesFinals: true,
          backfill: false,
          backfillMs: undefined,
          sequencer: { graceMs: 5 },
          fetch: {},
          secondLook: {},
        },
      },
      {
        ...common,
        from: undefined,
        to: undefined,
        warmUpBars: 0,
        settings: {
          hasHistory: false,
          hasOrigin: false,
          impliesFinals: undefined,
          backfill: undefined,
          backfillMs: undefined,
          sequencer: {},
          fetch: {},
          secondLook: {},
        },
      },
    ]);
  });

  it("goes on after a word that could not be handled", () => {
    const world = restlessClock();
    const records: BorderRecord[] = [];
    const border = new Border(world, (record) => records.push(record));
    const live = new ScriptedSource(SERIES);
    const sink: BarSink = {
      ...DEAF,
      event: ({ type }) => {
        if (type === "rejection") throw new Error("cannot");
      },
    };
    border.splice({ live, grid: () => GRID, clock: world }).open({ series: SERIES }, sink);
    expect(() => live.say([bar(2, { high: 1 })])).toThrow("cannot");
    expect(border.clock.now()).toBeLessThan(border.clock.now());
    live.status("interrupted", "");
    expect(records.map(({ kind }) => kind)).toEqual(["opened", "heard", "heard"]);
  });
});

// Goal: what a border wrote down is enough to make the seam say all that it said, whatever a
// gateway does.
describe("a border in front of any gateway", () => {
  it("makes the seam play again to what it said", () => {
    fc.assert(
      fc.property(truths, moments, gateways, fc.nat(40), (truth, share, drawn, warmUpBars) => {
        const time = new VirtualTime(momentOf(truth, share));
        const { history, live } = new SimGateway(truth, time, gatewayOptions(truth, drawn));
        const records: JournalRecord[] = [];
        const border = new Border(time, (record) => records.push(record));
        const say = (word: Extract<JournalRecord, { kind: "word" }>["word"]): void => {
          records.push({ kind: "word", at: border.clock.now(), word });
        };
        const secondLook = { afterMs: 90_000, reachMs: 600_000 };
        const parts = { history, live, clock: time, secondLook, backfillMs: DAY_MS };
        const grid = () => truth.grid;
        border.splice({ ...parts, grid }).open(
          { series: truth.series, warmUpBars },
          {
            bars: (batch) => say({ kind: "bars", batch }),
            coverage: (range) => say({ kind: "coverage", range }),
            event: (event) => say({ kind: "event", event }),
            end: (outcome) => say({ kind: "end", outcome }),
          },
        );
        const end = momentOf(truth, 1) + DAY_MS;
        while ((time.nextAt ?? end) < end) time.step();
        const { calendar, alignment } = truth.grid;
        const { said, divergence } = verifySeam(records, {
          series: truth.series,
          calendar,
          alignment,
        });
        expect(divergence).toBeUndefined();
        expect(said).toBe(records.filter(({ kind }) => kind === "word").length);
      }),
      { numRuns: 60 },
    );
  });
});
