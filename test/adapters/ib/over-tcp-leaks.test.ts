import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { expectHealed, expectNothingLeft } from "../../support/ib-outcome.ts";
import { IbTcpWorld } from "../../support/ib-tcp.ts";
import type { LaterFault } from "../../support/ib-world.ts";
import { barAt, market } from "../../support/market.ts";
import { averageStrategy } from "../../support/strategies.ts";
import { uninterrupted } from "../../support/world.ts";

// Goal: a connection that is gone leaves nothing behind: no socket, no timer, no listener, and no
// memory, however often it happens.

const truth = market({ size: "15m", from: "2024-03-05T00:00:00Z", bars: 80 });
const START = barAt(truth, 40).openTime + MINUTE_MS;
const RECONNECTIONS = 1_000;
const EVERY_MS = 20 * SECOND_MS;
const FIRST_MS = MINUTE_MS;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What the process holds open, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    // The turns of the event loop that this very test waits for.
    if (kind !== "Immediate") counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test("1,000 reconnections over TCP -> no socket, timer or listener more, and memory flat", async () => {
  const faults = Array.from({ length: RECONNECTIONS }, (_, index): LaterFault => {
    return [FIRST_MS + index * EVERY_MS, { kind: "port" }];
  });
  const tcp = await IbTcpWorld.open(truth, START, { faults });
  const { world, server } = tcp;
  const strategy = averageStrategy(20);
  world.live(strategy);
  /** In the middle between two reconnections. */
  const after = (count: number) => tcp.playTo(START + FIRST_MS + (count - 0.5) * EVERY_MS);

  await after(0);
  const before = resources();
  /** The heap without what this test itself writes down. */
  const heap = () => {
    const { link, log } = world;
    for (const list of [link, log.events, log.orders, log.fills]) list.length = 0;
    log.states.splice(0, log.states.length - 1);
    return heapBytes();
  };
  await after(RECONNECTIONS / 2);
  const heapBefore = heap();
  await after(RECONNECTIONS);
  const heapAfter = heap();

  expect(server.activity).toMatchObject({ accepted: RECONNECTIONS + 1, closed: RECONNECTIONS });
  // The runner of the tests has timers of its own, which come and go.
  const now = Object.entries(resources());
  expect(now.filter(([kind, count]) => count > (before[kind] ?? 0))).toEqual([]);
  expect([world.gateway.openConnections, world.gateway.openStreams]).toEqual([1, 1]);
  // 500 connections that were kept, with sockets and all, would hold several times as much.
  expect(heapAfter - heapBefore).toBeLessThan(1_500_000);

  await tcp.playTo(barAt(truth, -1).closeTime + 10 * SECOND_MS);
  const last = FIRST_MS + RECONNECTIONS * EVERY_MS;
  expectHealed(world, uninterrupted(truth, strategy).log, START + last + MINUTE_MS);
  await tcp.close();
  expectNothingLeft(world);
});
