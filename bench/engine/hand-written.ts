import type { BarColumns } from "../../core/market/bar-columns.ts";

/** What the hand-written loops and the engine must agree on. */
export interface CrossResult {
  readonly fills: number;
  readonly cash: number;
  readonly equity: Float64Array;
}

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
    fastSum += price - (i >= 40 ? close[i - 40]! : 0);
    slowSum += price - (i >= 260 ? close[i - 260]! : 0);
    if (i >= 260) pending = (fastSum / 40 > slowSum / 260 ? 1 : -1) - position;
    equity[i] = cash + position * price;
  }
  return { fills, cash, equity };
}

interface PlainBar {
  readonly openTime: number;
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
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

/** The same as one would write it for oneself: a bar object a bar, an order object an order. */
export function objectLoop(bars: BarColumns): CrossResult {
  const fast = new RingAverage(40);
  const slow = new RingAverage(260);
  const orders: PlainOrder[] = [];
  const equity: number[] = [];
  let pending: PlainOrder | undefined;
  let cash = INITIAL_CASH;
  let position = 0;
  let fills = 0;
  const onBar = (bar: PlainBar, index: number): void => {
    if (pending !== undefined) {
      cash -= pending.quantity * bar.open + FEE;
      position += pending.quantity;
      pending = undefined;
      fills += 1;
    }
    const quick = fast.update(bar.close);
    const steady = slow.update(bar.close);
    const missing = (quick > steady ? 1 : -1) - position;
    if (index >= 260 && missing !== 0) {
      pending = { id: orders.length + 1, quantity: missing, submittedAt: bar.closeTime };
      orders.push(pending);
    }
    equity.push(cash + position * bar.close);
  };
  for (let i = 0; i < bars.length; i += 1) {
    onBar(
      {
        openTime: bars.openTime[i]!,
        closeTime: bars.closeTime[i]!,
        open: bars.open[i]!,
        high: bars.high[i]!,
        low: bars.low[i]!,
        close: bars.close[i]!,
        volume: bars.volume[i]!,
      },
      i,
    );
  }
  return { fills, cash, equity: Float64Array.from(equity) };
}
