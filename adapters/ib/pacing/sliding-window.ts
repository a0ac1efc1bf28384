import type { UnixMs } from "../../../core/time/instant.ts";

/** Counts what happened in the last stretch of time: after `now - windowMs`, up to `now`. */
export class SlidingWindow {
  readonly #windowMs: number;
  #events: { readonly at: UnixMs; readonly weight: number }[] = [];
  #weight = 0;

  /** @param windowMs its length, in milliseconds. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(at: UnixMs, weight = 1): void {
    this.#forget(at);
    this.#events.push({ at, weight });
    this.#weight += weight;
  }

  /**
   * The earliest instant, not before `now`, at which `weight` more leaves no more than `limit` in
   * the window. `weight` is at most `limit`.
   */
  freeAt(now: UnixMs, limit: number, weight = 1): UnixMs {
    this.#forget(now);
    let total = this.#weight + weight;
    let at = now;
    for (const event of this.#events) {
      if (total <= limit) break;
      total -= event.weight;
      at = event.at + this.#windowMs;
    }
    return at;
  }

  #forget(now: UnixMs): void {
    const alive = this.#events.findIndex((event) => event.at > now - this.#windowMs);
    const gone = this.#events.splice(0, alive === -1 ? this.#events.length : alive);
    for (const event of gone) this.#weight -= event.weight;
  }
}
