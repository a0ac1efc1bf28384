import { MINUTE_MS, type UnixMs } from "../../core/time/instant.ts";
import type { VirtualTime } from "../../core/time/virtual-time.ts";
import type { Broker, BrokerListener } from "../../core/trading/broker.ts";
import type { Order } from "../../core/trading/order.ts";
import { Random } from "../../sim/index.ts";
import { type ExternalExchange, FLIGHT_MS } from "./external-exchange.ts";

export interface ExternalBrokerOptions {
  readonly seed: number;
  /** Share of fills of which no word comes by itself; default 0. */
  readonly unheardShare?: number;
  /** What becomes of an order that never arrived; default `refuse`. */
  readonly neverArrived?: "refuse" | "send";
  /** Is told of each order right before it is sent. */
  readonly onSend?: (order: Order) => void;
}

/** How often it asks what became of orders. */
const INQUIRY_MS = 17 * MINUTE_MS;
/** How often it is told of a fill again: whoever listens has to bear it. */
const REPETITIONS = 2;

/** An order of which something is still to be told. */
interface Followed {
  readonly order: Order;
  /** From when on it is known whether it arrived. */
  readonly certainAt: UnixMs;
  /** How often its fill is still told. */
  toTell: number;
}

/** The end of a line to an `ExternalExchange`: lives and dies with the process that trades. */
export class ExternalBroker implements Broker {
  readonly #exchange: ExternalExchange;
  readonly #time: VirtualTime;
  readonly #options: ExternalBrokerOptions;
  readonly #random: Random;
  readonly #followed = new Map<number, Followed>();
  #listener: BrokerListener | undefined;
  #isAsking = false;

  constructor(exchange: ExternalExchange, time: VirtualTime, options: ExternalBrokerOptions) {
    this.#exchange = exchange;
    this.#time = time;
    this.#options = options;
    this.#random = new Random(options.seed, `broker ${time.now()}`);
  }

  connect(listener: BrokerListener): void {
    this.#listener = listener;
  }

  submit(order: Order): void {
    this.#send(order);
    this.#askAfter(INQUIRY_MS);
    if (this.#random.chance(this.#options.unheardShare ?? 0)) return;
    const at = this.#exchange.filledAt(order.id);
    if (Number.isFinite(at)) this.#time.schedule(at, () => this.#tell(order.id));
  }

  /** What was on its way when the process died has arrived when it asks, or never will. */
  resume(orders: readonly Order[]): void {
    for (const order of orders) this.#follow(order);
    this.#askAfter(FLIGHT_MS);
  }

  bar(): void {}

  #send(order: Order): void {
    this.#options.onSend?.(order);
    this.#exchange.send(order, this.#time.now());
    this.#follow(order);
  }

  #follow(order: Order): void {
    const certainAt = this.#time.now() + FLIGHT_MS;
    this.#followed.set(order.id, { order, certainAt, toTell: REPETITIONS });
  }

  #askAfter(delayMs: number): void {
    if (this.#isAsking || this.#followed.size === 0) return;
    this.#isAsking = true;
    this.#time.schedule(this.#time.now() + delayMs, () => {
      this.#isAsking = false;
      for (const followed of [...this.#followed.values()]) this.#ask(followed);
      this.#askAfter(INQUIRY_MS);
    });
  }

  #ask({ order, certainAt }: Followed): void {
    const now = this.#time.now();
    if (this.#exchange.ask(order.id, now).kind !== "unknown") this.#tell(order.id);
    else if (now < certainAt) return;
    else if (this.#options.neverArrived === "send") this.#send(order);
    else {
      this.#followed.delete(order.id);
      this.#listener!.rejected(order, "it never arrived", now);
    }
  }

  #tell(id: number): void {
    const known = this.#exchange.ask(id, this.#time.now());
    const followed = this.#followed.get(id);
    if (known.kind !== "filled" || followed === undefined) return;
    followed.toTell -= 1;
    if (followed.toTell === 0) this.#followed.delete(id);
    this.#listener!.filled(known.fill);
  }
}
