import { describe, expect, test } from "vitest";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import type { IbGatewayFault } from "../../../sim/ib/index.ts";
import { expectHealed, expectNothingLeft } from "../../support/ib-outcome.ts";
import { IbTcpWorld } from "../../support/ib-tcp.ts";
import { barAt, market } from "../../support/market.ts";
import { crossStrategy } from "../../support/strategies.ts";
import { uninterrupted } from "../../support/world.ts";

// Goal: what goes wrong on a real socket heals as it does in the model: by itself, within a stated
// time, without a trace in what the run decides; and a version that does not fit stops it.

/** Two days of New York; the run starts about noon of the second. */
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-05T00:00:00Z",
  bars: 2 * 78,
});
const strategy = crossStrategy(4, 80);
const whole = uninterrupted(truth, strategy).log;
const START = barAt(truth, 78 + 30).openTime + 2 * MINUTE_MS + 13;
/** Amid the three pages of the backfill. */
const BACKFILL_MS = 130;
const LIVE_MS = HOUR_MS + 4_321;

const CASES: readonly (readonly [
  name: string,
  atMs: number,
  fault: IbGatewayFault,
  withinMs: number,
])[] = [
  ["killed in backfill", BACKFILL_MS, { kind: "down", forMs: 90 * SECOND_MS }, 2 * MINUTE_MS],
  ["killed live", LIVE_MS, { kind: "down", forMs: 90 * SECOND_MS }, 2 * MINUTE_MS],
  [
    "1100, then 1102 over dead streams",
    LIVE_MS,
    { kind: "link", forMs: 30 * SECOND_MS, ending: "1102-dead" },
    40 * SECOND_MS,
  ],
  ["1100, then 1101", LIVE_MS, { kind: "link", forMs: 30_000, ending: "1101" }, 40 * SECOND_MS],
  ["a farm blip with 10182", LIVE_MS, { kind: "farm", forMs: 2_900, kills: true }, 10 * SECOND_MS],
  ["half-open", LIVE_MS, { kind: "half-open", forMs: Number.POSITIVE_INFINITY }, 30 * SECOND_MS],
  ["client id in use", 0, { kind: "client-id", forMs: MINUTE_MS }, 80 * SECOND_MS],
  [
    "pacing violation between pages",
    BACKFILL_MS,
    { kind: "history", what: { kind: "pacing" }, count: 2 },
    2 * MINUTE_MS,
  ],
  ["streams fall silent", LIVE_MS, { kind: "silent-streams" }, 90 * SECOND_MS],
  ["a bust ends every stream", LIVE_MS, { kind: "bust" }, 10 * SECOND_MS],
  ["the port is changed and back", LIVE_MS, { kind: "port" }, 10 * SECOND_MS],
];

const UPDATE = /update TWS or IB Gateway to a current stable version/;

describe.each(["keep-up-to-date", "real-time-bars"] as const)(
  "a live run over TCP with %s",
  (mode) => {
    const feed = { mode, history: { pageBars: 30 } };

    test.each(CASES)("%s -> heals by itself", async (_, atMs, fault, withinMs) => {
      const tcp = await IbTcpWorld.open(truth, START, { feed, faults: [[atMs, fault]] });
      const { world } = tcp;
      world.live(strategy);
      await tcp.playTo();
      expectHealed(world, whole, START + atMs + withinMs);
      if (atMs === LIVE_MS) expect(world.log.path).toContain("SUSPENDED");
      else expect(world.log.readyAt).toBeGreaterThan(START + BACKFILL_MS + SECOND_MS);
      await tcp.close();
      expectNothingLeft(world);
    });

    test("a version that is too old -> no attempt more, and what to update", async () => {
      const tcp = await IbTcpWorld.open(truth, START, { feed, gateway: { serverVersion: 90 } });
      const { world, server } = tcp;
      world.live(strategy);
      await tcp.playTo(START + HOUR_MS);
      expect(world.session.state).toBe("stopped");
      expect(world.session.reason).toMatch(UPDATE);
      expect(world.session.reason).toMatch(/protocol version 90, not 100 to \d+/);
      expect(world.fault).toMatchObject({ retry: "never", message: expect.stringMatching(UPDATE) });
      expect(server.activity.accepted).toBe(1);
      await tcp.close();
      expectNothingLeft(world);
    });

    test("a version that is too old after a restart -> stopped, and what to update", async () => {
      const faults = [
        [LIVE_MS, { kind: "down", forMs: 5 * SECOND_MS }],
        [LIVE_MS + SECOND_MS, { kind: "version", serverVersion: 90 }],
      ] as const;
      const tcp = await IbTcpWorld.open(truth, START, { feed, faults });
      const { world } = tcp;
      world.live(strategy);
      await tcp.playTo(START + LIVE_MS + MINUTE_MS);
      expect(world.log.states.at(-1)).toMatchObject({ to: "STOPPED" });
      expect(world.log.states.at(-1)!.reason).toMatch(UPDATE);
      await tcp.close();
      expectNothingLeft(world);
    });
  },
);
