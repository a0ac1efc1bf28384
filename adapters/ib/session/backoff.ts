import { GrowingPause } from "./growing-pause.ts";

/**
 * Pauses between attempts: each may be twice as long as the one before, up to the longest, and lies
 * anywhere in the upper half of that, so that many clients of one gateway do not come back at once
 * ("equal jitter").
 */
export class Backoff {
  readonly #most: GrowingPause;
  readonly #random: () => number;

  /** @param random gives numbers from 0 up to but not including 1. */
  constructor(firstMs: number, longestMs: number, random: () => number) {
    this.#most = new GrowingPause(firstMs, longestMs);
    this.#random = random;
  }

  /** The next pause, in whole milliseconds. */
  next(): number {
    const mostMs = this.#most.next();
    return Math.ceil(mostMs / 2 + this.#random() * (mostMs / 2));
  }

  /** Begins with the first pause again. */
  reset(): void {
    this.#most.reset();
  }
}
