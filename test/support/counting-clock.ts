import type { Timer, TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";

/** Another clock, and a count of the actions that wait on it. */
export class CountingClock implements TimerClock {
  readonly #clock: TimerClock;
  readonly #waiting = new Set<object>();

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  /** Actions that neither ran nor were cancelled. */
  get waiting(): number {
    return this.#waiting.size;
  }

  now(): UnixMs {
    return this.#clock.now();
  }

  schedule(at: UnixMs, action: () => void): Timer {
    const entry = {};
    this.#waiting.add(entry);
    const timer = this.#clock.schedule(at, () => {
      this.#waiting.delete(entry);
      action();
    });
    return {
      cancel: () => {
        this.#waiting.delete(entry);
        timer.cancel();
      },
    };
  }
}
