import type { SessionClock } from "../../adapters/ib/session/session-clock.ts";
import { EvenClock } from "../../adapters/system/even-clock.ts";
import type { Timer, TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";

/** The computer that processes run on: its clock can be wrong and set, and it can stand still. */
export class Machine {
  readonly #world: TimerClock;
  /** Its clock minus the world's. */
  #aheadMs: number;
  #stillUntil: UnixMs = Number.NEGATIVE_INFINITY;
  readonly #isSet: boolean;

  /** How long it has slept: its steady clock stood still then. */
  #sleptMs = 0;

  /** @param isSet whether its clock will jump: then it is read as a real one, which is slower. */
  constructor(world: TimerClock, aheadMs: number, isSet: boolean) {
    this.#world = world;
    this.#aheadMs = aheadMs;
    this.#isSet = isSet;
  }

  /** The clock of a process that begins now. */
  clock(): SessionClock {
    const world = this.#world;
    if (!this.#isSet) {
      return {
        now: () => world.now() + this.#aheadMs,
        schedule: (at, action) => this.#after(at - this.#aheadMs - world.now(), action),
      };
    }
    return new EvenClock({
      wallMs: () => world.now() + this.#aheadMs,
      steadyMs: () => world.now() - this.#sleptMs,
      wake: (delayMs, action) => {
        const timer = this.#after(Math.max(delayMs, 1), action);
        return () => timer.cancel();
      },
    });
  }

  get isStill(): boolean {
    return this.#world.now() < this.#stillUntil;
  }

  step(byMs: number): void {
    this.#aheadMs += byMs;
  }

  stall(forMs: number): void {
    this.#stillUntil = Math.max(this.#stillUntil, this.#world.now() + forMs);
  }

  /** As a stall, and its steady clock knows nothing of it. */
  sleep(forMs: number): void {
    this.#sleptMs += forMs;
    this.stall(forMs);
  }

  /** Does something as soon as the machine moves: now where it does. */
  whenMoving(action: () => void): Timer {
    if (!this.isStill) {
      action();
      return { cancel: () => {} };
    }
    return this.#after(0, action);
  }

  #after(delayMs: number, action: () => void): Timer {
    const due = this.#world.now() + delayMs;
    const timer = new MovingTimer();
    const fire = (): void => {
      if (this.isStill) timer.inner = this.#world.schedule(this.#stillUntil, fire);
      else action();
    };
    timer.inner = this.#world.schedule(Math.max(due, this.#stillUntil), fire);
    return timer;
  }
}

/** A timer that is set anew while the machine stands still; one that was canceled never fires. */
class MovingTimer implements Timer {
  inner: Timer | undefined;

  cancel(): void {
    this.inner?.cancel();
  }
}
