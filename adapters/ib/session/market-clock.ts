import type { Timer, TimerClock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";

/** The time from which the clock is slower than it should be, because it was ahead. */
interface Slowdown {
  /** Our clock's time, and what this one showed then. */
  readonly from: UnixMs;
  readonly shown: UnixMs;
  /** How long it stands still before it goes on at half speed, in milliseconds. */
  readonly standMs: number;
}

/** What is ahead by more stands still first: no bar may be taken for over long before it is. */
const HALF_SPEED_MS = 2_000;

/**
 * A clock that is a given offset from another. It never goes back: where the offset shrinks it
 * stands still until it is less than 2 seconds ahead, and goes on at half speed until it is right.
 * Only before anyone has read it or waits on it may it begin anew.
 */
export class MarketClock implements TimerClock {
  readonly #base: TimerClock;
  readonly #queue: VirtualTime;
  #offsetMs = 0;
  #slowdown: Slowdown | undefined;
  #isInUse = false;
  #timer: Timer | undefined;
  /** On the base clock; infinite when no timer is set. */
  #timerAt: UnixMs = Number.POSITIVE_INFINITY;

  constructor(base: TimerClock) {
    this.#base = base;
    this.#queue = new VirtualTime(Number.NEGATIVE_INFINITY);
  }

  now(): UnixMs {
    this.#isInUse = true;
    return this.#shown();
  }

  schedule(at: UnixMs, action: () => void): Timer {
    this.#isInUse = true;
    const entry = this.#queue.schedule(at, action);
    this.#arm();
    return {
      cancel: () => {
        entry.cancel();
        if (this.#queue.nextAt === undefined) this.#disarm();
      },
    };
  }

  /** This clock minus the base clock, from now on; waiting actions follow it. */
  setOffset(offsetMs: number): void {
    if (offsetMs === this.#offsetMs) return;
    const shown = this.#shown();
    const from = this.#base.now();
    const aheadMs = shown - (from + offsetMs);
    this.#offsetMs = offsetMs;
    this.#slowdown =
      aheadMs > 0 && this.#isInUse
        ? { from, shown, standMs: Math.max(0, aheadMs - HALF_SPEED_MS) }
        : undefined;
    this.#disarm();
    this.#arm();
  }

  #shown(): UnixMs {
    const right = this.#base.now() + this.#offsetMs;
    if (this.#slowdown === undefined) return right;
    const { from, shown, standMs } = this.#slowdown;
    const movedMs = Math.max(0, this.#base.now() - from - standMs);
    return Math.max(right, shown + Math.floor(movedMs / 2));
  }

  /** When the base clock will show what this one shows at `at`, or the present if it is past. */
  #baseTimeOf(at: UnixMs): UnixMs {
    const right = at - this.#offsetMs;
    if (this.#slowdown === undefined) return right;
    const { from, shown, standMs } = this.#slowdown;
    // Whichever of the two ways of going gets there first, as `#shown` takes the later time.
    return at <= shown ? from : Math.min(right, from + standMs + 2 * (at - shown));
  }

  #arm(): void {
    const next = this.#queue.nextAt;
    if (next === undefined) return;
    const at = this.#baseTimeOf(next);
    // An earlier timer that nobody waits for any more does nothing but set this one.
    if (at >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = at;
    this.#timer = this.#base.schedule(at, this.#wake);
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#queue.advanceTo(this.#shown());
    this.#arm();
  };
}
