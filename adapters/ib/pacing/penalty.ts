import type { UnixMs } from "../../../core/time/instant.ts";

/** How requests rest after complaints of pacing: longer each time, shorter after each success. */
export class Penalty {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #restMs = 0;
  #beganAt: UnixMs = Number.NEGATIVE_INFINITY;
  #endsAt: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** When they may go again; in the past when they may. */
  get endsAt(): UnixMs {
    return this.#endsAt;
  }

  /**
   * The gateway complained. Of many requests that were under way together each can draw a
   * complaint, and only the first counts: those sent before the rest began say nothing new.
   */
  complain(sentAt: UnixMs, now: UnixMs): void {
    if (sentAt <= this.#beganAt) return;
    this.#restMs = Math.min(Math.max(this.#restMs * 2, this.#firstMs), this.#longestMs);
    this.#beganAt = now;
    this.#endsAt = now + this.#restMs;
  }

  /** The gateway answered. What it was asked before the rest shows nothing. */
  succeed(sentAt: UnixMs): void {
    if (sentAt < this.#endsAt) return;
    this.#restMs = this.#restMs <= this.#firstMs ? 0 : Math.floor(this.#restMs / 2);
  }
}
