import { MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";

/** How far the gateway's clock is ahead of ours; below 0 when it is behind. */
export interface Skew {
  readonly offsetMs: number;
  /** The true offset is at most so far from it. */
  readonly uncertaintyMs: number;
}

interface Interval {
  readonly low: number;
  readonly high: number;
  readonly at: UnixMs;
}

/** How many answers count, and for how long: clocks drift. */
const KEPT = 16;
const KEPT_MS = 10 * MINUTE_MS;

/**
 * Finds the offset of the gateway's clock from answers that are cut to whole seconds. An answer `s`
 * to a question that was sent at `t0` and answered at `t1` was made somewhere between the two, when
 * the gateway's clock showed something from `s` to `s + 999`: the offset lies from `s - t1` to
 * `s + 999 - t0`. It must lie in all such intervals, and answers that come at other fractions of
 * the second make their intersection far narrower than a second. The estimate is 0 where that is in
 * it, else its middle.
 */
export class ClockSkew {
  #intervals: Interval[] = [];
  #skew: Skew | undefined;

  /** What is known; undefined while nothing is. */
  get skew(): Skew | undefined {
    return this.#skew;
  }

  /** An answer came. An offset that contradicts earlier ones shows that a clock was set. */
  add(sentAt: UnixMs, receivedAt: UnixMs, answer: UnixMs): void {
    const newest = { low: answer - receivedAt, high: answer + 999 - sentAt, at: receivedAt };
    const kept = this.#intervals.filter(({ at }) => at > receivedAt - KEPT_MS).slice(1 - KEPT);
    const agrees = kept.every(({ low, high }) => low <= newest.high && newest.low <= high);
    this.#intervals = agrees ? [...kept, newest] : [newest];
    this.#skew = commonTo(this.#intervals);
  }
}

function commonTo(intervals: readonly Interval[]): Skew {
  const low = Math.max(...intervals.map((each) => each.low));
  const high = Math.min(...intervals.map((each) => each.high));
  // Clocks that may agree are never moved. Of others any offset in between is as likely: the
  // middle errs by half of what either end could.
  const agree = low <= 0 && high >= 0;
  const offsetMs = agree ? 0 : Math.round((low + high) / 2);
  return { offsetMs, uncertaintyMs: Math.max(high - offsetMs, offsetMs - low) };
}
