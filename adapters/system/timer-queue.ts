import type { Timer } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";

/** What a queue of timers stands on. */
export interface TimerGround {
  now(): UnixMs;
  /** Runs `action` later, never within this call; about at `at`, earlier is harmless. */
  wakeAt(at: UnixMs, action: () => void): Timer;
  /** Called after each wake-up, before anything that is due runs. */
  woken?(): void;
}

/**
 * Any number of scheduled actions over one wake-up of the ground at a time, and over none while
 * nothing is scheduled. Actions run in the order of their time, then of scheduling.
 */
export class TimerQueue {
  readonly #ground: TimerGround;
  readonly #queue: VirtualTime;
  #wake: { readonly at: UnixMs; readonly timer: Timer } | undefined;
  #isRunning = false;

  constructor(ground: TimerGround) {
    this.#ground = ground;
    this.#queue = new VirtualTime(ground.now());
  }

  /** As `TimerClock.schedule`. An action that throws takes no other action with it. */
  schedule(at: UnixMs, action: () => void): Timer {
    const timer = this.#queue.schedule(Math.max(at, this.#ground.now()), action);
    this.#arm();
    return {
      cancel: () => {
        timer.cancel();
        this.#arm();
      },
    };
  }

  #arm(): void {
    if (this.#isRunning) return;
    const next = this.#queue.nextAt;
    if (this.#wake !== undefined) {
      // A wake-up that comes early finds nothing due and arms anew.
      if (next !== undefined && this.#wake.at <= next) return;
      this.#wake.timer.cancel();
      this.#wake = undefined;
    }
    if (next === undefined) return;
    this.#wake = { at: next, timer: this.#ground.wakeAt(next, () => this.#run()) };
  }

  #run(): void {
    this.#wake = undefined;
    this.#isRunning = true;
    const present = this.#ground.now();
    const queue = this.#queue;
    try {
      this.#ground.woken?.();
      // What an action schedules for later than this present waits for the next wake-up, so that
      // one which always schedules another cannot hold up everything else.
      for (let next = queue.nextAt; next !== undefined && next <= present; next = queue.nextAt) {
        queue.step();
      }
    } finally {
      this.#isRunning = false;
      this.#arm();
    }
  }
}
