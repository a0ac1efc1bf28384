import type { PlainValue } from "../../../core/codec/plain-value.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import type { Fill, Order } from "../../../core/trading/order.ts";
import type { RunAbout } from "./run-about.ts";
import type { RunStore, StoredRun } from "./run-store.ts";

/** A fill or an order as it is kept: its instrument is that of the run. */
export type PlainFill = Omit<Fill, "instrument">;
export type PlainOrder = Omit<Order, "instrument">;

/** What a run begins with of the runs before it under its name. */
export interface CarriedAccount {
  readonly fills: readonly PlainFill[];
  /** Still open, at a broker outside. */
  readonly orders: readonly PlainOrder[];
  /** The id of the last order of all of them, 0 where there was none. */
  readonly lastOrderId: number;
}

/** Of the first run of a name. */
export const NOTHING_CARRIED: CarriedAccount = { fills: [], orders: [], lastOrderId: 0 };

/** What is carried, as it is kept in the entry of a run. */
export function plainAccount(carried: CarriedAccount): PlainValue {
  return carried as unknown as PlainValue;
}

/** What of the options of a run is carried over to it. */
export function carriedOptions({
  carried,
  series,
}: Pick<RunAbout, "carried" | "series">): Pick<
  RunOptions,
  "bookedFills" | "openOrders" | "lastOrderId"
> {
  const { instrument } = series;
  const { fills, orders, lastOrderId } = carriedBy({ carried });
  return {
    bookedFills: fills.map((fill) => ({ ...fill, instrument })),
    openOrders: orders.map((order) => ({ ...order, instrument })),
    lastOrderId,
  };
}

/** The account as a run leaves it, with all that it began with. */
export function accountAfter(runs: RunStore, run: StoredRun): CarriedAccount {
  const before = carriedBy(run.about);
  const fills = [...before.fills];
  const open = new Map(before.orders.map((order) => [order.id, order]));
  for (const records of runs.recorded(run, "beginning").commits) {
    for (const record of records) {
      if (record.kind === "fill") fills.push(plainFill(record.fill));
      if (record.kind !== "order") continue;
      const { order, status } = record.event;
      if (status === "submitted") open.set(order.id, plainOrder(order));
      else open.delete(order.id);
    }
  }
  return { fills, orders: [...open.values()], lastOrderId: run.head.lastOrderId };
}

/** What the entry of a run says of the runs before it. */
function carriedBy({ carried }: Pick<RunAbout, "carried">): CarriedAccount {
  return carried as unknown as CarriedAccount;
}

function plainFill({ orderId, side, quantity, price, fee, at }: Fill): PlainFill {
  return { orderId, side, quantity, price, fee, at };
}

function plainOrder({ id, side, quantity, submittedAt }: Order): PlainOrder {
  return { id, side, quantity, submittedAt };
}
