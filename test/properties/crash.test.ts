// Goal: whatever happens to the process and its disk, at whatever write of a whole session, what
// was acknowledged is there, nothing is doubled, and the run that goes on equals the one unhurt.
import { beforeAll, describe, expect, it } from "vitest";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import { ema } from "../../core/indicators/ema.ts";
import { sma } from "../../core/indicators/sma.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time/instant.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";
import { type DiskFault, SimDisk } from "../../sim/disk/index.ts";
import { Random } from "../../sim/index.ts";
import { expectBars } from "../support/ib-outcome.ts";
import { type JournaledSetting, live, played, recordsOf } from "../support/journaled-world.ts";
import { barAt, market } from "../support/market.ts";
import type { RunLog } from "../support/run-log.ts";

const TRUTH = market({ size: "15m", from: "2024-03-04T00:00:00Z", bars: 44 });
const START = barAt(TRUTH, 16).openTime + 5 * MINUTE_MS;
const MIDDLE = barAt(TRUTH, 32).openTime + 5 * MINUTE_MS;
const END = barAt(TRUTH, -1).closeTime + HOUR_MS;

function strategy(): Strategy {
  return defineStrategy({
    name: "flipping",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(2));
      const slow = declare.indicator(ema(5, { tolerance: 0.5 }));
      const memory = declare.memory({ flips: 0, side: "" });
      return {
        onBar(_bar, trade) {
          const side = fast.value > slow.value ? "long" : "short";
          if (side === memory.side) return;
          memory.side = side;
          memory.flips += 1;
          trade.signal(`${side} ${memory.flips}`);
          trade.target(side === "long" ? 1 : -1);
        },
      };
    },
  });
}

const SETTING: JournaledSetting = { truth: TRUTH, strategy, snapshotBars: 8 };

let unhurt: RunLog;
let calls: number;

beforeAll(() => {
  const disk = new SimDisk();
  live(SETTING, disk.open(), START, END);
  calls = disk.calls;
  unhurt = played(SETTING, disk.open());
});

/** Lives through a fault, starts again as often as it takes, and gives the store at the end. */
function through(fault: DiskFault): OrderedStore {
  const disk = new SimDisk([fault]);
  let from = START;
  for (let life = 0; life < 3; life += 1) {
    let acknowledged = 0;
    try {
      const store = disk.open();
      const { time, taken } = live(SETTING, store, from, END);
      from = time.now();
      acknowledged = taken.journal.run.head.commits;
      if (taken.journaled.run.outcome?.kind !== "crashed") break;
    } catch {
      // It died before it had a run.
    }
    const left = recordsOf(disk.open()).filter(({ kind }) => kind === "mark").length;
    expect(left).toBeGreaterThanOrEqual(acknowledged);
    expect(left).toBeLessThanOrEqual(acknowledged + 1);
  }
  return disk.open();
}

function expectUnhurt(store: OrderedStore, isSound = true): void {
  const log = played(SETTING, store);
  expectBars(log, TRUTH);
  expect(log.values).toEqual(unhurt.values);
  expect(log.signals).toEqual(unhurt.signals);
  if (!isSound) return;
  const bars = new BarStore(store);
  expect(bars.verify(TRUTH.series.key)).toEqual([]);
  expect([...bars.read(TRUTH.series.key)].map(({ close }) => close)).toEqual(
    log.bars("15m").map(({ close }) => close),
  );
}

describe("a session that is hurt at any write", () => {
  it("is of a length that means something", () => {
    expect(unhurt.signals.length).toBeGreaterThan(5);
    expect(calls).toBeGreaterThan(60);
  });

  it.each(["before", "torn", "after"] as const)("goes on as if unhurt when killed %s", (moment) => {
    for (let call = 1; call <= calls; call += 1) {
      expectUnhurt(through({ kind: "kill", call, moment }));
    }
  });

  it("goes on as if unhurt once there is room again", () => {
    for (let call = 1; call <= calls; call += 1) expectUnhurt(through({ kind: "full", call }));
  });

  it("names every flipped bit that matters, and goes on as if unhurt where none does", () => {
    const random = new Random(5, "bits");
    const outcomes = new Map<string, number>();
    for (let flip = 0; flip < 150; flip += 1) {
      const disk = new SimDisk();
      live(SETTING, disk.open(), START, MIDDLE);
      disk.flipBit(random.integer(0, disk.bits - 1));
      let outcome = "unhurt";
      try {
        const { taken } = live(SETTING, disk.open(), MIDDLE, END);
        if (taken.notes.length > 0) outcome = "passed over";
        if (taken.journaled.run.outcome?.kind === "crashed")
          throw taken.journaled.run.outcome.error;
        expectUnhurt(disk.open(), false);
      } catch (error) {
        if (!(error instanceof BarlineError)) throw error;
        outcome = error.code;
        expect(error.message).toMatch(/checksum|damaged|missing|follow|not /);
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(["damaged-store", "passed over", "unhurt"]);
  });

  it.each([true, false])("goes on as if unhurt after a failed write, written: %s", (isWritten) => {
    for (let call = 1; call <= calls; call += 1) {
      expectUnhurt(through({ kind: "error", call, isWritten }));
    }
  });
});
