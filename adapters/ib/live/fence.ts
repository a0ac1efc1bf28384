import { SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { IbLink } from "../session/ib-link.ts";
import { SingleTimer } from "./single-timer.ts";

/** The gateway tells whole seconds: a close that it has not reached yet is asked about again. */
const AGAIN_MS = SECOND_MS / 5;

/**
 * Knows what was said after a bar closed. A restatement can be heard late: the connection, or this
 * process, may have stood still. So the gateway is asked for its time at the close. What is heard
 * after an answer that the close is past was said after it, as a connection keeps the order.
 */
export class Fence {
  readonly #link: IbLink;
  readonly #timer: SingleTimer;
  /** The newest close that is waited for or past. */
  #closeTime: UnixMs = Number.NEGATIVE_INFINITY;
  #passed: UnixMs = Number.NEGATIVE_INFINITY;
  /** Counts subscriptions: answers to an earlier one say nothing. */
  #subscription = 0;

  constructor(link: IbLink) {
    this.#link = link;
    this.#timer = new SingleTimer(link.clock);
  }

  /** The subscription is over: nothing that was asked counts for another. */
  leave(): void {
    this.#subscription += 1;
    this.#timer.clear();
    this.#closeTime = Number.NEGATIVE_INFINITY;
    this.#passed = Number.NEGATIVE_INFINITY;
  }

  /** A bar is in progress: its close is to be asked about. */
  await(closeTime: UnixMs): void {
    if (closeTime <= this.#closeTime) return;
    this.#closeTime = closeTime;
    this.#ask(closeTime, closeTime);
  }

  /** Whether what is heard now was said after a close. */
  isPast(closeTime: UnixMs): boolean {
    return closeTime <= this.#passed;
  }

  #ask(closeTime: UnixMs, at: UnixMs): void {
    const subscription = this.#subscription;
    this.#timer.set(at, () => {
      this.#link.sync((toldAt) => {
        if (subscription !== this.#subscription) return;
        if (toldAt === undefined || toldAt >= closeTime) this.#passed = closeTime;
        else if (closeTime === this.#closeTime) {
          this.#ask(closeTime, this.#link.clock.now() + AGAIN_MS);
        }
      });
    });
  }
}
