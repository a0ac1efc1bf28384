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

/** The machine that this process runs on. */
export const THIS_MACHINE: MachineTime = {
  wallMs: () => Date.now(),
  steadyMs: elapsedMs,
  wake(delayMs, action) {
    const timeout = setTimeout(action, delayMs);
    return () => clearTimeout(timeout);
  },
};
