import { describe, expect, test } from "vitest";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import {
  expectBars,
  expectNothingLeft,
  expectSame,
  expectSpotless,
} from "../../support/ib-outcome.ts";
import { IbTcpWorld } from "../../support/ib-tcp.ts";
import { barsOf, market } from "../../support/market.ts";
import { crossStrategy } from "../../support/strategies.ts";
import { uninterrupted } from "../../support/world.ts";

// Goal: over a real socket, with the client that also talks to a real gateway, a live run decides
// what a backtest decides from READY on, at whatever moment it starts.

/** Five weeks of Shanghai: from 01:30 to 03:30 and from 05:00 to 07:00 UTC. */
const truth = market({
  calendar: calendarByName("CFFEX"),
  size: "15m",
  from: "2024-02-19T00:00:00Z",
  bars: 16 * 25,
});
const whole = uninterrupted(truth, crossStrategy(10, 260)).log;

describe.each(["keep-up-to-date", "real-time-bars"] as const)(
  "a live run over TCP with %s",
  (mode) => {
    test.each([
      ["in the middle of a bar", "2024-03-14T02:07:30.123Z"],
      ["in the last second of a bar", "2024-03-14T02:14:59.123Z"],
      ["at the very end of a bar", "2024-03-14T02:30:00.000Z"],
      ["in the first second of a bar", "2024-03-14T02:30:00.789Z"],
      ["in the last second before lunch", "2024-03-14T03:29:59.500Z"],
      ["in the middle of lunch", "2024-03-14T04:11:11.111Z"],
      ["in the last second of the session", "2024-03-14T06:59:59.500Z"],
      ["at night", "2024-03-14T17:00:00.000Z"],
      ["on a Sunday", "2024-03-17T17:00:00.000Z"],
    ])("started %s -> equal to the backtest, and READY at once", async (_, text) => {
      const start = instant(text);
      const tcp = await IbTcpWorld.open(truth, start, { feed: { mode } });
      const { world } = tcp;
      world.live(crossStrategy(10, 260));
      // Half a day, or through the first bars of the next.
      const until = text.includes("06:59") ? start + 20 * HOUR_MS : start + 12 * HOUR_MS;
      await tcp.playTo(until);
      const { log } = world;
      expect(log.path).toEqual(["WARMING_UP", "READY"]);
      // A bar that has only just closed may lack its last trades for 3 s.
      const isFresh = text.includes("30:00");
      expect(log.readyAt! - start).toBeLessThan(isFresh ? 3.5 * SECOND_MS : SECOND_MS);
      const to = barsOf(truth).findLast(
        ({ closeTime }) => closeTime < until - MINUTE_MS,
      )!.closeTime;
      expectBars(log, truth, to);
      expectSame(log, whole, to);
      expectSpotless(log);
      expect([...world.gateway.violations]).toEqual([]);
      await tcp.close();
      expectNothingLeft(world);
    });
  },
);
