import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ByteReader } from "../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../core/codec/byte-writer.ts";
import { instrument } from "../../core/market/instrument.ts";
import { series } from "../../core/market/series.ts";
import { barSize } from "../../core/time/bar-size.ts";
import type { Fill, Order, Side } from "../../core/trading/order.ts";
import {
  fixedCommission,
  noCommission,
  noSlippage,
  perUnitCommission,
  SimBroker,
  type SimBrokerOptions,
  shareOfSlippage,
  shareOfValueCommission,
  ticksOfSlippage,
} from "../../sim/index.ts";
import { barAt, barsOf, market } from "../support/market.ts";

const truth = market({ size: "15m", from: "2024-03-04T00:00:00Z", bars: 6 });
const { instrument: stock } = truth.series;

let fills: Fill[];
beforeEach(() => {
  fills = [];
});

function connected(options: SimBrokerOptions = {}): SimBroker {
  const broker = new SimBroker(options);
  broker.connect({ filled: (fill) => fills.push(fill), rejected: () => {} });
  return broker;
}

function order(id: number, submittedAt: number, fields: Partial<Order> = {}): Order {
  return { id, instrument: stock, side: "buy", quantity: 10, submittedAt, ...fields };
}

// Goal: a decision trades at the next open, whole, and never at a price that was known when it was
// made.
describe("SimBroker", () => {
  it("fills at the open of the bar that opens when the order was submitted", () => {
    const broker = connected();
    broker.submit(order(1, barAt(truth, 2).closeTime));
    broker.bar(truth.series, truth.bars, 2);
    expect(fills).toEqual([]);
    broker.bar(truth.series, truth.bars, 3);
    broker.bar(truth.series, truth.bars, 4);
    const { open: price, openTime: at } = barAt(truth, 3);
    expect(fills).toEqual([
      { orderId: 1, instrument: stock, side: "buy", quantity: 10, price, fee: 0, at },
    ]);
  });

  it("lets a bar in progress go by that opened before the order", () => {
    const broker = connected();
    broker.submit(order(1, barAt(truth, 3).openTime + 5_001));
    broker.bar(truth.series, truth.bars, 3);
    expect(fills).toEqual([]);
    broker.bar(truth.series, truth.bars, 4);
    expect(fills.map(({ price }) => price)).toEqual([barAt(truth, 4).open]);
  });

  it("trades at an open that is moments old, and not before the order was submitted", () => {
    const broker = connected();
    const { openTime, open } = barAt(truth, 3);
    broker.submit(order(1, openTime + 5_000));
    broker.bar(truth.series, truth.bars, 3);
    expect(fills).toMatchObject([{ price: open, at: openTime + 5_000 }]);
  });

  it("fills in the order of submission, and what a fill leads to at a later open", () => {
    const broker = new SimBroker();
    broker.connect({
      filled: (fill) => {
        fills.push(fill);
        if (fill.orderId === 1) broker.submit(order(3, fill.at + 1, { side: "sell" }));
      },
      rejected: () => {},
    });
    broker.submit(order(1, 0));
    broker.submit(order(2, 0));
    broker.bar(truth.series, truth.bars, 0);
    expect(fills.map(({ orderId }) => orderId)).toEqual([1, 2]);
    broker.bar(truth.series, truth.bars, 1);
    expect(fills.map(({ orderId }) => orderId)).toEqual([1, 2, 3]);
  });

  it("does not fill at another instrument's bars, one symbol on two exchanges included", () => {
    const broker = connected();
    broker.submit(order(1, 0));
    for (const other of [instrument("OTHER"), instrument(stock.symbol, { exchange: "XETR" })]) {
      broker.bar(series(other, barSize("15m")), truth.bars, 0);
    }
    expect(fills).toEqual([]);
    broker.bar(truth.series, truth.bars, 1);
    expect(fills).toHaveLength(1);
  });

  it("takes slippage into the price and commission from that price", () => {
    const broker = connected({
      commission: shareOfValueCommission(0.001),
      slippage: shareOfSlippage(0.01),
    });
    broker.submit(order(1, 0, { side: "sell" }));
    broker.bar(truth.series, truth.bars, 0);
    const price = Number((barAt(truth, 0).open * 0.99).toFixed(6));
    expect(fills[0]!.price).toBe(price);
    expect(fills[0]!.fee).toBeCloseTo(price * 10 * 0.001, 12);
  });

  it("fills nobody's order before anyone listens", () => {
    const broker = new SimBroker();
    broker.submit(order(1, 0));
    expect(() => broker.bar(truth.series, truth.bars, 0)).not.toThrow();
    expect(barsOf(truth)).toHaveLength(6);
  });
});

// Goal: the orders that it has in its hands are kept with the run, and trade as if it had never
// been away.
describe("SimBroker: its state", () => {
  function saved(broker: SimBroker): ByteReader {
    const to = new ByteWriter();
    broker.state.save(to);
    return new ByteReader(to.bytes);
  }

  it("is the orders that wait, in their order", () => {
    const broker = connected();
    const { openTime } = barAt(truth, 2);
    const orders = [order(1, 0), order(2, openTime, { side: "sell" }), order(3, 0)];
    for (const each of orders) broker.submit(each);
    const again = connected();
    again.submit(order(9, 0));
    const from = saved(broker);
    again.state.load(from, new Map(orders.map((each) => [each.id, each])));
    from.end();
    again.bar(truth.series, truth.bars, 0);
    expect(fills.map(({ orderId }) => orderId)).toEqual([1, 3]);
    const later = connected();
    later.state.load(saved(again), new Map([[2, orders[1]!]]));
    later.bar(truth.series, truth.bars, 2);
    expect(fills.map(({ orderId }) => orderId)).toEqual([1, 3, 2]);
    expect(saved(later).left).toBe(4);
  });

  it("is refused where an order that waits is not open", () => {
    const broker = connected();
    broker.submit(order(1, 0));
    expect(() => connected().state.load(saved(broker), new Map())).toThrow(
      expect.objectContaining({ code: "damaged-bytes" }),
    );
  });
});

// Goal: commissions are exact in decimals.
describe("commission models", () => {
  const future = instrument("IF", { multiplier: 300 });
  it.each([
    ["none", noCommission, 0],
    ["fixed", fixedCommission(1.25), 1.25],
    ["per unit", perUnitCommission(0.1), 0.3],
    ["per unit with a minimum", perUnitCommission(0.1, 1), 1],
    ["a share of the value", shareOfValueCommission(0.000023), 74.52],
  ])("%s", (_what, model, expected) => {
    expect(model(future, 3, 3_600)).toBe(expected);
  });

  it("charges a share of what is traded at a negative price too", () => {
    const spread = instrument("SPREAD", { allowsNegativePrice: true });
    expect(shareOfValueCommission(0.001)(spread, 10, -5)).toBe(0.05);
  });
});

// Goal: slippage never makes a price better.
describe("slippage models", () => {
  const worse = (side: Side, before: number, after: number): boolean =>
    side === "buy" ? after >= before : after <= before;
  const stepped = instrument("S", { priceIncrement: 0.05, allowsNegativePrice: true });

  it("is none, some steps or some share, exactly", () => {
    expect(noSlippage(stepped, "buy", 10.1)).toBe(10.1);
    expect(ticksOfSlippage(2)(stepped, "buy", 10.2)).toBe(10.3);
    expect(ticksOfSlippage(2)(stepped, "sell", 10.2)).toBe(10.1);
    expect(shareOfSlippage(0.1)(stepped, "buy", 0.7)).toBe(0.77);
    expect(shareOfSlippage(0.1)(stepped, "sell", 0.7)).toBe(0.63);
  });

  it("is never better, at any price that is possible", () => {
    const models = fc.oneof(
      fc.nat(5).map(ticksOfSlippage),
      fc.double({ min: 0, max: 0.5, noNaN: true }).map(shareOfSlippage),
    );
    const price = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(models, price, fc.constantFrom<Side>("buy", "sell"), (model, before, side) => {
        expect(worse(side, before, model(stepped, side, before))).toBe(true);
      }),
    );
  });

  it.each([
    ["ticks of an instrument whose step is unknown", () => ticksOfSlippage(1)(stock, "buy", 10)],
    ["a negative number of ticks", () => ticksOfSlippage(-1)],
    ["a negative share", () => shareOfSlippage(-0.1)],
  ] as [string, () => unknown][])("refuses %s", (_what, act) => {
    expect(act).toThrow(expect.objectContaining({ name: "BarlineError" }));
  });
});
