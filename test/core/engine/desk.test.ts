import { beforeEach, describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { Desk, type DeskOptions } from "../../../core/engine/desk.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Broker } from "../../../core/trading/broker.ts";
import { money } from "../../../core/trading/money.ts";
import type { Fill, Order } from "../../../core/trading/order.ts";
import { Portfolio } from "../../../core/trading/portfolio.ts";
import { RunLog } from "../../support/run-log.ts";
import { bar, open, SERIES } from "../feed/seam/seam-fixture.ts";

let sent: Order[];
let log: RunLog;
let options: DeskOptions;
let desk: Desk;
let portfolio: Portfolio;

beforeEach(() => {
  sent = [];
  const time = new VirtualTime(open(1));
  log = new RunLog(time);
  portfolio = new Portfolio(money(1_000), "USD");
  const broker: Broker = { connect() {}, bar() {}, submit: (order) => sent.push(order) };
  options = { series: SERIES, clock: time, broker, observer: log };
  desk = new Desk(options, portfolio);
  desk.state = "READY";
});

const fill = (order: Order): Fill => ({
  ...order,
  orderId: order.id,
  price: 10,
  fee: 1,
  at: order.submittedAt,
});
const told = () =>
  log.orders.map(({ order, status, reason }) => `${order.id} ${status} ${reason}`.trim());

// Goal: orders go out when the run is READY and never else, and what comes back is booked once.
describe("Desk", () => {
  it("sends orders with ascending ids and books their fills once", () => {
    const first = desk.buy(10);
    const second = desk.sell(4);
    expect(sent).toEqual([first, second]);
    expect([first.id, second.id, desk.openOrders.length]).toEqual([1, 2, 2]);
    desk.filled(fill(first));
    desk.filled(fill(first));
    expect([desk.position, portfolio.fillCount, desk.openOrders]).toEqual([10, 1, [second]]);
    expect(told()).toEqual(["1 submitted", "2 submitted", "1 filled"]);
    expect(log.fills).toHaveLength(1);
    expect(desk.equity).toBe(999);
  });

  it("refuses orders in every other state, with the reason on record", () => {
    for (const state of ["INITIALIZING", "WARMING_UP", "SUSPENDED", "STOPPED"] as const) {
      desk.state = state;
      expect(desk.isReady).toBe(false);
      desk.buy(1);
    }
    expect(sent).toEqual([]);
    expect(told()[3]).toBe("4 rejected the run is STOPPED");
    expect([desk.orderCount, desk.openOrders.length]).toEqual([4, 0]);
  });

  it("takes note of a rejection by the broker once", () => {
    const order = desk.buy(1);
    desk.rejected(order, "no funds", open(1));
    desk.rejected(order, "no funds", open(1));
    expect(told()).toEqual(["1 submitted", "1 rejected no funds"]);
  });

  it("orders what is missing to a target, orders under way counted", () => {
    desk.target(5);
    expect(desk.target(5)).toBeUndefined();
    desk.target(-2);
    expect(sent.map(({ side, quantity }) => `${side} ${quantity}`)).toEqual(["buy 5", "sell 7"]);
    for (const order of sent) desk.filled(fill(order));
    expect([desk.position, desk.target(-2)]).toEqual([-2, undefined]);
  });

  it("comes to rest at a target in fractions", () => {
    desk.filled(fill(desk.buy(0.1)));
    desk.buy(0.2);
    expect(desk.target(0.3)).toBeUndefined();
    desk.filled(fill(sent[1]!));
    desk.filled(fill(desk.target(1.1)!));
    expect([desk.position, desk.target(1.1)]).toEqual([1.1, undefined]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses to order %d units",
    (quantity) => {
      expect(() => desk.buy(quantity)).toThrow("order a positive number of units");
      expect([desk.orderCount, sent]).toEqual([0, []]);
    },
  );

  it("goes on with the open orders of a desk before it, and with new ids", () => {
    const { instrument } = SERIES;
    const before: Order = { id: 5, instrument, side: "buy", quantity: 3, submittedAt: open(0) };
    const next = new Desk({ ...options, openOrders: [before], lastOrderId: 7 }, portfolio);
    next.state = "READY";
    expect(next.openOrders).toEqual([before]);
    // What is under way already is not ordered again.
    expect(next.target(4)).toMatchObject({ id: 8, side: "buy", quantity: 1 });
    next.filled(fill(before));
    expect([next.position, next.orderCount, next.openOrders.length]).toEqual([3, 1, 1]);
  });

  it("is saved with its open orders, and goes on with them and with new ids", () => {
    log.bar(1, SERIES, bar(0), "live");
    desk.seq = 1;
    desk.signal("a");
    desk.filled(fill(desk.buy(2)));
    const [open1, open2] = [desk.buy(3), desk.sell(0.5)];
    desk.seq = 9;
    const to = new ByteWriter();
    desk.save(to);
    const again = new Desk(options, portfolio);
    again.state = "WARMING_UP";
    const from = new ByteReader(to.bytes);
    again.load(from);
    from.end();
    expect([again.state, again.seq, again.orderCount, again.signalCount]).toEqual([
      "READY",
      9,
      3,
      1,
    ]);
    expect(again.openOrders).toEqual([open1, open2]);
    // 2 are held, 2.5 under way.
    expect(again.target(4.5)).toBeUndefined();
    expect(again.target(5)).toMatchObject({ id: 4, side: "buy", quantity: 0.5 });
    again.filled(fill(open1!));
    expect(again.position).toBe(5);
  });

  it("forgets the orders that it had when it is loaded", () => {
    const to = new ByteWriter();
    desk.save(to);
    desk.buy(1);
    desk.load(new ByteReader(to.bytes));
    expect([desk.openOrders, desk.orderCount]).toEqual([[], 0]);
    expect(desk.target(0)).toBeUndefined();
  });

  it("counts signals, with an observer or without", () => {
    log.bar(1, SERIES, { ...fill(desk.buy(1)), openTime: 0, closeTime: 1 } as never, "live");
    desk.seq = 1;
    desk.signal("long");
    expect([desk.signalCount, log.signals.length]).toEqual([1, 1]);
    const broker: Broker = { connect() {}, bar() {}, submit() {} };
    const alone = new Desk({ series: SERIES, clock: new VirtualTime(0), broker }, portfolio);
    alone.signal("long");
    alone.buy(1);
    expect([alone.signalCount, alone.orderCount, alone.now]).toEqual([1, 1, 0]);
  });
});
