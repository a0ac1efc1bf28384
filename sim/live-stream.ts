import type { BarSink, Subscription } from "../core/feed/bar-source.ts";
import type { Bar } from "../core/market/bar.ts";
import { BarColumns } from "../core/market/bar-columns.ts";
import type { UnixMs } from "../core/time/instant.ts";
import type { SimGateway } from "./gateway.ts";
import type { Random } from "./random.ts";

/** When a gateway that sends no finals restates a bar for the last time, after its close. */
const LAST_WORD_MS = 1_000;

/** One live subscription: restatements while a bar forms, its final, and later corrections. */
export class LiveStream implements Subscription {
  readonly #gateway: SimGateway;
  readonly #sink: BarSink;
  readonly #random: Random;
  #closed = false;
  #lastArrival: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(gateway: SimGateway, sink: BarSink) {
    this.#gateway = gateway;
    this.#sink = sink;
    this.#random = gateway.random.stream("live");
  }

  start(): void {
    const { truth, clock, settings } = this.#gateway;
    const now = clock.now();
    // The bar in progress is restated too, from its own beginning.
    let index = truth.indexFrom(now);
    if (index > 0 && truth.bars.closeTime[index - 1]! > now) index -= 1;
    this.#barAt(index);
    if (settings.sendsRevisions) this.#scheduleRevisions();
    if (!settings.hidesOutages) this.#scheduleOutages();
  }

  close(): void {
    this.#closed = true;
  }

  pause(): void {}

  resume(): void {}

  /** Plans the messages of one bar, and at its close those of the next. */
  #barAt(index: number): void {
    const { truth, clock, settings } = this.#gateway;
    if (index >= truth.bars.length) {
      clock.schedule(Math.max(clock.now(), this.#lastArrival) + settings.lateMs + 1, () =>
        this.#end(),
      );
      return;
    }
    const { openTime, closeTime } = truth.bars.at(index);
    const span = closeTime - openTime;
    for (let update = 1; update <= settings.updatesPerBar; update += 1) {
      const progress = update / (settings.updatesPerBar + 1);
      const at = openTime + Math.floor(span * progress);
      if (at < clock.now()) continue;
      clock.schedule(at, () => this.#send(at, () => truth.forming(index, progress), "forming", 1));
    }
    clock.schedule(closeTime, () => {
      if (this.#closed) return;
      this.#finalOf(index, closeTime);
      this.#barAt(index + 1);
    });
  }

  #finalOf(index: number, closeTime: UnixMs): void {
    const { truth, settings } = this.#gateway;
    const random = this.#random;
    const lost = random.chance(settings.lossShare);
    const late = random.chance(settings.lateShare) ? random.integer(0, settings.lateMs) : 0;
    const bar = (): Bar => truth.asOf(index, closeTime).bar;
    if (lost) return;
    if (settings.sendsFinals) this.#send(closeTime, bar, "final", 1, late);
    else this.#send(closeTime + LAST_WORD_MS, bar, "forming", 1);
  }

  /** Sends at an instant; it arrives after its delay, unless the line is cut in between. */
  #send(
    at: UnixMs,
    bar: () => Bar,
    finality: "final" | "forming",
    version: number,
    extraMs = 0,
  ): void {
    const { clock, settings } = this.#gateway;
    const random = this.#random;
    let arrival = at + settings.liveDelayMs + random.integer(0, settings.jitterMs);
    if (!settings.reorders) arrival = Math.max(arrival, this.#lastArrival);
    this.#lastArrival = Math.max(arrival, this.#lastArrival);
    const twice = random.chance(settings.duplicateShare);
    const deliver = (): void => this.#deliver(at, bar(), finality, version);
    clock.schedule(arrival + extraMs, deliver);
    if (twice) clock.schedule(arrival + extraMs + random.integer(0, 2_000), deliver);
  }

  #deliver(at: UnixMs, bar: Bar, finality: "final" | "forming", version: number): void {
    const { clock, truth } = this.#gateway;
    if (this.#closed || !this.#gateway.isUnbroken(at, clock.now())) return;
    const bars = BarColumns.of([bar]);
    this.#sink.bars({ series: truth.series, bars, finality, origin: "live", version });
  }

  #scheduleRevisions(): void {
    const { truth, clock } = this.#gateway;
    for (const { at, bar } of truth.revisions) {
      if (at < clock.now()) continue;
      const version = truth.asOf(truth.indexFrom(bar.openTime), at).version;
      clock.schedule(at, () => this.#send(at, () => bar, "final", version));
    }
  }

  #scheduleOutages(): void {
    const { settings, clock } = this.#gateway;
    for (const { from, to } of settings.outages) {
      if (to <= clock.now()) continue;
      clock.schedule(from, () => this.#status("interrupted", "the gateway is down"));
      clock.schedule(to, () => this.#status("live", "the gateway is back"));
    }
  }

  #status(state: "interrupted" | "live", reason: string): void {
    if (this.#closed) return;
    const { series } = this.#gateway.truth;
    this.#sink.event({ type: "status", series, state, reason });
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink.end({ kind: "complete" });
  }
}
