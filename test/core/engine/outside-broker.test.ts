// Goal: a run that is written down and trades at a broker outside asks it what became of orders
// when it starts, and ends in good order where it cannot be spoken to.
import { describe, expect, it } from "vitest";
import { JournaledRun } from "../../../core/engine/journaled-run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { MemorySource } from "../../../core/feed/memory-source.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Broker } from "../../../core/trading/broker.ts";
import type { Order } from "../../../core/trading/order.ts";
import { barAt, market } from "../../support/market.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { averageStrategy } from "../../support/strategies.ts";

const TRUTH = market({ size: "15m", from: "2024-03-04T00:00:00Z", bars: 6 });
const OPEN: Order = {
  id: 4,
  instrument: TRUTH.series.instrument,
  side: "sell",
  quantity: 1,
  submittedAt: barAt(TRUTH, 0).openTime,
};

const journal = () => new MemoryJournal(TRUTH.series);

function optionsOf(broker: Broker, more: Partial<RunOptions> = {}): RunOptions {
  return {
    strategy: averageStrategy(2, (trade) => trade.buy(1)),
    series: TRUTH.series,
    source: new MemorySource(TRUTH.bars),
    broker,
    clock: new VirtualTime(barAt(TRUTH, -1).closeTime),
    grid: () => TRUTH.grid,
    ...more,
  };
}

/** Notes what it is asked to do. */
function listening(told: string[]): Broker {
  return {
    connect: () => told.push("connect"),
    submit: ({ id }) => told.push(`submit ${id}`),
    resume: (orders) => told.push(`resume ${orders.map(({ id }) => id)}`),
    bar: () => {},
  };
}

describe("a broker outside", () => {
  it("is refused where it cannot be asked what became of orders", () => {
    const broker: Broker = { connect() {}, submit() {}, bar() {} };
    expect(() => new JournaledRun(optionsOf(broker), { journal: journal() })).toThrow(
      "this broker cannot be asked what became of orders",
    );
  });

  it("is asked of the orders of a run before, once the new one is written down", () => {
    const told: string[] = [];
    const kept = journal();
    const options = optionsOf(listening(told), { openOrders: [OPEN], lastOrderId: 4 });
    const resume = (orders: readonly Order[]) =>
      told.push(`${kept.commits.length} commits, resume ${orders.map(({ id }) => id)}`);
    const broker = { ...options.broker, resume };
    new JournaledRun({ ...options, broker }, { journal: kept }).start();
    expect(told.slice(0, 3)).toEqual(["connect", "1 commits, resume 4", "submit 5"]);
  });

  it("is not asked, and gets no order, where the run cannot be written down", () => {
    const told: string[] = [];
    const kept = journal();
    kept.failure = new Error("no disk");
    const options = optionsOf(listening(told), { openOrders: [OPEN] });
    const journaled = new JournaledRun(options, { journal: kept });
    journaled.start();
    expect(told).toEqual(["connect"]);
    expect(journaled.run.outcome).toEqual({ kind: "crashed", error: kept.failure });
  });

  it("ends the run when it cannot be given an order, and gets no more of them", () => {
    const told: string[] = [];
    const error = new Error("no line");
    const kept = journal();
    const submit = ({ id }: Order) => {
      told.push(`submit ${id}`);
      throw error;
    };
    const broker = { ...listening(told), submit };
    const journaled = new JournaledRun(optionsOf(broker), { journal: kept });
    journaled.start();
    expect(told).toEqual(["connect", "submit 1"]);
    expect(journaled.run.outcome).toEqual({ kind: "crashed", error });
    // What was decided is on record, to be asked of when it starts again.
    const again = new JournaledRun(optionsOf(listening(told)), { journal: journal() });
    expect(again.resume(kept.recorded()).divergence).toBeUndefined();
    const open = again.run.parts.desk.openOrders.map(({ id }) => id);
    expect(open[0]).toBe(1);
    again.start();
    expect(told.slice(3, 4)).toEqual([`resume ${open}`]);
  });

  it("ends the run once when its journal fails while it is given an order", () => {
    const kept = journal();
    const broker: Broker = {
      ...listening([]),
      submit: () => {
        kept.failure = new Error("no disk");
        journaled.stop();
        throw new Error("no line");
      },
    };
    const journaled = new JournaledRun(optionsOf(broker), { journal: kept });
    journaled.start();
    expect(journaled.run.outcome?.kind).toBe("stopped");
  });
});
