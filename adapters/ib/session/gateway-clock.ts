import type { Timer } from "../../../core/time/clock.ts";
import { SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import { ClockSkew, type Skew } from "./clock-skew.ts";
import { MarketClock } from "./market-clock.ts";
import type { SessionClock } from "./session-clock.ts";

const DOUBT = "this computer slept or its clock was set forward: the gateway is asked for the time";
const NO_TIME = "the gateway does not tell its time; this computer's clock is used";

/** What a gateway's clock asks of the session that has it. */
export interface GatewayClockEffects {
  /**
   * The computer slept, or its clock was set forward, and nobody can tell which: the gateway is to
   * be asked for its time, and `expect` to be called. Not so while nobody is there to be asked.
   */
  doubted(reason: string): void;
  /** The gateway's word came; or, with a complaint for a person, it did not come in time. */
  trusted(complaint?: string): void;
}

/** Our clock, moved to where the gateway's is; says when the two are far apart. */
export class GatewayClock {
  readonly market: MarketClock;
  readonly #base: SessionClock;
  readonly #skew = new ClockSkew();
  readonly #warningMs: number;
  readonly #effects: GatewayClockEffects;
  readonly #unwatch: (() => void) | undefined;
  #isWarned = false;
  #offsetMs = 0;
  /** Time that only the computer's wall clock says has passed, since the gateway told its own. */
  #unprovenMs = 0;
  /** Questions for the time that went out up to then may have been answered before a jump. */
  #jumpedAt: UnixMs = Number.NEGATIVE_INFINITY;
  /** Set while the gateway's word is waited for: then the computer's own clock has to do. */
  #deadline: Timer | undefined;

  /** @param warningMs an offset that is greater is worth a warning. */
  constructor(base: SessionClock, warningMs: number, effects: GatewayClockEffects) {
    this.market = new MarketClock(base);
    this.#base = base;
    this.#warningMs = warningMs;
    this.#effects = effects;
    this.#unwatch = base.watch?.((forwardMs) => this.#jumped(forwardMs));
  }

  get skew(): Skew | undefined {
    return this.#skew.skew;
  }

  /** Whether the gateway's word is waited for. */
  get isExpecting(): boolean {
    return this.#deadline !== undefined;
  }

  /** Something came: had the computer slept before, it must not be heard as if it were new. */
  look(): void {
    this.#base.look?.();
  }

  /**
   * The gateway told its time; a message for a person when that is newly far from ours. What may
   * have been answered before a jump says nothing.
   */
  measured(sentAt: UnixMs, answer: UnixMs): string | undefined {
    if (sentAt <= this.#jumpedAt) return undefined;
    this.#skew.add(sentAt, this.#base.now(), answer);
    const skew = this.#skew.skew!;
    this.#move(skew.offsetMs);
    const wasWarned = this.#isWarned;
    this.#isWarned = Math.abs(skew.offsetMs) > this.#warningMs;
    return this.#isWarned && !wasWarned ? warning(skew) : undefined;
  }

  /** Waits for the gateway's word so long; after that the computer's wall clock is all there is. */
  expect(withinMs: number): void {
    this.leave();
    this.#deadline = this.#base.schedule(this.#base.now() + withinMs, () => {
      this.#move(this.#offsetMs + this.#unprovenMs, NO_TIME);
    });
  }

  /** The connection is gone: whoever is there next tells the time anew. */
  leave(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }

  close(): void {
    this.leave();
    this.#unwatch?.();
  }

  #jumped(forwardMs: number): void {
    this.#unprovenMs += forwardMs;
    this.#jumpedAt = this.#base.now();
    this.#effects.doubted(DOUBT);
  }

  #move(offsetMs: number, complaint?: string): void {
    this.#offsetMs = offsetMs;
    this.#unprovenMs = 0;
    this.market.setOffset(offsetMs);
    const wasExpecting = this.isExpecting;
    this.leave();
    if (wasExpecting) this.#effects.trusted(complaint);
  }
}

function warning({ offsetMs, uncertaintyMs }: Skew): string {
  const seconds = (Math.abs(offsetMs) / SECOND_MS).toFixed(1);
  const about = (uncertaintyMs / SECOND_MS).toFixed(1);
  const way = offsetMs > 0 ? "ahead of" : "behind";
  return (
    `the gateway's clock is ${seconds} s ${way} this computer's (give or take ${about} s); ` +
    "bars are timed by the gateway's clock; set both computers' clocks by a time server"
  );
}
