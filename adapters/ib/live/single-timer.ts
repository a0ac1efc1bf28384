import type { Timer, TimerClock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";

/** A timer of which there is one at the most: to set it again is to move it. */
export class SingleTimer {
  readonly #clock: TimerClock;
  #timer: Timer | undefined;
  #at: UnixMs = Number.POSITIVE_INFINITY;

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  /** When it will run; infinite while it is not set. */
  get at(): UnixMs {
    return this.#at;
  }

  set(at: UnixMs, action: () => void): void {
    this.clear();
    this.#at = at;
    this.#timer = this.#clock.schedule(at, () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#timer = undefined;
      action();
    });
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
