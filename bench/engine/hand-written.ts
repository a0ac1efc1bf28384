import type { Bar } from "../../core/market/bar.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";

/** What the hand-written loops and the engine must agree on. */
export interface CrossResult {
  readonly fills: number;
  readonly cash: number;
  /** Equity at the close of every bar, in whatever form it was gathered. */
  equity(): ArrayLike<number>;
}

const FAST = 40;
const SLOW = 260;
const FEE = 0.75;
const INITIAL_CASH = 1_000_000;

/**
 * The 40/260 cross as one would write it for speed alone: columns, running sums in plain floating
 * point, a fill at the next open, a fee, an equity curve. The least the machine can do it in.
 */
export function columnarLoop(bars: BarColumns): CrossResult {
  const { open, close } = bars;
  const n = bars.length;
  const equity = new Float64Array(n);
  let fastSum = 0;
  let slowSum = 0;
  let cash = INITIAL_CASH;
  let position = 0;
  let pending = 0;
  let fills = 0;
  for (let i = 0; i < n; i += 1) {
    if (pending !== 0) {
      cash -= pending * open[i]! + FEE;
      position += pending;
      pending = 0;
      fills += 1;
    }
    const price = close[i]!;
    fastSum += price - (i >= FAST ? close[i - FAST]! : 0);
    slowSum += price - (i >= SLOW ? close[i - SLOW]! : 0);
    if (i >= SLOW) pending = (fastSum / FAST > slowSum / SLOW ? 1 : -1) - position;
    equity[i] = cash + position * price;
  }
  return { fills, cash, equity: () => equity };
}

interface PlainOrder {
  readonly id: number;
  readonly quantity: number;
  readonly submittedAt: number;
}

class RingAverage {
  readonly #ring: Float64Array;
  #sum = 0;
  #next = 0;
  #count = 0;

  constructor(length: number) {
    this.#ring = new Float64Array(length);
  }

  update(price: number): number {
    this.#sum += price - this.#ring[this.#next]!;
    this.#ring[this.#next] = price;
    this.#next = this.#next + 1 === this.#ring.length ? 0 : this.#next + 1;
    if (this.#count < this.#ring.length) this.#count += 1;
    return this.#count === this.#ring.length ? this.#sum / this.#count : Number.NaN;
  }
}

class Account {
  cash = INITIAL_CASH;
  position = 0;
  fills = 0;
  readonly equity: number[] = [];

  book(order: PlainOrder, price: number): void {
    this.cash -= order.quantity * price + FEE;
    this.position += order.quantity;
    this.fills += 1;
  }

  mark(bar: Bar): void {
    this.equity.push(this.cash + this.position * bar.close);
  }
}

class NextOpenBroker {
  readonly orders: PlainOrder[] = [];
  readonly #account: Account;
  #waiting: PlainOrder[] = [];

  constructor(account: Account) {
    this.#account = account;
  }

  submit(quantity: number, bar: Bar): void {
    const order = { id: this.orders.length + 1, quantity, submittedAt: bar.closeTime };
    this.orders.push(order);
    this.#waiting.push(order);
  }

  onBar(bar: Bar): void {
    if (this.#waiting.length === 0) return;
    for (const order of this.#waiting) this.#account.book(order, bar.open);
    this.#waiting = [];
  }
}

class CrossStrategy {
  readonly #fast = new RingAverage(FAST);
  readonly #slow = new RingAverage(SLOW);
  readonly #broker: NextOpenBroker;
  readonly #account: Account;
  #seen = 0;

  constructor(broker: NextOpenBroker, account: Account) {
    this.#broker = broker;
    this.#account = account;
  }

  onBar(bar: Bar): void {
    const fast = this.#fast.update(bar.close);
    const slow = this.#slow.update(bar.close);
    this.#seen += 1;
    if (this.#seen <= SLOW) return;
    const missing = (fast > slow ? 1 : -1) - this.#account.position;
    if (missing !== 0) this.#broker.submit(missing, bar);
  }
}

class Desk {
  readonly account = new Account();
  readonly #broker = new NextOpenBroker(this.account);
  readonly #strategy = new CrossStrategy(this.#broker, this.account);

  onBar(bar: Bar): void {
    this.#broker.onBar(bar);
    this.#strategy.onBar(bar);
    this.account.mark(bar);
  }

  get result(): CrossResult {
    const { fills, cash, equity } = this.account;
    return { fills, cash, equity: () => equity };
  }
}

/**
 * The same as one would write it for oneself: a strategy, a broker and an account, a bar object a
 * bar and an order object an order. The bars are objects in an array, as a loader leaves them, so
 * that they exist; making them is not measured.
 */
export function objectLoop(bars: readonly Bar[]): CrossResult {
  const desk = new Desk();
  for (const bar of bars) desk.onBar(bar);
  return desk.result;
}

/**
 * The same in one function that makes each bar object from the columns: none outlives its turn, so
 * V8 never makes them at all. What the source says of objects, the machine does with numbers.
 */
export function fleetingObjectLoop(bars: BarColumns): CrossResult {
  const fast = new RingAverage(FAST);
  const slow = new RingAverage(SLOW);
  const orders: PlainOrder[] = [];
  const equity: number[] = [];
  let waiting: PlainOrder | undefined;
  let cash = INITIAL_CASH;
  let position = 0;
  let fills = 0;
  const onBar = (bar: Bar, i: number): void => {
    if (waiting !== undefined) {
      cash -= waiting.quantity * bar.open + FEE;
      position += waiting.quantity;
      waiting = undefined;
      fills += 1;
    }
    const isUp = fast.update(bar.close) > slow.update(bar.close);
    const missing = (isUp ? 1 : -1) - position;
    if (i >= SLOW && missing !== 0) {
      waiting = { id: orders.length + 1, quantity: missing, submittedAt: bar.closeTime };
      orders.push(waiting);
    }
    equity.push(cash + position * bar.close);
  };
  for (let i = 0; i < bars.length; i += 1) onBar(plainBar(bars, i), i);
  return { fills, cash, equity: () => equity };
}

/** A bar as a plain object. */
export function plainBar(bars: BarColumns, i: number): Bar {
  return {
    openTime: bars.openTime[i]!,
    closeTime: bars.closeTime[i]!,
    open: bars.open[i]!,
    high: bars.high[i]!,
    low: bars.low[i]!,
    close: bars.close[i]!,
    volume: bars.volume[i]!,
  };
}
