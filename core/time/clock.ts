import type { UnixMs } from "./instant.ts";

/** The half of time that may be read. Strategies and sources get this one. */
export interface Clock {
  /** The present. Reading it never changes it, and it never goes back. */
  now(): UnixMs;
}

/** A scheduled action that has not run yet. */
export interface Timer {
  /** Takes the action off the queue; does nothing once it ran or was cancelled. */
  cancel(): void;
}

/** A clock that can also wake its holder. Code that waits asks for this. */
export interface TimerClock extends Clock {
  /**
   * Runs `action` once when the present reaches `at`, or as soon as control returns to the clock
   * when `at` is not in the future. Actions run in the order of their time, then of scheduling.
   */
  schedule(at: UnixMs, action: () => void): Timer;
}

/** The half of time that moves it. Only the program that owns a run holds one. */
export interface ClockDriver {
  /** Moves the present to `at`, running every action due on the way. Never moves it back. */
  advanceTo(at: UnixMs): void;
}
