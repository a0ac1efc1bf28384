import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { naturalWarmUpEnd } from "../feed/backfill-plan.ts";
import type { RunObserver } from "../journal/run-observer.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";
import { type Readiness, type RunState, readinessOf } from "../trading/readiness.ts";
import type { Desk } from "./desk.ts";
import type { RunOptions } from "./run-options.ts";
import type { SeriesFeed } from "./series-feed.ts";

/**
 * Computes the state of a run from the facts of its series, and reports every change with a reason.
 */
export class RunStateKeeper {
  readonly #options: RunOptions;
  readonly #feeds: readonly SeriesFeed[];
  readonly #desk: Desk;
  readonly #observer: RunObserver | undefined;
  #readyAt: UnixMs | undefined;
  #decides = false;

  constructor(options: RunOptions, feeds: readonly SeriesFeed[], desk: Desk) {
    this.#options = options;
    this.#feeds = feeds;
    this.#desk = desk;
    this.#observer = options.observer;
  }

  /** When the run was READY for the first time. */
  get readyAt(): UnixMs | undefined {
    return this.#readyAt;
  }

  /** Whether the strategy is asked: the run was READY once, and no indicator has a hole. */
  get decides(): boolean {
    return this.#decides;
  }

  /** @param tell says how it stands even when nothing changed, while bars are missing. */
  assess(tell = false): void {
    if (this.#desk.state === "STOPPED") return;
    const readiness = this.#readiness();
    const wasReady = this.#readyAt !== undefined;
    this.#decides = readiness.complete && (wasReady || readiness.ready);
    const next = readiness.ready ? "READY" : wasReady ? "SUSPENDED" : "WARMING_UP";
    if (next === this.#desk.state && !(tell && !readiness.complete)) return;
    if (next === "READY") this.#readyAt ??= this.#options.clock.now();
    this.enter(next, readiness.complete ? readiness.reason : this.#natural(readiness.reason));
  }

  enter(to: RunState, reason: string): void {
    const from = this.#desk.state;
    this.#desk.state = to;
    const { bars, required } = this.#readiness();
    this.#observer?.state({ at: this.#options.clock.now(), from, to, reason, bars, required });
  }

  /** When warm-up will be through on live bars alone, by the calendar; undefined beyond it. */
  naturalReadyAt(): UnixMs | undefined {
    const now = this.#options.clock.now();
    let latest: UnixMs = now;
    for (const { series, contiguous, required, lostTo } of this.#feeds) {
      const missing = Math.max(0, required - contiguous);
      // What was lost may lie ahead of the clock of a replay, and does not come any more.
      const from = Math.max(now, lostTo);
      const end = naturalWarmUpEnd(this.#options.grid(series), from, missing);
      if (end === undefined) return undefined;
      latest = Math.max(latest, end);
    }
    return latest;
  }

  save(to: ByteWriter): void {
    to.float64(this.#readyAt ?? Number.NaN).bool(this.#decides);
  }

  load(from: ByteReader): void {
    const readyAt = from.float64();
    this.#readyAt = Number.isNaN(readyAt) ? undefined : readyAt;
    this.#decides = from.bool();
  }

  #readiness(): Readiness {
    return readinessOf(this.#feeds.map((feed) => feed.facts()));
  }

  #natural(reason: string): string {
    const at = this.naturalReadyAt();
    if (at === undefined) return `${reason}; the calendar ends before they can come`;
    return `${reason}; the rest is due by ${formatInstant(at)}`;
  }
}
