// Goal: a gateway that says that there is no data, though there is, delays a run by no more than it
// takes the gateway to find them, and never changes what the run computes.
import { describe, expect, test } from "vitest";
import type { LiveMode } from "../../../../adapters/ib/live/live-options.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { MINUTE_MS, SECOND_MS } from "../../../../core/time/instant.ts";
import { IbWorld } from "../../../support/ib-world.ts";
import { barAt, market } from "../../../support/market.ts";
import { crossStrategy } from "../../../support/strategies.ts";
import { uninterrupted } from "../../../support/world.ts";

const WARM_UP = 260;
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "15m",
  from: "2024-03-04T00:00:00Z",
  bars: 26 * 13,
});
const whole = uninterrupted(truth, crossStrategy(10, WARM_UP)).log;

/** A run whose first requests for history are called empty, that of the live stream among them. */
const runWith = (mode: LiveMode, empties: number): IbWorld => {
  const start = barAt(truth, 300).openTime + 7 * MINUTE_MS + 13;
  const world = new IbWorld(truth, start, { feed: { mode } });
  if (empties > 0) {
    world.gateway.inflict({ kind: "history", what: { kind: "empty" }, count: empties });
  }
  return world.live(crossStrategy(10, WARM_UP));
};

const MODES: readonly LiveMode[] = ["keep-up-to-date", "real-time-bars"];

describe.each(MODES)("%s", (mode) => {
  test.each([
    [2, 10 * SECOND_MS],
    [6, 20 * SECOND_MS],
    [60, 10 * MINUTE_MS],
  ])("%i empty answers", (empties, withinMs) => {
    const world = runWith(mode, empties).playTo();
    const { log, gateway, start, time } = world;
    expect(log.readyAt! - start).toBeLessThan(withinMs);
    const fromReady = ({ closeTime }: { closeTime: number }) => closeTime > log.readyAt!;
    expect(log.values.filter(fromReady)).toEqual(whole.values.filter(fromReady));
    expect(log.values.filter(fromReady).length).toBeGreaterThan(30);
    expect([...gateway.violations]).toEqual([]);
    // What was asked about the beginning is taken back, or the gateway would hold it open.
    expect(gateway.openHistory).toBe(0);
    world.close();
    expect(time.nextAt).toBeUndefined();
  });

  test("an honest gateway is asked nothing more than before", () => {
    const world = runWith(mode, 0);
    world.playTo(world.start + 5 * SECOND_MS);
    expect(world.log.readyAt! - world.start).toBeLessThan(200);
    expect(world.gateway.requests.has("head-timestamp")).toBe(false);
    expect(world.gateway.requests.get("history")).toBe(mode === "keep-up-to-date" ? 2 : 1);
    world.close();
  });
});
