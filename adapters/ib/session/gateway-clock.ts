import type { TimerClock } from "../../../core/time/clock.ts";
import { SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import { ClockSkew, type Skew } from "./clock-skew.ts";
import { MarketClock } from "./market-clock.ts";

/** Our clock, moved to where the gateway's is; says when the two are far apart. */
export class GatewayClock {
  readonly market: MarketClock;
  readonly #skew = new ClockSkew();
  readonly #warningMs: number;
  #isWarned = false;

  /** @param warningMs an offset that is greater is worth a warning. */
  constructor(base: TimerClock, warningMs: number) {
    this.market = new MarketClock(base);
    this.#warningMs = warningMs;
  }

  get skew(): Skew | undefined {
    return this.#skew.skew;
  }

  /** The gateway told its time; a message for a person when that is newly far from ours. */
  measured(sentAt: UnixMs, receivedAt: UnixMs, answer: UnixMs): string | undefined {
    this.#skew.add(sentAt, receivedAt, answer);
    const skew = this.#skew.skew!;
    this.market.setOffset(skew.offsetMs);
    const wasWarned = this.#isWarned;
    this.#isWarned = Math.abs(skew.offsetMs) > this.#warningMs;
    return this.#isWarned && !wasWarned ? warning(skew) : undefined;
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
