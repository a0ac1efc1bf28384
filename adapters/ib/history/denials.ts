import type { UnixMs } from "../../../core/time/instant.ts";
import type { Page } from "./page-plan.ts";

/** How often it has to deny, and over what time: what ails it for a moment is over by then. */
const ENOUGH = 4;
const DENIED_FOR_MS = 40_000;
/** Pause before it is asked for more than a second time. */
export const DENIAL_PAUSE_MS = 14_000;
/** After so many slots without a bar nothing is expected before them. */
const ENOUGH_SLOTS = 2_000;

/** What speaks for a gateway that says, again and again, that there is nothing: only that. */
export class Denials {
  #count = 0;
  #since: UnixMs = 0;
  #slots = 0;

  /** It said so to what it was asked at an instant. */
  add(askedAt: UnixMs): void {
    if (this.#count === 0) this.#since = askedAt;
    this.#count += 1;
  }

  /** It shows bars after all. */
  forget(): void {
    this.#count = 0;
    this.#slots = 0;
  }

  /** Whether it has said so often and long enough to be believed without any evidence. */
  areEnough(now: UnixMs): boolean {
    return this.#count >= ENOUGH && now - this.#since >= DENIED_FOR_MS;
  }

  /** Believes it of a page; from where on all is then held to be empty, up to the page's end. */
  believe({ range, slots }: Page): UnixMs {
    this.#slots += slots;
    return this.#slots >= ENOUGH_SLOTS ? Number.NEGATIVE_INFINITY : range.from;
  }
}
