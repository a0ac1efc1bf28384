import type { Logger } from "pino";
import type { BarOrigin } from "../../../core/feed/bar-source.ts";
import type { FeedEvent, GapEvent } from "../../../core/feed/feed-event.ts";
import type { RunDescription, RunObserver } from "../../../core/journal/run-observer.ts";
import type { Bar } from "../../../core/market/bar.ts";
import type { Series } from "../../../core/market/series.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { Fill, OrderEvent } from "../../../core/trading/order.ts";
import type { StateChange } from "../../../core/trading/readiness.ts";

/**
 * Logs what happens in a run. `at` is the market's time; the time of a record is the machine's.
 * Values of indicators are not logged: the trace has them.
 */
export class LogObserver implements RunObserver {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  run({ strategy, parameters, series, warmUpBars }: RunDescription): void {
    this.#log.info({ event: "run", strategy, parameters, series: series.key, warmUpBars });
  }

  bar(seq: number, series: Series, bar: Bar, origin: BarOrigin, version: number): void {
    // Hundreds of them come at once, and most logs leave them out.
    if (!this.#log.isLevelEnabled("debug")) return;
    const { openTime, closeTime, open, high, low, close, volume } = bar;
    const times = { from: formatInstant(openTime), to: formatInstant(closeTime) };
    const prices = { open, high, low, close, volume };
    const what = { event: "bar", seq, series: series.key, origin, version };
    this.#log.debug({ ...what, ...times, ...prices });
  }

  indicator(): void {}

  state({ at, from, to, reason, bars, required }: StateChange): void {
    const level = to === "SUSPENDED" ? "warn" : "info";
    this.#log[level]({ event: "state", at: formatInstant(at), from, to, reason, bars, required });
  }

  signal(at: UnixMs, seq: number, name: string): void {
    this.#log.info({ event: "signal", at: formatInstant(at), seq, name });
  }

  order({ order, status, at, reason }: OrderEvent): void {
    const { id, side, quantity } = order;
    const level = status === "rejected" ? "warn" : "info";
    const what = { id, side, quantity, status, reason, dryRun: true };
    this.#log[level]({ event: "order", at: formatInstant(at), ...what });
  }

  fill({ orderId, side, quantity, price, fee, at }: Fill): void {
    const what = { id: orderId, side, quantity, price, fee, dryRun: true };
    this.#log.info({ event: "fill", at: formatInstant(at), ...what });
  }

  feed(event: FeedEvent): void {
    switch (event.type) {
      case "status":
        this.#log.info({ event: "feed", state: event.state, reason: event.reason });
        break;
      case "progress":
        this.#log.debug({ event: "progress", bars: event.bars, expected: event.expected });
        break;
      case "gap":
        this.#gap(event);
        break;
      case "revision":
        this.#log.warn({
          event: "revision",
          from: formatInstant(event.after.openTime),
          version: event.version,
          before: event.before,
          after: event.after,
        });
        break;
      case "rejection":
        this.#log.warn({
          event: "rejection",
          from: formatInstant(event.bar.openTime),
          fault: event.fault,
          reason: event.reason,
        });
        break;
      case "continuity":
        this.#log.info({ event: "continuity", count: event.count, hash: event.hash });
        break;
    }
  }

  #gap({ range, outcome, reason }: GapEvent): void {
    const times = { from: formatInstant(range.from), to: formatInstant(range.to) };
    this.#log[outcome === "lost" ? "warn" : "info"]({ event: "gap", outcome, ...times, reason });
  }
}
