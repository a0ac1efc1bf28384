import { describe, expect, test } from "vitest";
import type { LiveMode } from "../../adapters/ib/live/live-options.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { expectFetched, expectUnhurt, playedAgain } from "../support/kept-outcome.ts";
import { moodyStrategy } from "../support/kept-strategy.ts";
import { KeptWorld, type KeptWorldOptions } from "../support/kept-world.ts";
import { barsOf, market } from "../support/market.ts";
import type { RunLog } from "../support/run-log.ts";

// Goal: a live run that is killed and started again, whenever and for however long, is READY at
// once with one request for what it missed, and cannot be told from the run that never stopped.

/** Eight days of New York, with a change of its clocks on the Sunday before the seventh. */
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "15m",
  from: "2024-03-01T00:00:00Z",
  bars: 8 * 26,
});
const START = instant("2024-03-08T17:02:00.013Z");
const END = instant("2024-03-12T14:32:00Z");
const SNAPSHOT_BARS = 8;

function world(mode: LiveMode, options: Partial<KeptWorldOptions> = {}): KeptWorld {
  return new KeptWorld(truth, START, {
    strategy: () => moodyStrategy(),
    snapshotBars: SNAPSHOT_BARS,
    feed: { mode },
    ...options,
  });
}

const unhurt = new Map<LiveMode, RunLog>();

/** The run that never stopped. */
function neverStopped(mode: LiveMode): RunLog {
  const known = unhurt.get(mode);
  if (known !== undefined) return known;
  const whole = world(mode);
  whole.life(START, END);
  const { log } = playedAgain(whole);
  unhurt.set(mode, log);
  return log;
}

const CASES: readonly (readonly [name: string, killed: string, back: string])[] = [
  ["after 5 seconds, within the same bar", "2024-03-08T17:36:00Z", "2024-03-08T17:36:05Z"],
  ["in the next bar", "2024-03-08T17:36:00Z", "2024-03-08T17:46:00Z"],
  ["after some bars", "2024-03-08T17:36:00Z", "2024-03-08T19:10:59.999Z"],
  ["in the evening of the same day", "2024-03-08T20:50:00Z", "2024-03-09T00:00:00Z"],
  ["at night, and it had been night", "2024-03-09T01:00:00Z", "2024-03-09T09:00:00Z"],
  ["on the Sunday of the clocks", "2024-03-08T17:36:00Z", "2024-03-10T17:00:00Z"],
  ["after that weekend", "2024-03-08T20:52:00Z", "2024-03-11T13:40:00Z"],
  ["days later", "2024-03-08T17:36:00Z", "2024-03-12T13:33:00Z"],
];

/** When some more bars have closed. */
function soonAfter(at: UnixMs): UnixMs {
  const coming = barsOf(truth).filter(({ closeTime }) => closeTime > at);
  return coming[2]!.closeTime + MINUTE_MS;
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a kept run with %s", (mode) => {
  test.each(CASES)("started again %s", (_, killed, back) => {
    const kept = world(mode);
    kept.life(START, instant(killed));
    const life = kept.begin({}, instant(back)).playTo(soonAfter(instant(back)));
    life.stop();
    expectFetched(life, kept, instant(killed));
    expect(life.readyAt! - life.startedAt).toBeLessThan(SECOND_MS);
    expectUnhurt(kept, neverStopped(mode));
  });
});
