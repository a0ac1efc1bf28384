import type { Timer, TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { type MachineTime, THIS_MACHINE, wakeSoon } from "./machine-time.ts";
import { TimerQueue } from "./timer-queue.ts";

/** A wall clock that parts from even time by more than this, within a second, was set. */
const STEP_MS = 1_000;

/**
 * The machine's time in whole milliseconds, begun where the wall clock was and even from then on:
 * whatever the wall clock is set to. While the machine sleeps it may stand still. It is for whoever
 * has a better clock to go by, as a session with a gateway: that hears when the two part, and asks.
 *
 * An action that throws ends as an uncaught exception, as in any timer; the others still run. A
 * process can end by itself as soon as nothing is scheduled.
 */
export class EvenClock implements TimerClock {
  readonly #machine: MachineTime;
  readonly #timers: TimerQueue;
  readonly #start: UnixMs;
  readonly #steadyStartMs: number;
  readonly #listeners = new Set<(forwardMs: number) => void>();
  /** How far the wall clock was ahead of this one when it was looked at last. */
  #wallAheadMs: number;

  /** @param machine where time comes from; default: the machine that this process runs on. */
  constructor(machine: MachineTime = THIS_MACHINE) {
    this.#machine = machine;
    const wallMs = machine.wallMs();
    this.#start = Math.floor(wallMs);
    this.#wallAheadMs = wallMs - this.#start;
    this.#steadyStartMs = machine.steadyMs();
    this.#timers = new TimerQueue({
      now: () => this.now(),
      wakeAt: (at, action) => wakeSoon(machine, at - this.now(), action),
      woken: () => this.look(),
    });
  }

  now(): UnixMs {
    return this.#start + Math.floor(this.#machine.steadyMs() - this.#steadyStartMs);
  }

  schedule(at: UnixMs, action: () => void): Timer {
    return this.#timers.schedule(at, action);
  }

  /**
   * Hears when the wall clock was set forward or the machine slept, which look the same, and by
   * how many milliseconds. It is looked for every second, before any timer runs, and in `look`.
   * The function that is given back takes the listener off.
   */
  watch(listener: (forwardMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at the wall clock now; whoever watches has heard of it when this returns. */
  look(): void {
    const aheadMs = this.#machine.wallMs() - this.now();
    const movedMs = aheadMs - this.#wallAheadMs;
    this.#wallAheadMs = aheadMs;
    if (movedMs <= STEP_MS) return;
    for (const listener of [...this.#listeners]) listener(Math.round(movedMs));
  }
}
