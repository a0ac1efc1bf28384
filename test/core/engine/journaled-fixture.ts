import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { JournaledRun, type JournaledRunOptions } from "../../../core/engine/journaled-run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { saveRun } from "../../../core/engine/run-snapshot.ts";
import { ema } from "../../../core/indicators/ema.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Broker, BrokerListener } from "../../../core/trading/broker.ts";
import type { Fill, Order } from "../../../core/trading/order.ts";
import { defineStrategy, type Strategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/index.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { bar, close, GRID, open, SERIES, TellingSource } from "../feed/seam/seam-fixture.ts";

/** Has all that a run can have: larger bars, orders, signals, and a memory of every kind. */
export function busy(hasMemory = true): Strategy {
  return defineStrategy({
    name: "busy",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(2));
      const slow = declare.indicator(ema(3, { tolerance: 0.5 }));
      const first = { count: 0, seen: [] as number[], half: { bars: 0 } };
      const memory = hasMemory ? declare.memory(first) : first;
      // Held as they are: what is put back must be found here.
      const { seen, half } = memory;
      const halves = declare.series("30m", (each, trade) => {
        half.bars += 1;
        if (half.bars % 2 === 1) trade.signal(`half hour ${half.bars} at ${each.close}`);
      });
      declare.indicator(sma(2), { on: halves });
      return {
        onBar(each, trade) {
          memory.count += 1;
          seen.push(each.close);
          if (memory.count % 2 === 0) trade.target((seen.length % 3) - 1);
          if (memory.count % 3 === 0) trade.signal(`${memory.count} ${fast.value > slow.value}`);
        },
      };
    },
  });
}

/** A run with a journal, its source and its time; one life of it, or a part of one. */
export class Desk15 {
  readonly time: VirtualTime;
  readonly source = new TellingSource(SERIES);
  readonly journal: MemoryJournal;
  readonly journaled: JournaledRun;

  constructor(
    more: Partial<RunOptions> = {},
    journaled: Partial<JournaledRunOptions> = {},
    at: UnixMs = open(0),
  ) {
    this.time = new VirtualTime(at);
    this.journal = new MemoryJournal(SERIES);
    this.journaled = new JournaledRun(
      {
        strategy: busy(),
        series: SERIES,
        source: this.source,
        broker: new SimBroker(),
        clock: this.time,
        grid: ({ size }) => new BarGrid(GRID.calendar, size),
        ...more,
      },
      { journal: this.journal, ...journaled },
    );
  }

  get run(): JournaledRun["run"] {
    return this.journaled.run;
  }

  /** Says bars one after another, when each has closed: first itself, then that it is all. */
  say(first: number, end: number): this {
    for (let index = first; index < end; index += 1) {
      this.time.advanceTo(close(index));
      this.source.say([bar(index)]);
      this.source.cover(open(index), close(index));
    }
    return this;
  }

  /** Says the rest of the sixteen bars, as far as it has not had them. */
  sayRest(): this {
    const { goesOnAt } = this.run.parts;
    for (let index = 0; index < 16; index += 1) {
      if (open(index) >= goesOnAt) this.say(index, index + 1);
    }
    return this;
  }
}

/** The life of a run that nothing ever interrupted. */
export function wholeLife(more: Partial<RunOptions> = {}, snapshotBars = 1_000): Desk15 {
  const life = new Desk15(more, { snapshotBars });
  life.journaled.start();
  return life.say(0, 16);
}

/** All of a run's state, as bytes. */
export function stateOf(life: Desk15): string {
  const to = new ByteWriter();
  saveRun(to, life.run.parts);
  return String(to.bytes);
}

/** A broker outside that does nothing of itself. */
export class OutsideBroker implements Broker {
  readonly told: string[] = [];
  readonly orders: Order[] = [];
  listener: BrokerListener | undefined;

  connect(listener: BrokerListener): void {
    this.listener = listener;
  }

  submit(order: Order): void {
    this.told.push(`submit ${order.id}`);
    this.orders.push(order);
  }

  resume(orders: readonly Order[]): void {
    this.told.push(`resume ${orders.map(({ id }) => id)}`);
  }

  bar(): void {}
}

/** What becomes of an order that trades. */
export function fillOf(order: Order, at: UnixMs, price = 100): Fill {
  const { id: orderId, instrument, side, quantity } = order;
  return { orderId, instrument, side, quantity, price, fee: 1, at };
}
