import type { BarOrigin } from "../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../core/feed/feed-event.ts";
import type { RunObserver } from "../../core/journal/run-observer.ts";
import type { Bar } from "../../core/market/bar.ts";
import type { Series } from "../../core/market/series.ts";
import type { Clock } from "../../core/time/clock.ts";
import { formatInstant, type UnixMs } from "../../core/time/instant.ts";
import type { Fill, OrderEvent } from "../../core/trading/order.ts";
import type { RunState, StateChange } from "../../core/trading/readiness.ts";
import { type EventOf, eventsOf, type LoggedBar } from "./feed-log.ts";
import { plain } from "./market.ts";

/** A final bar that a run handled. */
export interface HandledBar extends LoggedBar {
  readonly size: string;
}

/** A decision or a value, by the bar it belongs to. */
export interface Statement {
  readonly closeTime: UnixMs;
  /** `15m 2024-01-02T10:00:00.000Z SMA(3)`: size and open time of its bar, and its name. */
  readonly what: string;
}

/** The value of an indicator after a bar. */
export interface ValueStatement extends Statement {
  readonly value: number;
}

/** Writes down everything that happens in a run, in order. */
export class RunLog implements RunObserver {
  readonly handled: HandledBar[] = [];
  readonly values: ValueStatement[] = [];
  readonly signals: Statement[] = [];
  readonly states: StateChange[] = [];
  readonly orders: OrderEvent[] = [];
  readonly fills: Fill[] = [];
  readonly events: FeedEvent[] = [];
  readonly #clock: Clock;
  readonly #goesOn: boolean;
  /** The number of a bar minus its place here, from 1. */
  #numbersAhead = 0;
  #isAtStart = true;

  /** @param goesOn whether the run may have had bars before it is heard here. */
  constructor(clock: Clock, goesOn = false) {
    this.#clock = clock;
    this.#goesOn = goesOn;
  }

  run(): void {
    this.#isAtStart = true;
  }

  bar(seq: number, series: Series, bar: Bar, origin: BarOrigin): void {
    const { label: size } = series.size;
    this.handled.push({ bar: plain(bar), origin, at: this.#clock.now(), size });
    const place = this.handled.length;
    if (this.#goesOn && this.#isAtStart) this.#numbersAhead = seq - place;
    this.#isAtStart = false;
    if (seq - this.#numbersAhead !== place) throw new Error(`bar ${place} is called ${seq}`);
  }

  indicator(seq: number, name: string, value: number): void {
    this.values.push({ ...this.#statement(seq, name), value });
  }

  state(change: StateChange): void {
    this.states.push(change);
  }

  signal(_at: UnixMs, seq: number, name: string): void {
    this.signals.push(this.#statement(seq, name));
  }

  order(event: OrderEvent): void {
    this.orders.push(event);
  }

  fill(fill: Fill): void {
    this.fills.push(fill);
  }

  feed(event: FeedEvent): void {
    this.events.push(event);
  }

  /** The bars of one size that the run handled, in order. */
  bars(size: string): Bar[] {
    return this.handled.filter((each) => each.size === size).map(({ bar }) => bar);
  }

  /** Where the run went, in order: `READY`, `SUSPENDED`, ... without repetitions of one state. */
  get path(): RunState[] {
    const path = this.states.map(({ to }) => to);
    return path.filter((state, index) => state !== path[index - 1]);
  }

  /** When the run was READY for the first time. */
  get readyAt(): UnixMs | undefined {
    return this.states.find(({ to }) => to === "READY")?.at;
  }

  of<T extends FeedEvent["type"]>(type: T): EventOf<T>[] {
    return eventsOf(this.events, type);
  }

  #statement(seq: number, name: string): Statement {
    const { size, bar } = this.handled[seq - this.#numbersAhead - 1]!;
    const what = `${size} ${formatInstant(bar.openTime)} ${name}`;
    return { closeTime: bar.closeTime, what };
  }
}

/** What is said of bars that close after an instant. */
export function saidAfter<S extends Statement>(said: readonly S[], after: UnixMs): S[] {
  return said.filter(({ closeTime }) => closeTime > after);
}
