import type { BarOrigin } from "../feed/bar-source.ts";
import { ContinuityHash } from "../feed/continuity.ts";
import type { ContinuityCertificate, FeedEvent } from "../feed/feed-event.ts";
import type { Bar } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";
import type { Fill, OrderEvent } from "../trading/order.ts";
import type { StateChange } from "../trading/readiness.ts";
import type { RunDescription, RunObserver } from "./run-observer.ts";

/** Counts up with every change of the form that a reader must know of. */
export const TRACE_FORMAT = 1;

/**
 * Writes down a run as NDJSON, one line an event, the same in every mode; docs/trace.md says what
 * the lines mean. Lines come out in the order of what happened, without a line feed at their end.
 */
export class TraceRecorder implements RunObserver {
  readonly #write: (line: string) => void;
  #main: Series | undefined;
  readonly #continuity = new ContinuityHash();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  run(description: RunDescription): void {
    const { strategy, parameters, series, warmUpBars } = description;
    this.#main = series;
    const fields = { format: TRACE_FORMAT, strategy, parameters, series: series.key, warmUpBars };
    this.#record("run", fields);
  }

  bar(seq: number, series: Series, bar: Bar, origin: BarOrigin, version: number): void {
    if (series.key === this.#main?.key) this.#continuity.add(bar);
    const { openTime, closeTime, open, high, low, close, volume } = bar;
    this.#write(
      `{"type":"bar","seq":${seq},"series":${JSON.stringify(series.key)},` +
        `"openTime":"${formatInstant(openTime)}","closeTime":"${formatInstant(closeTime)}",` +
        `"open":${open},"high":${high},"low":${low},"close":${close},"volume":${volume},` +
        `"origin":"${origin}","version":${version}}`,
    );
  }

  indicator(seq: number, name: string, value: number): void {
    const number = JSON.stringify(value);
    this.#write(
      `{"type":"indicator","seq":${seq},"name":${JSON.stringify(name)},"value":${number}}`,
    );
  }

  state(change: StateChange): void {
    const { at, from, to, reason, bars, required } = change;
    this.#record("state", { at: formatInstant(at), from, to, reason, bars, required });
    if (to !== "STOPPED" || this.#main === undefined) return;
    const certificate = this.#continuity.certificate(this.#main);
    if (certificate !== undefined) this.#certificate(certificate);
  }

  signal(at: UnixMs, seq: number, name: string): void {
    this.#record("signal", { at: formatInstant(at), seq, name });
  }

  order(event: OrderEvent): void {
    const { order, status, at, reason } = event;
    const { id, side, quantity } = order;
    const instrument = order.instrument.symbol;
    this.#record("order", {
      at: formatInstant(at),
      id,
      instrument,
      side,
      quantity,
      status,
      reason,
    });
  }

  fill(fill: Fill): void {
    const { orderId, side, quantity, price, fee } = fill;
    const instrument = fill.instrument.symbol;
    const at = formatInstant(fill.at);
    this.#record("fill", { at, orderId, instrument, side, quantity, price, fee });
  }

  feed(event: FeedEvent): void {
    const series = event.series.key;
    if (event.type === "gap") {
      const from = formatInstant(event.range.from);
      const to = formatInstant(event.range.to);
      this.#record("gap", { series, from, to, outcome: event.outcome, reason: event.reason });
    } else if (event.type === "revision") {
      const openTime = formatInstant(event.after.openTime);
      const before = event.before === null ? null : prices(event.before);
      const after = prices(event.after);
      this.#record("revision", { series, openTime, version: event.version, before, after });
    } else if (event.type === "rejection") {
      const { openTime } = event.bar;
      const when = Number.isSafeInteger(openTime) ? formatInstant(openTime) : null;
      this.#record("rejection", {
        series,
        openTime: when,
        fault: event.fault,
        reason: event.reason,
      });
    } else if (event.type === "continuity") {
      this.#certificate(event);
    }
  }

  #certificate(certificate: ContinuityCertificate): void {
    const { count, hash } = certificate;
    const first = formatInstant(certificate.first);
    const last = formatInstant(certificate.last);
    this.#record("continuity", { series: certificate.series.key, count, first, last, hash });
  }

  #record(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#write(JSON.stringify({ type, ...fields }));
  }
}

function prices(bar: Bar): Readonly<Record<string, number>> {
  const { open, high, low, close, volume } = bar;
  return { open, high, low, close, volume };
}
