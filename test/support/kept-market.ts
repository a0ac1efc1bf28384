import type { LiveMode } from "../../adapters/ib/live/live-options.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { MINUTE_MS } from "../../core/time/instant.ts";
import type { Truth } from "../../sim/index.ts";
import { playedAgain } from "./kept-outcome.ts";
import { moodyStrategy } from "./kept-strategy.ts";
import { KeptWorld, type KeptWorldOptions } from "./kept-world.ts";
import { barsOf } from "./market.ts";
import type { RunLog } from "./run-log.ts";

/** So many bars from one snapshot to the next: most lives here begin with one. */
const SNAPSHOT_BARS = 8;

/** A market on which runs begin at one instant, and what the run did there that never stopped. */
export class KeptMarket {
  readonly truth: Truth;
  readonly start: UnixMs;
  readonly #end: UnixMs;
  readonly #unhurt = new Map<LiveMode, RunLog>();

  constructor(truth: Truth, start: UnixMs, end: UnixMs) {
    this.truth = truth;
    this.start = start;
    this.#end = end;
  }

  world(mode: LiveMode, options: Partial<KeptWorldOptions> = {}): KeptWorld {
    return new KeptWorld(this.truth, this.start, {
      strategy: () => moodyStrategy(),
      snapshotBars: SNAPSHOT_BARS,
      ...options,
      feed: { mode, ...options.feed },
    });
  }

  /** The run that never stopped; it is lived once. */
  unhurt(mode: LiveMode): RunLog {
    const known = this.#unhurt.get(mode);
    if (known !== undefined) return known;
    const world = this.world(mode);
    world.life(this.start, this.#end);
    const { log } = playedAgain(world);
    this.#unhurt.set(mode, log);
    return log;
  }

  /** When three more bars have closed and are out. */
  soonAfter(at: UnixMs): UnixMs {
    const coming = barsOf(this.truth).filter(({ closeTime }) => closeTime > at);
    return coming[2]!.closeTime + MINUTE_MS;
  }
}
