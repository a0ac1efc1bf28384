import type { Timer, TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { type MachineTime, THIS_MACHINE, wakeSoon } from "./machine-time.ts";
import { TimerQueue } from "./timer-queue.ts";

/** A wall clock that goes further off than this from one reading to the next was set. */
const SLEW_MS = 250;

/**
 * The machine's time in whole milliseconds. It follows the wall clock, forward over a suspension
 * and when it is set forward; when that is set back it goes on evenly instead of going back, ahead
 * of the wall clock until that catches up by being set forward.
 *
 * An action that throws ends as an uncaught exception, as in any timer; the others still run. A
 * process can end by itself as soon as nothing is scheduled.
 */
export class SystemClock implements TimerClock {
  readonly #machine: MachineTime;
  readonly #timers: TimerQueue;
  #present: UnixMs;
  #steadyMs: number;
  /** How far this clock is ahead of the wall clock since that was set back; otherwise 0. */
  #aheadMs = 0;

  /** @param machine where time comes from; default: the machine that this process runs on. */
  constructor(machine: MachineTime = THIS_MACHINE) {
    this.#machine = machine;
    this.#present = Math.floor(machine.wallMs());
    this.#steadyMs = machine.steadyMs();
    this.#timers = new TimerQueue({
      now: () => this.now(),
      wakeAt: (at, action) => wakeSoon(machine, at - this.now(), action),
    });
  }

  now(): UnixMs {
    const wall = Math.floor(this.#machine.wallMs());
    const steadyMs = this.#machine.steadyMs();
    const expected = this.#present + (steadyMs - this.#steadyMs);
    if (Math.abs(wall + this.#aheadMs - expected) > SLEW_MS) {
      this.#present = Math.max(wall, Math.floor(expected));
      this.#aheadMs = this.#present - wall;
    } else {
      this.#present = Math.max(wall + this.#aheadMs, this.#present);
    }
    this.#steadyMs = steadyMs;
    return this.#present;
  }

  schedule(at: UnixMs, action: () => void): Timer {
    return this.#timers.schedule(at, action);
  }
}
