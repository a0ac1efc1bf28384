import { describe, expect, it } from "vitest";
import { DEAF_OBSERVER } from "../../../adapters/kept/observers.ts";
import { sma } from "../../../core/indicators/sma.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Order } from "../../../core/trading/order.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { RunLog } from "../../support/run-log.ts";
import { averageStrategy } from "../../support/strategies.ts";
import { bar, bars, close, GRID, open, SERIES } from "../feed/seam/seam-fixture.ts";
import { busy, Desk15, fillOf, OutsideBroker, stateOf, wholeLife } from "./journaled-fixture.ts";
import { withoutMeans } from "./revisable-fixture.ts";

// Goal: nothing has an effect before it is durable, and what could not be made durable has none.
describe("a run with a journal", () => {
  it("lets out what it says and orders after it is written down, and not before", () => {
    const log: string[] = [];
    const kept = new MemoryJournal(SERIES);
    const observer = {
      ...DEAF_OBSERVER,
      state: ({ to }: { to: string }) => log.push(`state ${to}`),
      signal: (_at: number, _seq: number, name: string) => log.push(`signal ${name}`),
      order: ({ order, status }: { order: Order; status: string }) =>
        log.push(`order ${order.id} ${status}`),
      fill: ({ orderId }: { orderId: number }) => log.push(`fill ${orderId}`),
    };
    const broker = new OutsideBroker();
    const submit = broker.submit.bind(broker);
    broker.submit = (order) => {
      log.push(`submit ${order.id}`);
      submit(order);
    };
    const journal = {
      commit: (records: readonly JournalRecord[]) => {
        for (const record of records) {
          if (record.kind === "signal") log.push(`durable signal ${record.name}`);
          if (record.kind === "state") log.push(`durable state ${record.change.to}`);
          if (record.kind === "fill") log.push(`durable fill ${record.fill.orderId}`);
          if (record.kind === "order") {
            const { order, status } = record.event;
            log.push(`durable order ${order.id} ${status}`);
          }
        }
        kept.commit(records);
      },
    };
    const life = new Desk15({ observer, broker }, { journal });
    life.journaled.start();
    for (let index = 0; index < 16; index += 1) {
      life.say(index, index + 1);
      for (const order of broker.orders.splice(0)) {
        broker.listener!.filled(fillOf(order, life.time.now()));
      }
    }
    expect(log.filter((line) => line.startsWith("submit")).length).toBeGreaterThan(1);
    expect(log.filter((line) => line.startsWith("fill")).length).toBeGreaterThan(1);
    const durable = new Set<string>();
    for (const line of log) {
      if (line.startsWith("durable ")) durable.add(line.slice("durable ".length));
      else if (line.startsWith("submit")) {
        expect(durable).toContain(`${line.replace("submit", "order")} submitted`);
      } else expect(durable).toContain(line);
    }
  });

  it("ends, and nobody hears of what it decided, when that cannot be written down", () => {
    const broker = new OutsideBroker();
    const log = new RunLog({ now: () => watched.time.now() });
    const watched: Desk15 = new Desk15({ broker, observer: log });
    watched.journaled.start();
    watched.say(0, 5);
    const told = [log.signals.length, log.orders.length, broker.told.length, log.handled.length];
    watched.journal.failure = new Error("no disk");
    watched.say(5, 8);
    expect(watched.run.outcome).toEqual({ kind: "crashed", error: watched.journal.failure });
    expect([log.signals.length, log.orders.length, broker.told.length, log.handled.length]).toEqual(
      told,
    );
    watched.say(8, 16);
    expect(watched.run.summary().bars).toBe(6);
  });

  it("sees one present while it handles a word, whatever the world's clock does meanwhile", () => {
    let now = close(0);
    const seen: number[][] = [];
    const strategy = averageStrategy(1, (trade) => {
      seen.push([trade.now, trade.now]);
    });
    const clock = {
      now: () => {
        now += 7;
        return now;
      },
    };
    const life = new Desk15({ strategy, clock });
    life.journaled.start();
    for (let index = 0; index < 6; index += 1) {
      now = close(index);
      life.source.say([bar(index)]);
    }
    expect(seen.length).toBeGreaterThan(3);
    for (const [first, second] of seen) expect(first).toBe(second);
    const again = new Desk15({ strategy: averageStrategy(1) });
    expect(again.journaled.resume(life.journal.recorded()).divergence).toBeUndefined();
  });

  it.each([1, 1_000])("never sees time go back after a restart, snapshots every %s", (bars) => {
    const life = wholeLife({}, bars);
    const again = new Desk15({}, {}, open(3));
    again.journaled.resume(life.journal.recorded());
    again.journaled.start();
    again.journaled.stop();
    const stopped = again.journal.records.find(({ kind }) => kind === "stop");
    expect(stopped).toMatchObject({ at: close(15) });
  });

  it("is refused where it could not be gone on with", () => {
    const time = new VirtualTime(0);
    expect(() => new Desk15({ driver: time })).toThrow("a run that sets its own pace");
    expect(() => new Desk15({}, { snapshotBars: 0 })).toThrow("snapshotBars");
  });

  it("makes a snapshot every so many bars, and none of a run that has ended", () => {
    const life = wholeLife({}, 3);
    // Of 15 minutes and of 30: 24 bars in all.
    const places = life.journal.snapshots.map(({ commits }) => commits);
    expect(places.length).toBeGreaterThan(5);
    expect(places.length).toBeLessThanOrEqual(8);
    const once = wholeLife({}, 20);
    expect(once.journal.snapshots).toHaveLength(1);
    const again = new Desk15({}, { snapshotBars: 20 }, close(13));
    const { commits } = once.journal.snapshots[0]!;
    const cut = new MemoryJournal(SERIES);
    cut.commits.push(...once.journal.commits.slice(0, commits));
    cut.snapshots.push(...once.journal.snapshots);
    again.journaled.resume(cut.recorded());
    again.journaled.start();
    again.sayRest();
    expect(again.journal.commits.length).toBeGreaterThan(1);
    expect(again.journal.snapshots).toEqual([]);
    for (const end of [
      (of: Desk15) => of.journaled.stop(),
      (of: Desk15) => of.source.end({ kind: "complete" }),
    ]) {
      const ending = new Desk15({}, { snapshotBars: 1 });
      ending.journaled.start();
      ending.say(0, 6);
      const { length } = ending.journal.snapshots;
      expect(length).toBeGreaterThan(3);
      // A bar that waits is handled on the way out.
      ending.time.advanceTo(close(6));
      ending.source.say([bar(6)]);
      end(ending);
      expect(ending.run.summary().bars).toBe(7);
      expect(ending.journal.snapshots).toHaveLength(length);
    }
    const often = wholeLife({}, 1);
    expect(often.journal.snapshots.length).toBeGreaterThan(places.length);
    expect(wholeLife().journal.snapshots).toHaveLength(0);
  });

  it("makes none where not all of it can be saved", () => {
    const forgetful = wholeLife({ strategy: busy(false) }, 1);
    expect(forgetful.journal.snapshots).toHaveLength(0);
    const unsaved = defineStrategy({
      name: "unsaved",
      parameters: {},
      setup(declare) {
        declare.memory();
        declare.indicator(withoutMeans(sma(2)));
        return { onBar: () => {} };
      },
    });
    expect(wholeLife({ strategy: unsaved }, 1).journal.snapshots).toHaveLength(0);
  });

  it("ends when its memory cannot be kept, and says what of it", () => {
    const strategy = defineStrategy({
      name: "hoarder",
      parameters: {},
      setup(declare) {
        const memory = declare.memory({ when: undefined as unknown });
        return {
          onBar: () => {
            memory.when = new Map();
          },
        };
      },
    });
    const life = wholeLife({ strategy }, 2);
    expect(life.run.outcome).toMatchObject({ kind: "crashed", error: { code: "not-plain" } });
  });
});

/** A calendar that learns, at a time, that a session closes an hour early. */
class Learning extends TradingCalendar {
  isShort = false;

  constructor() {
    const { name, zone, firstDay, lastDay } = GRID.calendar;
    super({
      name,
      zone,
      firstDay,
      lastDay,
      sessionOn: (day) => {
        const session = GRID.calendar.sessionOn(day);
        if (session === undefined || !this.isShort) return session;
        return { ...session, segments: session.segments.slice(0, 1) };
      },
    });
  }

  learn(): void {
    this.isShort = true;
    this.sessionsChanged();
  }
}

// Goal: a run that is played again sees the sessions that were known when it decided.
describe("a run on a calendar that learns", () => {
  it("writes down what is known before what follows from it, and no more often", () => {
    const calendar = new Learning();
    const life = new Desk15({ grid: ({ size }) => new BarGrid(calendar, size) });
    life.journaled.start();
    life.say(0, 2);
    // When the rest of the warm-up is due depends on the sessions that are known.
    const range = { from: open(2), to: close(2) };
    life.time.advanceTo(close(2));
    life.source.tell({ type: "gap", series: SERIES, range, outcome: "lost", reason: "gone" });
    calendar.learn();
    life.say(3, 4);
    const records = life.journal.records;
    const places = records.flatMap(({ kind }, place) => (kind === "calendar" ? [place] : []));
    expect(places).toHaveLength(2);
    expect(places[0]).toBe(0);
    const [first, second] = places.map(
      (place) => records[place] as Extract<JournalRecord, { kind: "calendar" }>,
    );
    expect(first!.known.sessions[0]!.segments).toHaveLength(2);
    expect(second!.known.sessions[0]!.segments).toHaveLength(1);
    expect(records[places[1]! + 1]).toMatchObject({ kind: "word", at: close(3) });

    // Played again by one that knows all from the beginning.
    const known = new Learning();
    known.learn();
    const again = new Desk15({ grid: ({ size }) => new BarGrid(known, size) });
    expect(again.journaled.resume(life.journal.recorded("beginning")).divergence).toBeUndefined();
    expect(again.journaled.digest).toBe(life.journaled.digest);
  });
});

// Goal: what comes while something is handled comes after it, live as when it is played again.
describe("a run that hears while it handles", () => {
  it("hears of fills that a broker outside tells within a bar after that bar", () => {
    const broker = new OutsideBroker();
    const waiting: Order[] = [];
    broker.submit = (order) => waiting.push(order);
    Object.assign(broker, {
      bar: (_series: unknown, of: { openTime: Float64Array }, index: number) => {
        const at = of.openTime[index]!;
        for (const order of waiting.splice(0)) {
          if (order.id % 3 === 0) broker.listener!.rejected(order, "closed", at);
          else broker.listener!.filled(fillOf(order, at));
        }
      },
    });
    const life = wholeLife({ broker });
    expect(life.run.summary().fills).toBeGreaterThan(2);
    expect(life.journal.records.some(({ kind }) => kind === "refused")).toBe(true);
    const again = new Desk15({ broker: new OutsideBroker() });
    expect(again.journaled.resume(life.journal.recorded("beginning")).divergence).toBeUndefined();
    expect(again.journaled.digest).toBe(life.journaled.digest);
    expect(stateOf(again)).toBe(stateOf(life));
  });

  it("is stopped by its strategy after the word that it was deciding on", () => {
    let life: Desk15 | undefined;
    const strategy = averageStrategy(1, (trade) => {
      trade.signal("once");
      life?.journaled.stop("seen enough");
    });
    life = new Desk15({ strategy });
    life.journaled.start();
    life.time.advanceTo(close(3));
    life.source.say(bars(0, 4));
    expect(life.run.outcome).toEqual({ kind: "stopped" });
    const { journal } = life;
    life = undefined;
    const again = new Desk15({ strategy });
    expect(again.journaled.resume(journal.recorded("beginning")).divergence).toBeUndefined();
    expect(again.run.summary()).toMatchObject({ bars: 4, signals: 3 });
  });
});
