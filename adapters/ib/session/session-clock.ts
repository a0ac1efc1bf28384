import type { TimerClock } from "../../../core/time/clock.ts";

/**
 * What a session runs on. A clock that is even, and says when the computer's own has jumped, keeps
 * a run from taking what is yet to come for over: `EvenClock` of `barline/system` is one.
 */
export interface SessionClock extends TimerClock {
  /**
   * Hears when the computer's clock was set forward or it slept, which look the same, and by how
   * many milliseconds; the function that is given back takes the listener off.
   */
  watch?(listener: (forwardMs: number) => void): () => void;
  /** Looks for that now; whoever watches has heard of it when this returns. */
  look?(): void;
}
