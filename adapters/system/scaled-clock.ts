import type { Timer, TimerClock } from "../../core/time/clock.ts";
import { fail } from "../../core/time/failure.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { TimerQueue } from "./timer-queue.ts";

/** How a `ScaledClock` runs. */
export interface ScaledClockOptions {
  /** What it shows at the moment of its making: a whole number of milliseconds. */
  readonly start: UnixMs;
  /** Its milliseconds for each one of the base clock: finite, above 0. */
  readonly speed: number;
}

/**
 * Time that passes `speed` times as fast as another clock's, in whole milliseconds. An action runs
 * at the base clock's first millisecond that is not before it; several that share one still run in
 * the order of their own times. Throws `invalid-option` for a bad speed or start.
 */
export class ScaledClock implements TimerClock {
  readonly #base: TimerClock;
  readonly #baseStart: UnixMs;
  readonly #start: UnixMs;
  readonly #speed: number;
  readonly #timers: TimerQueue;

  constructor(base: TimerClock, { start, speed }: ScaledClockOptions) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      fail("invalid-option", `a clock cannot run at ${speed} times the speed`, {
        where: "speed",
        cure: "give a number above 0, such as 60 for an hour in a minute",
      });
    }
    if (!Number.isInteger(start)) {
      fail("invalid-option", `${start} is not an instant in whole milliseconds`, {
        where: "start",
        cure: "give UTC epoch milliseconds",
      });
    }
    this.#base = base;
    this.#baseStart = base.now();
    this.#start = start;
    this.#speed = speed;
    this.#timers = new TimerQueue({
      now: () => this.now(),
      wakeAt: (at, action) => base.schedule(this.#baseTime(at), action),
    });
  }

  now(): UnixMs {
    return this.#scaled(this.#base.now());
  }

  schedule(at: UnixMs, action: () => void): Timer {
    return this.#timers.schedule(at, action);
  }

  #scaled(base: UnixMs): UnixMs {
    return this.#start + Math.floor((base - this.#baseStart) * this.#speed);
  }

  /** The base clock's first millisecond at which this clock shows `at` or later. */
  #baseTime(at: UnixMs): UnixMs {
    const base = this.#baseStart + Math.ceil((at - this.#start) / this.#speed);
    // Dividing rounds: a wake-up a moment early would find nothing due and come again at once.
    if (this.#scaled(base) < at) return base + 1;
    return this.#scaled(base - 1) >= at ? base - 1 : base;
  }
}
