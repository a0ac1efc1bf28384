import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import type { IbRequest } from "../../../adapters/ib/port/ib-request.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { NEW_YORK } from "../../../core/time/zone.ts";
import type { IbTalk } from "../../../sim/ib/index.ts";
import { FUTURE, GatewayWorld, history, OPEN, realTimeBars } from "./gateway-fixture.ts";

const plain = (kind: "current-time" | "accounts" | "positions"): IbRequest => ({ kind });

// Goal: a connection begins, carries words in order, and ends as one to a real gateway.
describe("a connection", () => {
  it("is greeted, and told that all farms are well", () => {
    const world = new GatewayWorld({ latencyMs: 20, accounts: ["DU1", "DU2"] });
    const ear = world.connect(2);
    expect(ear.heard).toEqual([]);
    world.pass(39);
    expect(ear.heard).toEqual([]);
    world.pass(1);
    expect(ear.heard.map(({ event }) => event.kind)).toEqual([
      "connected",
      "ready",
      "accounts",
      "notice",
      "notice",
      "notice",
    ]);
    expect(ear.codes()).toEqual([2104, 2106, 2158]);
    const [connected] = ear.all("connected");
    expect(connected).toMatchObject({
      serverVersion: 178,
      serverTime: "20240305 01:30:00 Greenwich Mean Time",
    });
    expect(world.gateway.serverTime).toBe(connected!.serverTime);
    expect(ear.all("accounts")).toEqual([{ kind: "accounts", accounts: ["DU1", "DU2"] }]);
  });

  it("answers in the order it was asked, and never before send returns", () => {
    const world = new GatewayWorld();
    world.ear.ask(plain("positions"), plain("current-time"), plain("accounts"));
    expect(world.ear.heard).toEqual([]);
    world.pass(10);
    expect(world.ear.heard.map(({ event }) => event.kind)).toEqual([
      "positions-end",
      "current-time",
      "accounts",
    ]);
  });

  it("tells the time in whole seconds, on the gateway's own clock", () => {
    const world = new GatewayWorld({ clockSkewMs: MINUTE_MS }, OPEN + 5_750);
    world.ear.ask(plain("current-time"));
    world.pass(10);
    const at = OPEN + MINUTE_MS + 5 * SECOND_MS;
    expect(world.ear.all("current-time")).toEqual([{ kind: "current-time", at }]);
    expect(world.gateway.now).toBe(world.time.now() + MINUTE_MS);
  });

  it("keeps the market to the gateway's clock", () => {
    const world = new GatewayWorld({ clockSkewMs: MINUTE_MS }, OPEN);
    world.ear.ask(realTimeBars());
    world.pass(6_000);
    expect(world.ear.all("real-time-bar").map(({ bar }) => Number(bar.time) * SECOND_MS)).toEqual([
      OPEN + MINUTE_MS,
    ]);
  });

  it("tells positions", () => {
    const position = { account: "DU1", contract: FUTURE, quantity: 2, averageCost: 10 };
    const world = new GatewayWorld({ positions: [position] });
    world.ear.ask(plain("positions"));
    world.pass(10);
    expect(world.ear.all("position")).toEqual([{ kind: "position", ...position }]);
  });

  it("is refused where its client id is in use, until the other one is closed", () => {
    const world = new GatewayWorld();
    const second = world.connect(1);
    world.pass(100);
    expect(second.heard.map(({ event }) => event.kind)).toEqual(["connected", "notice", "closed"]);
    expect(second.codes()).toEqual([326]);
    world.ear.connection.close();
    const third = world.connect(1);
    world.pass(100);
    expect(third.all("ready")).toHaveLength(1);
    expect(world.gateway.openConnections).toBe(1);
  });

  it("hears nothing after it was closed, whatever is under way", () => {
    const world = new GatewayWorld();
    world.ear.ask(history(), realTimeBars(), plain("current-time"));
    world.pass(7);
    world.ear.connection.close();
    world.ear.connection.close();
    world.ear.ask(plain("current-time"));
    world.pass(HOUR_MS);
    expect(world.ear.heard).toEqual([]);
    expect(world.gateway.openStreams).toBe(0);
  });

  it("can be closed from inside of what it hears", () => {
    const world = new GatewayWorld();
    const kinds: string[] = [];
    const connection = world.gateway.client().connect(2, ({ kind }) => {
      kinds.push(kind);
      if (kind === "ready") connection.close();
    });
    world.pass(1_000);
    expect(kinds).toEqual(["connected", "ready"]);
  });

  it("ends with the gateway", () => {
    const world = new GatewayWorld({ nightlyRestart: { atMs: 0, zone: NEW_YORK, forMs: 1 } });
    world.gateway.inflict({ kind: "port" }, OPEN + HOUR_MS);
    world.gateway.close();
    world.pass(10);
    expect(world.ear.all("closed")).toHaveLength(1);
    expect(world.time.nextAt).toBeUndefined();
  });

  it("can be closed by whoever listens, and then hears nothing of the end of all", () => {
    const closing: (() => void)[] = [];
    const world = new GatewayWorld({
      onTalk: ({ kind }) => {
        if (kind === "fault" || kind === "told") for (const close of closing.splice(0)) close();
      },
    });
    const others = [2, 3].map((clientId) => world.connect(clientId));
    world.pass(100);
    for (const ear of [world.ear, ...others]) ear.forget(0);
    closing.push(() => world.ear.connection.close());
    world.ear.ask({ kind: "current-time" });
    world.pass(100);
    expect(world.ear.heard).toEqual([]);
    closing.push(() => others[1]!.connection.close());
    others[0]!.ask({ kind: "current-time" });
    world.pass(100);
    closing.push(() => others[0]!.connection.close());
    world.gateway.inflict({ kind: "down", forMs: 1 });
    world.pass(100);
    expect(others.map((ear) => ear.all("closed"))).toEqual([[], []]);
    expect(world.gateway.openConnections).toBe(0);
  });

  it("is written down for whoever listens", () => {
    const talk: IbTalk[] = [];
    const world = new GatewayWorld({ onTalk: (word) => talk.push(word) });
    world.ear.ask(plain("current-time"));
    world.pass(100);
    world.ear.connection.close();
    expect(talk[0]).toEqual({ kind: "opened", connection: 1, clientId: 1 });
    expect(talk.slice(-3).map(({ kind }) => kind)).toEqual(["asked", "told", "closed"]);
    expect(world.gateway.requests).toEqual(new Map([["current-time", 1]]));
  });

  // Goal: whoever hears of an outage can look at once, and need not wait for it to be true.
  it("says that it is down when it is, and up when it is", () => {
    const heard: unknown[] = [];
    const world: GatewayWorld = new GatewayWorld({
      onTalk: ({ kind }) => {
        if (kind !== "down" && kind !== "up") return;
        heard.push([kind, world.gateway.isDown, world.gateway.openConnections]);
      },
    });
    world.gateway.inflict({ kind: "down", forMs: MINUTE_MS });
    world.pass(MINUTE_MS);
    expect(heard).toEqual([
      ["down", true, 0],
      ["up", false, 0],
    ]);
  });
});

// Goal: the process can restart every night by itself.
describe("the nightly restart", () => {
  it("closes all connections, refuses new ones for a while, and comes back", () => {
    const nightlyRestart = { atMs: 23 * HOUR_MS + 45 * MINUTE_MS, zone: NEW_YORK, forMs: 90_000 };
    const world = new GatewayWorld({ nightlyRestart });
    for (const day of ["2024-03-06", "2024-03-07"]) {
      const at = instant(`${day}T04:45:00Z`);
      const before = world.connect(5);
      world.time.advanceTo(at + 1_000);
      expect(before.all("closed")).toHaveLength(1);
      expect(world.gateway.isDown).toBe(true);
      const refused = world.connect(6);
      world.time.advanceTo(at + 89_999);
      expect(refused.heard.map(({ event }) => event.kind)).toEqual(["closed"]);
      world.time.advanceTo(at + 90_000);
      expect(world.gateway.isDown).toBe(false);
    }
  });
});

const someRequest = fc.record({
  what: fc.constantFrom("history", "update", "bars", "head", "schedule", "details", "cancel"),
  requestId: fc.integer({ min: 1, max: 6 }),
  of: fc.constantFrom("history" as const, "real-time-bars" as const, "head-timestamp" as const),
  waitMs: fc.constantFrom(0, 3, 30, 700, 20_000),
});

function requestOf({ what, requestId, of }: { what: string; requestId: number; of: "history" }) {
  const about = { requestId, contract: ibContract({ conId: 7 }), useRegularHours: true };
  const more: Readonly<Record<string, IbRequest>> = {
    history: history({ requestId }),
    update: history({ requestId, keepUpToDate: true }),
    bars: realTimeBars({ requestId }),
    head: { kind: "head-timestamp", ...about, whatToShow: "TRADES", formatDate: 2 },
    schedule: { kind: "schedule", ...about, end: "", duration: "5 D" },
    details: { kind: "contract-details", requestId, contract: about.contract },
    cancel: { kind: "cancel", of, requestId },
  };
  return more[what]!;
}

// Goal: nothing is left behind, whatever was asked, cancelled, inflicted and in which order.
describe("a gateway under any questions", () => {
  it("keeps nothing of a thousand connections", () => {
    const world = new GatewayWorld();
    world.ear.connection.close();
    for (let each = 0; each < 1_000; each += 1) {
      const ear = world.connect(3);
      world.pass(10);
      ear.ask(history({ keepUpToDate: true }), realTimeBars());
      world.pass(60);
      if (each % 2 === 0) ear.connection.close();
      else world.gateway.inflict({ kind: "down", forMs: 5 });
      world.pass(5);
      expect(world.gateway.openConnections + world.gateway.openStreams).toBe(0);
    }
    world.pass(10);
    expect(world.time.nextAt).toBeUndefined();
  });

  it("has no timer left once its connections are closed", () => {
    fc.assert(
      fc.property(fc.array(someRequest, { maxLength: 30 }), fc.boolean(), (asked, cancels) => {
        const world = new GatewayWorld({}, OPEN + 14 * MINUTE_MS + 58_000);
        for (const each of asked) {
          world.ear.ask(requestOf(each as never));
          world.pass(each.waitMs);
        }
        world.pass(100);
        if (cancels) {
          for (let requestId = 1; requestId <= 6; requestId += 1) {
            for (const of of ["history", "real-time-bars", "head-timestamp"] as const) {
              world.ear.ask({ kind: "cancel", of, requestId });
            }
          }
          world.pass(1_000);
          expect(world.gateway.openStreams + world.gateway.openHistory).toBe(0);
        }
        if (!cancels) world.ear.connection.close();
        expect(world.time.nextAt).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it("says the same again, event for event", () => {
    fc.assert(
      fc.property(fc.array(someRequest, { maxLength: 15 }), (asked) => {
        const runs = [1, 2].map(() => {
          const world = new GatewayWorld({}, OPEN + 14 * MINUTE_MS + 58_000);
          for (const each of asked) {
            world.ear.ask(requestOf(each as never));
            world.pass(each.waitMs);
          }
          world.pass(60_000);
          return world.ear.heard;
        });
        expect(runs[0]).toEqual(runs[1]);
      }),
      { numRuns: 15 },
    );
  });
});
