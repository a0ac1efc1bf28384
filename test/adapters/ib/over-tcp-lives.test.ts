import { expect, test } from "vitest";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { KeptMarket } from "../../support/kept-market.ts";
import { expectFetched, expectNoneFetchedAgain, expectUnhurt } from "../../support/kept-outcome.ts";
import { moodyStrategy } from "../../support/kept-strategy.ts";
import { KeptTcpWorld } from "../../support/kept-tcp.ts";
import { market } from "../../support/market.ts";

// Goal: over real sockets, a kept run whose process and gateway are both started again, together
// and apart, cannot be told from the run that never stopped, and its journal plays again.

const START = instant("2024-03-08T17:02:00.013Z");
const newYork = new KeptMarket(
  market({
    calendar: calendarByName("XNYS"),
    size: "5m",
    from: "2024-03-06T00:00:00Z",
    bars: 3 * 78,
  }),
  START,
  START + 2 * HOUR_MS,
);

test.each(["keep-up-to-date", "real-time-bars"] as const)(
  "process and gateway are started again, with %s -> one run",
  async (mode) => {
    const tcp = await KeptTcpWorld.open(newYork.truth, START, {
      strategy: () => moodyStrategy(),
      snapshotBars: 8,
      feed: { mode },
    });
    const { world, server } = tcp;
    const after = (minutes: number): number => START + minutes * MINUTE_MS;

    const first = world.begin();
    await tcp.playTo(after(20));
    expect(first.kept!.run.state).toBe("READY");
    // Both at once, and the gateway is back first.
    world.gateway.inflict({ kind: "down", forMs: 3 * MINUTE_MS });
    first.kill();
    await tcp.playTo(after(31));
    const second = world.begin();
    await tcp.playTo(after(40));
    expect(second.readyAt! - second.startedAt).toBeLessThan(SECOND_MS);
    expectFetched(second, world, after(20));
    // The gateway alone, and the process dies while it repairs what it missed.
    world.gateway.inflict({ kind: "down", forMs: 7 * MINUTE_MS });
    await tcp.playTo(after(47) + 500);
    second.kill();
    await tcp.playTo(after(48));
    const third = world.begin();
    await tcp.playTo(after(60));
    expect(third.kept!.how).toBe("resumed");
    expect(third.kept!.run.state).toBe("READY");
    // The process alone.
    third.kill();
    await tcp.playTo(after(60) + 5 * SECOND_MS);
    const last = world.begin();
    await tcp.playTo(after(75));
    expectFetched(last, world, after(60));
    last.stop();
    for (const life of world.lives) expectNoneFetchedAgain(life);
    expectUnhurt(world, newYork.unhurt(mode), false);
    await tcp.close();
    expect(server.activity.accepted).toBe(server.activity.closed);
    expect([world.gateway.openConnections, world.gateway.openStreams]).toEqual([0, 0]);
    expect(world.time.nextAt).toBeUndefined();
  },
);
