import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { readOrder, writeOrder } from "../journal/record-codec.ts";
import type { RunObserver } from "../journal/run-observer.ts";
import type { Series } from "../market/series.ts";
import type { Clock } from "../time/clock.ts";
import { fail } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Broker, BrokerListener } from "../trading/broker.ts";
import { type Fill, type Order, type OrderStatus, type Side, sideSign } from "../trading/order.ts";
import { exactSum, type Portfolio, type Position } from "../trading/portfolio.ts";
import type { RunState } from "../trading/readiness.ts";
import type { Trade } from "../trading/strategy.ts";
import type { RunOptions } from "./run-options.ts";

/** What a desk is made of; see `RunOptions`. */
export type DeskOptions = Pick<
  RunOptions,
  "series" | "clock" | "broker" | "observer" | "openOrders" | "lastOrderId"
>;

/**
 * Where the strategy trades: lets orders out only when the run is READY, and books what comes back.
 */
export class Desk implements Trade, BrokerListener {
  state: RunState = "INITIALIZING";
  /** The number of the bar that is being decided on. */
  seq = 0;
  readonly #series: Series;
  readonly #clock: Clock;
  readonly #broker: Broker;
  readonly #portfolio: Portfolio;
  readonly #position: Position;
  readonly #observer: RunObserver | undefined;
  readonly #open = new Map<number, Order>();
  /** The id of the last order before the first of this desk. */
  readonly #lastBefore: number;
  /** Units that open orders will add to the position. */
  #underWay = 0;
  #orders = 0;
  #signals = 0;

  constructor(options: DeskOptions, portfolio: Portfolio) {
    const { series, clock, broker, observer, openOrders = [], lastOrderId = 0 } = options;
    this.#series = series;
    this.#clock = clock;
    this.#broker = broker;
    this.#portfolio = portfolio;
    this.#position = portfolio.position(series.instrument);
    this.#observer = observer;
    this.#lastBefore = lastOrderId;
    for (const order of openOrders) this.#open.set(order.id, order);
    this.#countUnderWay();
  }

  get now(): UnixMs {
    return this.#clock.now();
  }

  get isReady(): boolean {
    return this.state === "READY";
  }

  get position(): number {
    return this.#position.quantity;
  }

  get equity(): number {
    return this.#portfolio.equity;
  }

  get orderCount(): number {
    return this.#orders;
  }

  get signalCount(): number {
    return this.#signals;
  }

  /** Orders that neither traded nor were refused yet. */
  get openOrders(): readonly Order[] {
    return [...this.#open.values()];
  }

  signal(name: string): void {
    this.#signals += 1;
    this.#observer?.signal(this.now, this.seq, name);
  }

  buy(quantity: number): Order {
    return this.#submit("buy", quantity);
  }

  sell(quantity: number): Order {
    return this.#submit("sell", quantity);
  }

  target(quantity: number): Order | undefined {
    // At most bars what is wanted is held already.
    if (quantity === this.#position.quantity && this.#underWay === 0) return undefined;
    const missing = exactSum(quantity, -exactSum(this.position, this.#underWay));
    if (missing === 0) return undefined;
    return this.#submit(missing > 0 ? "buy" : "sell", Math.abs(missing));
  }

  filled(fill: Fill): void {
    const order = this.#open.get(fill.orderId);
    if (order === undefined) return;
    this.#close(order);
    this.#portfolio.apply(fill);
    this.#observer?.fill(fill);
    this.#report(order, "filled", "", fill.at);
  }

  rejected(order: Order, reason: string, at: UnixMs): void {
    if (!this.#open.has(order.id)) return;
    this.#close(order);
    this.#report(order, "rejected", reason, at);
  }

  save(to: ByteWriter): void {
    to.text(this.state).float64(this.seq).float64(this.#orders).float64(this.#signals);
    to.uint32(this.#open.size);
    for (const order of this.#open.values()) writeOrder(to, order);
  }

  load(from: ByteReader): void {
    this.state = from.text() as RunState;
    this.seq = from.float64();
    this.#orders = from.float64();
    this.#signals = from.float64();
    this.#open.clear();
    for (let left = from.uint32(); left > 0; left -= 1) {
      const order = readOrder(from, this.#series);
      this.#open.set(order.id, order);
    }
    this.#countUnderWay();
  }

  #close(order: Order): void {
    this.#open.delete(order.id);
    this.#countUnderWay();
  }

  #countUnderWay(): void {
    let underWay = 0;
    for (const order of this.#open.values()) {
      underWay = exactSum(underWay, order.quantity * sideSign(order.side));
    }
    this.#underWay = underWay;
  }

  #submit(side: Side, quantity: number): Order {
    if (!(quantity > 0 && Number.isFinite(quantity))) {
      fail("invalid-quantity", `an order to ${side} ${quantity} is impossible`, {
        where: this.#series.key,
        cure: "order a positive number of units",
      });
    }
    this.#orders += 1;
    const { instrument } = this.#series;
    const submittedAt = this.now;
    const id = this.#lastBefore + this.#orders;
    const order: Order = { id, instrument, side, quantity, submittedAt };
    if (!this.isReady) {
      this.#report(order, "rejected", `the run is ${this.state}`, submittedAt);
      return order;
    }
    this.#open.set(order.id, order);
    this.#countUnderWay();
    this.#report(order, "submitted", "", submittedAt);
    this.#broker.submit(order);
    return order;
  }

  #report(order: Order, status: OrderStatus, reason: string, at: UnixMs): void {
    this.#observer?.order({ order, status, at, reason });
  }
}
