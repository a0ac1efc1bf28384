import type { Timer } from "../../core/time/clock.ts";
import { elapsedMs } from "./wall-clock.ts";

/** What a machine has of time, raw; a test hands in its own. */
export interface MachineTime {
  /** Epoch milliseconds by the wall clock, which may be set back or forward at any moment. */
  wallMs(): number;
  /** Milliseconds since some moment: never set, never back, but it may stop in a suspension. */
  steadyMs(): number;
  /** Runs `action` once, about `delayMs` later, never at once; what it returns takes that back. */
  wake(delayMs: number, action: () => void): () => void;
}

/**
 * The machine's own timers know nothing of a suspension and nothing of a clock that is set, and
 * cannot wait longer than 2^31 ms: so none is trusted for longer than this.
 */
const LONGEST_SLEEP_MS = 1_000;

/** Wakes after `delayMs`, or sooner: nobody sleeps so long that a jump of a clock goes unseen. */
export function wakeSoon(machine: MachineTime, delayMs: number, action: () => void): Timer {
  const sleepMs = Math.min(Math.max(Math.ceil(delayMs), 0), LONGEST_SLEEP_MS);
  return { cancel: machine.wake(sleepMs, action) };
}

/** The machine that this process runs on. */
export const THIS_MACHINE: MachineTime = {
  wallMs: () => Date.now(),
  steadyMs: elapsedMs,
  wake(delayMs, action) {
    const timeout = setTimeout(action, delayMs);
    return () => clearTimeout(timeout);
  },
};
