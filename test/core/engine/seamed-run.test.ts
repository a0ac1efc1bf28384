import { describe, expect, it } from "vitest";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Order } from "../../../core/trading/order.ts";
import { averageStrategy } from "../../support/strategies.ts";
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
import { verdict } from "../journal/seam-tape.ts";
import { Desk15, fillOf, OutsideBroker } from "./journaled-fixture.ts";

/** A run behind a seam; `clock` is the world's. */
function seamed(
  at: number,
  more: Partial<RunOptions> = {},
): { life: Desk15; live: TellingSource; time: VirtualTime } {
  const time = new VirtualTime(at);
  const live = new TellingSource(SERIES);
  const parts = { history: instantHistory(bars(0, 16)), live, grid: () => GRID, clock: time };
  const life = new Desk15({ clock: time, ...more }, { seamed: (seam) => seam(parts) }, at);
  return { life, live, time };
}

const NOW = open(8) + 60_000;

// Goal: of a run behind a seam all is written down that came into the seam, with what followed of
// it, and before that has an effect.
describe("a run behind a seam", () => {
  it("writes down what comes into the seam before what comes out of it, in one commit", () => {
    const { life, live, time } = seamed(NOW);
    life.journaled.start();
    time.advanceTo(close(8));
    live.final(bar(8));
    time.advanceTo(close(9));
    live.final(bar(9));
    const { records } = life.journal;
    expect(records.slice(0, 3).map(({ kind }) => kind)).toEqual(["calendar", "begin", "state"]);
    expect(verdict(records)).toMatchObject({ lives: 1, divergence: undefined });
    const last = records.findLastIndex(({ kind }) => kind === "heard");
    const { commits } = life.journal.recorded("beginning");
    const of = [...commits].find((each) => {
      return each.some((record) => record.kind === "heard" && record.at === close(9));
    })!;
    expect(of.map(({ kind }) => kind).slice(0, 2)).toEqual(["due", "heard"]);
    expect(of.some(({ kind }) => kind === "word")).toBe(true);
    expect(last).toBeGreaterThan(0);
  });

  it("goes on, and the seams of both lives play again", () => {
    const { life, live, time } = seamed(NOW);
    life.journaled.start();
    time.advanceTo(close(8));
    live.final(bar(8));
    const before = life.journal.records;
    const next = seamed(open(12) + 1);
    next.life.journaled.resume(life.journal.recorded());
    next.life.journaled.start();
    const opened = next.life.journal.records.find(({ kind }) => kind === "opened");
    expect(opened).toMatchObject({ from: close(8), known: 9 - 3, warmUpBars: 0 });
    expect(verdict([...before, ...next.life.journal.records])).toMatchObject({
      lives: 2,
      divergence: undefined,
    });
    expect(next.life.run.summary().bars).toBe(9);
  });

  it("writes down nothing more once that has failed", () => {
    const { life, live, time } = seamed(NOW);
    life.journaled.start();
    const { journal } = life;
    const commits = journal.commits.length;
    journal.failure = new Error("no disk");
    time.advanceTo(close(8));
    live.final(bar(8));
    journal.failure = undefined;
    live.final(bar(9));
    live.end({ kind: "complete" });
    expect(life.run.outcome?.kind).toBe("crashed");
    expect(journal.commits).toHaveLength(commits);
  });

  it("writes down what became known of the calendar before the word that it comes with", () => {
    const { life, live, time } = seamed(NOW);
    life.journaled.start();
    const version = { value: 0 };
    Object.defineProperty(GRID.calendar, "version", {
      get: () => version.value,
      configurable: true,
    });
    try {
      version.value = 1;
      time.advanceTo(close(8));
      live.final(bar(8));
    } finally {
      Reflect.deleteProperty(GRID.calendar, "version");
    }
    const kinds = life.journal.records.map(({ kind }) => kind);
    const place = kinds.lastIndexOf("calendar");
    expect(place).toBeGreaterThan(0);
    expect(kinds.slice(place, place + 2)).toEqual(["calendar", "due"]);
  });
});

describe("a run with a journal that is led back to itself", () => {
  it("lets the effects of a fill that comes within an order wait their turn", () => {
    const log: string[] = [];
    const broker = new OutsideBroker();
    broker.submit = (order: Order) => {
      log.push(`submit ${order.id}`);
      broker.listener!.filled(fillOf(order, order.submittedAt));
      log.push(`submitted ${order.id}`);
    };
    const strategy = averageStrategy(1, (trade) => {
      trade.buy(1);
      trade.sell(1);
    });
    const life = new Desk15({
      broker,
      strategy,
      observer: {
        run: () => {},
        bar: () => {},
        indicator: () => {},
        state: () => {},
        signal: () => {},
        order: () => {},
        feed: () => {},
        fill: ({ orderId }) => log.push(`fill ${orderId}`),
      },
    });
    life.journaled.start();
    life.say(0, 2);
    expect(log).toEqual(["submit 1", "submitted 1", "submit 2", "submitted 2", "fill 1", "fill 2"]);
    const again = new Desk15({ broker: new OutsideBroker(), strategy });
    expect(again.journaled.resume(life.journal.recorded()).divergence).toBeUndefined();
    expect(again.journaled.digest).toBe(life.journaled.digest);
  });

  it("leaves out, when it is played again, what it heard then: that comes by itself", () => {
    const lives: Desk15[] = [];
    const strategy = averageStrategy(1, () => lives.at(-1)!.journaled.stop("enough"));
    lives.push(new Desk15({ strategy }));
    lives[0]!.journaled.start();
    lives[0]!.say(0, 3);
    const { records } = lives[0]!.journal;
    expect(records.filter(({ kind }) => kind === "stop")).toHaveLength(1);
    const recorded = lives[0]!.journal.recorded();
    lives.push(new Desk15({ strategy }));
    expect(lives[1]!.journaled.resume(recorded).divergence).toBeUndefined();
    expect(lives[1]!.run.outcome).toBeUndefined();
    lives[1]!.journaled.start();
    lives[1]!.journaled.stop();
    lives[1]!.journaled.stop("again");
    const stops = lives[1]!.journal.records.filter(
      (record): record is Extract<JournalRecord, { kind: "stop" }> => record.kind === "stop",
    );
    expect(stops.map(({ reason }) => reason)).toEqual(["stopped on request"]);
  });
});
