import { describe, expect, test } from "vitest";
import type { LiveMode } from "../../adapters/ib/live/live-options.ts";
import { EvenClock } from "../../adapters/system/even-clock.ts";
import type { MachineTime } from "../../adapters/system/machine-time.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { VirtualTime } from "../../core/time/virtual-time.ts";
import { expectHealed, expectNothingLeft } from "../support/ib-outcome.ts";
import { IbWorld } from "../support/ib-world.ts";
import { barAt, market } from "../support/market.ts";
import { crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: a computer whose clock is wrong, or is set while a run is live, gets the same bars at the
// same market time as one whose clock is right.

const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-05T00:00:00Z",
  bars: 3 * 78,
});
const strategy = crossStrategy(4, 60);
const whole = uninterrupted(truth, strategy).log;
const START = barAt(truth, 78 + 30).openTime + 2 * MINUTE_MS + 13;
/** A skew is known to a second at best, and the probes need a while to find even that. */
const KNOWN_MS = SECOND_MS;

/** A computer whose wall clock is moved by so much, so long after the start. */
function setAfter(time: VirtualTime, afterMs: number, byMs: number): MachineTime {
  const start = time.now();
  return {
    wallMs: () => time.now() + (time.now() < start + afterMs ? 0 : byMs),
    steadyMs: () => time.now() - start,
    wake: (delayMs, action) => {
      const timer = time.schedule(time.now() + Math.max(delayMs, 1), action);
      return () => timer.cancel();
    },
  };
}

function worldWhoseClockIsSet(mode: LiveMode, afterMs: number, byMs: number): IbWorld {
  const clock = (time: VirtualTime) => new EvenClock(setAfter(time, afterMs, byMs));
  return new IbWorld(truth, START, { feed: { mode }, clock }).live(strategy).playTo();
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a live run with %s", (mode) => {
  for (const clockSkewMs of [61_234, -61_234, 1_500, -1_500, HOUR_MS, -HOUR_MS]) {
    test(`the gateway's clock is ${clockSkewMs / SECOND_MS} s ahead of ours -> bars at the market's time`, () => {
      const world = new IbWorld(truth, START, { feed: { mode }, gateway: { clockSkewMs } });
      world.live(strategy).playTo();
      expectHealed(world, whole, START + 2 * SECOND_MS);
      expect(world.log.path).toEqual(["WARMING_UP", "READY"]);
      const { offsetMs, uncertaintyMs } = world.session.skew!;
      expect(Math.abs(offsetMs - clockSkewMs)).toBeLessThanOrEqual(uncertaintyMs);
      expect(Math.abs(offsetMs - clockSkewMs)).toBeLessThanOrEqual(KNOWN_MS);
      const warned = world.link.filter(({ kind }) => kind === "warning").length;
      expect(warned).toBe(Math.abs(clockSkewMs) > 2_000 ? 1 : 0);
      // Live bars go out soon after they closed, on the market's clock.
      const lates = world.log.handled
        .filter(({ origin }) => origin === "live")
        .map(({ bar, at }) => at - bar.closeTime);
      expect(lates.length).toBeGreaterThan(78);
      expect(Math.min(...lates)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...lates)).toBeLessThan(10 * SECOND_MS);
      expectNothingLeft(world);
    });
  }

  for (const [text, byMs] of [
    ["a minute", MINUTE_MS],
    ["a day", DAY_MS],
  ] as const) {
    test(`this computer's clock is set ${text} forward -> READY again when the gateway was asked`, () => {
      const afterMs = HOUR_MS + 17;
      const world = worldWhoseClockIsSet(mode, afterMs, byMs);
      // Bars of 5 seconds prove that they flow within those.
      expectHealed(world, whole, START + afterMs + 7 * SECOND_MS);
      expect(world.log.path).toEqual(["WARMING_UP", "READY", "SUSPENDED", "READY"]);
      expect(Math.abs(world.session.skew!.offsetMs)).toBeLessThanOrEqual(KNOWN_MS);
      expectNothingLeft(world);
    });

    test(`this computer's clock is set ${text} back -> nothing happens`, () => {
      const world = worldWhoseClockIsSet(mode, HOUR_MS + 17, -byMs);
      expectHealed(world, whole, START + SECOND_MS);
      expect(world.log.path).toEqual(["WARMING_UP", "READY"]);
      expectNothingLeft(world);
    });
  }

  test("this computer's clock is set in the backfill -> READY within seconds", () => {
    const world = worldWhoseClockIsSet(mode, 130, MINUTE_MS);
    expectHealed(world, whole, START + 5 * SECOND_MS);
    expectNothingLeft(world);
  });
});
