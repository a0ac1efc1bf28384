import type { IbLink } from "../session/ib-link.ts";
import { SingleTimer } from "./single-timer.ts";

/**
 * Whether a stream must prove itself because a data farm broke. Which farm serves it nobody says,
 * and most breaks are not its own: a word clears it, and lasting silence condemns it.
 */
export class FarmSuspicion {
  readonly #link: IbLink;
  readonly #farmMs: number;
  readonly #condemn: (reason: string) => void;
  #broken: Set<string>;
  readonly #timer: SingleTimer;
  #isSuspect = false;

  /** @param condemn is called after `farmMs` milliseconds without a word. */
  constructor(link: IbLink, farmMs: number, condemn: (reason: string) => void) {
    this.#link = link;
    this.#farmMs = farmMs;
    this.#condemn = condemn;
    this.#broken = new Set(link.brokenFarms);
    this.#timer = new SingleTimer(link.clock);
  }

  /** Whether it has not spoken since a farm broke or came back. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  down(farm: string, reason: string): void {
    this.#broken.add(farm);
    this.suspect(reason);
  }

  /** Whether the farm had been broken: many are reported well that never were anything else. */
  up(farm: string): boolean {
    return this.#broken.delete(farm);
  }

  suspect(reason: string): void {
    const { clock } = this.#link;
    this.#isSuspect = true;
    this.#timer.set(clock.now() + this.#farmMs, () => this.#condemn(reason));
  }

  talked(): void {
    this.#isSuspect = false;
    this.close();
  }

  /** Begins anew: what was known of the farms belongs to an earlier connection. */
  reset(): void {
    this.#broken = new Set(this.#link.brokenFarms);
    this.talked();
  }

  close(): void {
    this.#timer.clear();
  }
}
