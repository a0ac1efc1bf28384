// Goal: a run that is killed and taken up again, however often, cannot be told from the run that
// never stopped, and its journal plays again to the same decisions.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JournaledRun } from "../../core/engine/journaled-run.ts";
import { MemorySource } from "../../core/feed/memory-source.ts";
import { splice } from "../../core/feed/seam/splice.ts";
import { ema } from "../../core/indicators/ema.ts";
import { sma } from "../../core/indicators/sma.ts";
import { verifySeam } from "../../core/journal/verify-seam.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";
import { type GatewayOptions, SimBroker, SimGateway, type Truth } from "../../sim/index.ts";
import { expectBars } from "../support/ib-outcome.ts";
import { MemoryJournal } from "../support/memory-journal.ts";
import { RunLog } from "../support/run-log.ts";
import { gatewayOptions, gateways, momentOf, truths } from "./worlds.ts";

/** Remembers more than its indicators do: how long it has been on one side. */
function moody(hasMemory: boolean): Strategy {
  return defineStrategy({
    name: "moody",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(3));
      const slow = declare.indicator(ema(5, { tolerance: 0.5 }));
      const elsewhere = { bars: 0, last: "" };
      const memory = hasMemory ? declare.memory(elsewhere) : elsewhere;
      return {
        onBar(bar, trade) {
          memory.bars += 1;
          const side = fast.value > slow.value ? "above" : "below";
          if (side !== memory.last) trade.signal(`${side} after ${memory.bars} at ${bar.close}`);
          if (side !== memory.last) memory.bars = 0;
          memory.last = side;
          trade.target(side === "above" ? 1 : -1);
        },
      };
    },
  });
}

/** A run and its market: everything of it but for where and when it lives. */
interface Setting {
  readonly truth: Truth;
  readonly gateway: GatewayOptions;
  readonly hasMemory: boolean;
  readonly snapshotBars: number;
  /** Whether it is taken up again from its last snapshot, or from its beginning. */
  readonly mode: "snapshot" | "beginning";
}

function journaledRun(setting: Setting, journal: MemoryJournal, time: VirtualTime): JournaledRun {
  const { truth, gateway, hasMemory, snapshotBars } = setting;
  const { history, live } = new SimGateway(truth, time, gateway);
  const grid = () => truth.grid;
  const parts = { history, live, grid, clock: time, backfillMs: 30 * DAY_MS };
  return new JournaledRun(
    {
      strategy: moody(hasMemory),
      series: truth.series,
      source: splice(parts),
      broker: new SimBroker(),
      clock: time,
      grid,
    },
    { journal, snapshotBars, seamed: (seam) => seam(parts) },
  );
}

/** One life of a run: from a start to the moment at which its process dies; gives its journal. */
function live(setting: Setting, before: MemoryJournal, from: number, to: number): MemoryJournal {
  const time = new VirtualTime(from);
  let journal = before;
  let journaled = journaledRun(setting, journal, time);
  expect(journaled.resume(journal.recorded(setting.mode)).divergence).toBeUndefined();
  if (journaled.run.summary().readyAt === undefined) {
    // Nothing was decided yet: it begins anew, and history may give more by now.
    journal = new MemoryJournal(setting.truth.series);
    journaled = journaledRun(setting, journal, time);
  }
  journaled.start();
  while (journaled.run.outcome === undefined && (time.nextAt ?? to) < to) time.step();
  return journal;
}

/** What a journal says happened, as it plays again from its beginning. */
function played(setting: Setting, journal: MemoryJournal): RunLog {
  const { truth, hasMemory } = setting;
  const time = new VirtualTime(0);
  const log = new RunLog(time);
  const journaled = new JournaledRun(
    {
      strategy: moody(hasMemory),
      series: truth.series,
      source: new MemorySource(truth.bars),
      broker: new SimBroker(),
      clock: time,
      grid: () => truth.grid,
      observer: log,
    },
    { journal },
  );
  expect(journaled.resume(journal.recorded("beginning")).divergence).toBeUndefined();
  const { calendar, alignment } = truth.grid;
  const seam = verifySeam(journal.records, { series: truth.series, calendar, alignment });
  expect(seam.divergence).toBeUndefined();
  expect(seam.said).toBe(journal.records.filter(({ kind }) => kind === "word").length);
  return log;
}

const lives = fc.record({
  start: fc.double({ min: 0, max: 0.6, noNaN: true }),
  kills: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      downMs: fc.constantFrom(0, 1, 5 * SECOND_MS, HOUR_MS, 3 * DAY_MS),
    }),
    { maxLength: 4 },
  ),
  snapshotBars: fc.constantFrom(1, 3, 20, 1_000),
  mode: fc.constantFrom("snapshot" as const, "beginning" as const),
  hasMemory: fc.boolean(),
});

describe("a run that is killed and taken up again", () => {
  it("does what the run that was never killed does", () => {
    let compared = 0;
    fc.assert(
      fc.property(truths, lives, gateways, (truth, drawn, drawnGateway) => {
        const { snapshotBars, mode, hasMemory, kills } = drawn;
        const gateway = gatewayOptions(truth, drawnGateway);
        const setting = { truth, gateway, hasMemory, snapshotBars, mode };
        const end = momentOf(truth, 1) + 2 * DAY_MS;
        let from = momentOf(truth, drawn.start);
        const unhurt = played(setting, live(setting, new MemoryJournal(truth.series), from, end));

        let journal = new MemoryJournal(truth.series);
        for (const { at, downMs } of kills) {
          const to = Math.floor(from + (momentOf(truth, 1) - from) * at);
          if (to <= from) continue;
          journal = live(setting, journal, from, to);
          from = to + downMs;
        }
        const last = Math.max(end, from + DAY_MS);
        const log = played(setting, live(setting, journal, from, last));
        if (log.readyAt === undefined) return;
        expectBars(log, truth);
        // Killed before it was READY it begins anew, later.
        if (log.readyAt !== unhurt.readyAt) return;
        compared += kills.length;
        expect(log.values).toEqual(unhurt.values);
        expect(log.signals).toEqual(unhurt.signals);
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(50);
  });
});
