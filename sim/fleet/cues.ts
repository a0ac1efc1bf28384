import type { Timer, TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Seen } from "./seen.ts";
import { isCondition, type Trouble } from "./trouble.ts";

/**
 * Lets troubles strike: at their instants, and those that wait for a cue once it has come after the
 * one before them has struck, or at their instants at the latest.
 */
export class Cues {
  readonly #troubles: readonly Trouble[];
  readonly #world: TimerClock;
  readonly #strike: (trouble: Trouble) => void;
  readonly #struck = new Set<Trouble>();
  readonly #cued = new Set<Trouble>();
  readonly #timers = new Map<Trouble, Timer>();

  constructor(troubles: readonly Trouble[], world: TimerClock, strike: (trouble: Trouble) => void) {
    this.#troubles = troubles.filter((each) => !isCondition(each));
    this.#world = world;
    this.#strike = strike;
  }

  start(): void {
    for (const trouble of this.#troubles) this.#plan(trouble, trouble.at);
  }

  /** Told all that is seen. Nothing strikes from within: what is being said is said to its end. */
  see(seen: Seen): void {
    const next = this.#troubles.find((each) => !this.#struck.has(each));
    if (next?.cue !== undefined && isCueOf(next.cue.on, seen)) this.#hear(next);
  }

  /** The cue of a trouble has come. */
  #hear(trouble: Trouble): void {
    if (this.#cued.has(trouble)) return;
    this.#cued.add(trouble);
    const at = this.#world.now() + trouble.cue!.afterMs;
    if (at < trouble.at) this.#plan(trouble, at);
  }

  #plan(trouble: Trouble, at: UnixMs): void {
    this.#timers.get(trouble)?.cancel();
    const strike = (): void => {
      this.#struck.add(trouble);
      this.#strike(trouble);
      const next = this.#troubles[this.#troubles.indexOf(trouble) + 1];
      if (next?.cue?.on === "struck" && !this.#struck.has(next)) this.#hear(next);
    };
    this.#timers.set(trouble, this.#world.schedule(at, strike));
  }
}

function isCueOf(on: NonNullable<Trouble["cue"]>["on"], seen: Seen): boolean {
  switch (on) {
    case "taken":
      return seen.kind === "taken";
    case "ready":
      return seen.kind === "state" && seen.to === "READY";
    case "link":
      return seen.kind === "link" && /^(?:up|resumed)/.test(seen.text);
    case "began":
      return seen.kind === "began" && seen.life > 1;
    case "struck":
      return false;
  }
}
