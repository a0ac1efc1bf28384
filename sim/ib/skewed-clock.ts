import type { TimerClock } from "../../core/time/clock.ts";

/** A clock that shows so many milliseconds more than another one. */
export function skewedClock(clock: TimerClock, skewMs: number): TimerClock {
  if (skewMs === 0) return clock;
  return {
    now: () => clock.now() + skewMs,
    schedule: (at, action) => clock.schedule(at - skewMs, action),
  };
}
