// Goal: orders that have effects in the world have them at most once, never before they are written
// down, and what came of them is booked once, whenever the process dies and whatever its disk does.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CarriedAccount } from "../../adapters/store/journal/carried-account.ts";
import { playAgain } from "../../adapters/store/journal/play-again.ts";
import { RunStore } from "../../adapters/store/journal/run-store.ts";
import { ema } from "../../core/indicators/ema.ts";
import { sma } from "../../core/indicators/sma.ts";
import type { JournalRecord } from "../../core/journal/journal-record.ts";
import { MINUTE_MS } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";
import { type DiskFault, drawDiskFault, SimDisk } from "../../sim/disk/index.ts";
import { Random } from "../../sim/index.ts";
import { ExternalBroker, type ExternalBrokerOptions } from "../support/external-broker.ts";
import { type ExchangeOptions, ExternalExchange } from "../support/external-exchange.ts";
import { type JournaledSetting, live, recordsOf } from "../support/journaled-world.ts";
import { barAt, market } from "../support/market.ts";

const TRUTH = market({ size: "15m", from: "2024-03-04T00:00:00Z", bars: 56 });
const START = barAt(TRUTH, 12).openTime + 5 * MINUTE_MS;
/** The strategy trades no more; long enough before the end for all to be told. */
const CLOSING = barAt(TRUTH, 26).closeTime;
const END = barAt(TRUTH, 33).openTime;
/** By then also one is told of that was lost again and again: each try takes 17 minutes. */
const LATE = barAt(TRUTH, -1).openTime;

/** Trades often, one order upon the other while the first is under way. */
function strategy(): Strategy {
  return defineStrategy({
    name: "restless",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(2));
      const slow = declare.indicator(ema(4, { tolerance: 0.5 }));
      const memory = declare.memory({ bars: 0 });
      return {
        onBar(bar, trade) {
          if (bar.closeTime > CLOSING) return;
          memory.bars += 1;
          if (memory.bars % 5 === 0) trade.buy(2);
          trade.target(fast.value > slow.value ? 1 + (memory.bars % 3) : -1);
        },
      };
    },
  });
}

/** A world of one run: what there is outside of its process. */
class World {
  readonly disk: SimDisk;
  readonly exchange: ExternalExchange;
  /** Orders that were sent though nothing durable said so. */
  readonly unfounded: number[] = [];
  readonly #options: Omit<ExternalBrokerOptions, "onSend">;

  constructor(
    faults: readonly DiskFault[],
    exchange: ExchangeOptions,
    options: Omit<ExternalBrokerOptions, "onSend">,
  ) {
    this.disk = new SimDisk(faults);
    this.exchange = new ExternalExchange(exchange);
    this.#options = options;
  }

  setting(code = "1"): JournaledSetting {
    return { truth: TRUTH, strategy, snapshotBars: 7, code, broker: (time) => this.broker(time) };
  }

  broker(time: VirtualTime): ExternalBroker {
    return new ExternalBroker(this.exchange, time, {
      ...this.#options,
      onSend: ({ id }) => {
        if (!this.#isDurable(id)) this.unfounded.push(id);
      },
    });
  }

  #isDurable(id: number): boolean {
    const runs = new RunStore(this.disk.open("read"));
    const run = runs.list().at(-1)!;
    // Most often it is in the last commits, which are read fastest.
    return (["snapshot", "beginning"] as const).some((from) => {
      const commits = [...runs.recorded(run, from).commits];
      const { orders } = run.about.carried as unknown as CarriedAccount;
      return submittedIds(commits.flat()).includes(id) || orders.some((order) => order.id === id);
    });
  }

  /** Lives until its process dies or an instant comes; gives when that was. */
  live(from: number, to: number, code?: string): number {
    try {
      const { time, taken } = live(this.setting(code), this.disk.open(), from, to);
      const { outcome } = taken.journaled.run;
      return outcome === undefined ? to : time.now();
    } catch {
      // Its disk failed before it had a run.
      return from;
    }
  }

  /** Lives on unhurt until everything is told, and expects that all of it is right. */
  expectRight(from: number, code?: string, end = END): void {
    const { journaled } = live(this.setting(code), this.disk.open(), from, end).taken;
    expect(journaled.run.outcome).toBeUndefined();
    expect(journaled.run.summary()).toMatchObject({
      openOrders: 0,
      position: this.exchange.position(end),
    });
    const records = recordsOf(this.disk.open("read"));
    const ids = submittedIds(records);
    expect(new Set(ids).size).toBe(ids.length);
    expect(this.unfounded).toEqual([]);
    for (const [id, effects] of this.exchange.effects) {
      expect({ id, effects, isFounded: ids.includes(id) }).toEqual({
        id,
        effects: 1,
        isFounded: true,
      });
    }
    const booked = records.flatMap((record) => (record.kind === "fill" ? [record.fill] : []));
    const byId = (a: { orderId: number }, b: { orderId: number }) => a.orderId - b.orderId;
    expect(booked.sort(byId)).toEqual(this.exchange.fills(end).sort(byId));
    this.#expectReplay();
  }

  /** Each run plays again to what it recorded, and nothing is sent by that. */
  #expectReplay(): void {
    const store = this.disk.open("read");
    const runs = new RunStore(store);
    const sent = this.exchange.effects.size;
    for (const run of runs.list().filter(({ head }) => head.commits > 0)) {
      const played = playAgain(runs, run, {
        strategy: strategy(),
        broker: this.broker(new VirtualTime(0)),
        zone: TRUTH.grid.calendar.zone,
      });
      expect(played.divergence).toBeUndefined();
      expect(played.replayed).toBe(played.recorded);
    }
    expect(this.exchange.effects.size).toBe(sent);
  }
}

function submittedIds(records: readonly JournalRecord[]): number[] {
  return records.flatMap((record) =>
    record.kind === "order" && record.event.status === "submitted" ? [record.event.order.id] : [],
  );
}

const EXCHANGE = { seed: 1, lostShare: 0.2, workingMs: 40 * MINUTE_MS };
const NEVER_ARRIVED = ["refuse", "send"] as const;
const MOMENTS = ["before", "torn", "after"] as const;

/** One that treats what never arrived one way at one call, and the other way at the next. */
function worldHurtBy(faults: readonly DiskFault[], call = 0): World {
  const neverArrived = NEVER_ARRIVED[Math.floor(call / 3) % 2]!;
  return new World(faults, EXCHANGE, { seed: 2, unheardShare: 0.3, neverArrived });
}

/** Write calls of a whole session. */
function callsOfSession(): number {
  const world = worldHurtBy([]);
  world.expectRight(START);
  expect(world.exchange.effects.size).toBeGreaterThan(8);
  expect(world.disk.calls).toBeGreaterThan(100);
  return world.disk.calls;
}

describe("orders with effects", () => {
  it("have them once when the process is killed at any write", () => {
    for (let call = callsOfSession(); call > 0; call -= 1) {
      const world = worldHurtBy([{ kind: "kill", call, moment: MOMENTS[call % 3]! }], call);
      world.expectRight(world.live(START, END));
    }
  });

  it("have them once when a write fails, written or not, or the disk is full", () => {
    for (let call = callsOfSession(); call > 0; call -= 1) {
      const isWritten = call % 3 === 1;
      const kind = call % 3 === 0 ? "full" : "error";
      const world = worldHurtBy([{ kind, call, isWritten }], call);
      world.expectRight(world.live(START, END));
    }
  });

  it("have them once in any life, and across runs of one name", () => {
    const lives = fc.array(
      fc.record({
        minutes: fc.integer({ min: 1, max: 120 }),
        deadMinutes: fc.integer({ min: 0, max: 90 }),
        code: fc.constantFrom("1", "1", "1", "2"),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const world = fc.record({
      seed: fc.integer({ min: 0, max: 0x7fff_ffff }),
      faults: fc.integer({ min: 0, max: 6 }),
      lostShare: fc.constantFrom(0, 0.1, 0.5),
      unheardShare: fc.constantFrom(0, 0.3, 1),
      workingMs: fc.constantFrom(1_000, 10 * MINUTE_MS, 80 * MINUTE_MS),
      neverArrived: fc.constantFrom("refuse" as const, "send" as const),
    });
    fc.assert(
      fc.property(world, lives, ({ seed, faults, ...options }, each) => {
        const random = new Random(seed, "faults");
        const drawn = Array.from({ length: faults }, () => drawDiskFault(random, 150));
        const outside = new World(drawn, { seed, ...options }, { seed, ...options });
        let from = START;
        let code: string | undefined;
        for (const { minutes, deadMinutes, code: next } of each) {
          if (from >= CLOSING) break;
          code = next;
          const to = Math.min(from + minutes * MINUTE_MS, CLOSING);
          from = outside.live(from, to, code) + deadMinutes * MINUTE_MS;
        }
        drawn.length = 0;
        outside.expectRight(from, code, LATE);
      }),
      { numRuns: 40 },
    );
  });
});
