import { describe, expect, it } from "vitest";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import type { HistoryFault, IbGatewayFault } from "../../../sim/ib/index.ts";
import { barAt } from "../../support/market.ts";
import { FUTURE, GatewayWorld, history, OPEN, realTimeBars } from "./gateway-fixture.ts";

const START = OPEN + 5 * MINUTE_MS;
const FOREVER = Number.POSITIVE_INFINITY;

/** A world in which one stream of each kind is open, with nothing heard so far. */
function streaming(): GatewayWorld {
  const world = new GatewayWorld({}, START);
  world.ear.ask(history({ keepUpToDate: true }), realTimeBars());
  world.ear.forget(11 * SECOND_MS);
  return world;
}

/** How many bars of either stream were heard since `forget`. */
const barsHeard = ({ ear }: GatewayWorld): number =>
  ear.all("update").length + ear.all("real-time-bar").length;

/** Whether streams say anything in the next minute. */
function areAlive(world: GatewayWorld): boolean {
  world.ear.forget(10);
  world.pass(MINUTE_MS);
  return world.ear.all("update").length > 0 && world.ear.all("real-time-bar").length === 12;
}

// Goal: every fault does what it says, for as long as it says.
describe("a gateway that goes down", () => {
  it("closes connections, refuses new ones, and is back after the time", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "down", forMs: 90_000 }, START + MINUTE_MS);
    world.pass(48_999);
    expect(world.gateway.isDown).toBe(false);
    world.pass(10);
    expect(world.gateway.isDown).toBe(true);
    expect(world.ear.heard.at(-1)!.event).toMatchObject({ kind: "closed" });
    expect(world.gateway.openStreams).toBe(0);
    const refused = world.connect(1);
    world.pass(89_000);
    expect(refused.heard.map(({ event }) => event.kind)).toEqual(["closed"]);
    world.pass(1_000);
    const back = world.connect(1);
    world.pass(10);
    expect(back.all("ready")).toHaveLength(1);
  });

  it("stays down until the last of two causes has passed", () => {
    const world = new GatewayWorld();
    world.gateway.inflict({ kind: "down", forMs: 10_000 });
    world.gateway.inflict({ kind: "down", forMs: 20_000 });
    world.pass(15_000);
    expect(world.gateway.isDown).toBe(true);
    world.pass(5_000);
    expect(world.gateway.isDown).toBe(false);
  });
});

describe("a lost link to Interactive Brokers", () => {
  it.each([
    ["1101", 1101, false],
    ["1102", 1102, true],
    ["1102-dead", 1102, false],
  ] as const)("ends with %s", (ending, code, goesOn) => {
    const world = streaming();
    world.gateway.inflict({ kind: "link", forMs: 30_000, ending });
    world.pass(29_999);
    expect(world.ear.codes()).toEqual([1100]);
    expect(barsHeard(world)).toBe(0);
    world.pass(10);
    expect(world.ear.codes()).toEqual([1100, code]);
    expect(areAlive(world)).toBe(goesOn);
    expect(world.ear.all("closed")).toEqual([]);
    // Whoever asks anew is served.
    world.ear.ask(history({ keepUpToDate: true, requestId: 21 }), realTimeBars({ requestId: 22 }));
    world.ear.forget(1_000);
    world.pass(MINUTE_MS);
    const ids = world.ear.all("real-time-bar").map(({ requestId }) => requestId);
    expect(ids.filter((id) => id === 22)).toHaveLength(12);
    expect(world.ear.all("update").some(({ requestId }) => requestId === 21)).toBe(true);
  });

  it("fails schedules and head timestamps as well, and lasts for ever where it was said", () => {
    const world = new GatewayWorld();
    world.gateway.inflict({ kind: "link", forMs: FOREVER, ending: "1102" });
    const about = { contract: FUTURE, useRegularHours: true };
    world.ear.ask(
      { kind: "schedule", requestId: 1, ...about, end: "", duration: "1 D" },
      { kind: "head-timestamp", requestId: 2, ...about, whatToShow: "TRADES", formatDate: 2 },
    );
    world.pass(10 * HOUR_MS);
    expect([1, 2].map((id) => world.ear.codes(id))).toEqual([[162], [162]]);
    expect(world.ear.codes()).toEqual([1100]);
  });

  it("fails history that is asked for, or under way", () => {
    const world = new GatewayWorld();
    world.ear.ask(history());
    world.pass(20);
    world.gateway.inflict({ kind: "link", forMs: 30_000, ending: "1102" });
    world.ear.ask(history({ requestId: 2 }));
    world.pass(1_000);
    expect([...world.ear.codes(1), ...world.ear.codes(2)]).toEqual([162, 162]);
    expect(world.ear.all("history")).toEqual([]);
    const late = world.connect(2);
    world.pass(10);
    expect(late.codes()).toEqual([2110]);
    world.pass(30_000);
    expect(late.codes()).toEqual([2110, 1102]);
  });
});

describe("broken data farms", () => {
  it("silence the streams for a while", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "farm", forMs: 20_000, kills: false });
    world.pass(19_999);
    expect(world.ear.codes()).toEqual([2103, 2105]);
    expect(barsHeard(world)).toBe(0);
    const late = world.connect(2);
    world.pass(100);
    const early = world.connect(3);
    world.gateway.inflict({ kind: "farm", forMs: 10_000, kills: false }, world.time.now());
    world.pass(100);
    expect(early.codes().slice(0, 3)).toEqual([2103, 2105, 2158]);
    world.pass(11_000);
    expect(world.ear.codes()).toEqual([2103, 2105, 2104, 2106, 2103, 2105, 2104, 2106]);
    expect(late.codes().slice(0, 3)).toEqual([2104, 2106, 2158]);
    expect(areAlive(world)).toBe(true);
  });

  it("kill them for good with 10182 on each", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "farm", forMs: 3_000, kills: true });
    world.pass(5_000);
    expect([...world.ear.codes(1), ...world.ear.codes(2)]).toEqual([10182, 10182]);
    expect(world.ear.codes()).toEqual([2103, 2105, 2104, 2106]);
    expect(world.gateway.openStreams).toBe(0);
    world.ear.forget(HOUR_MS);
    expect(barsHeard(world)).toBe(0);
    // The ids are free again.
    world.ear.ask(history({ keepUpToDate: true }), realTimeBars());
    expect(areAlive(world)).toBe(true);
  });
});

describe("a half-open connection", () => {
  it("carries nothing either way, says nothing, and is reset at last", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "half-open", forMs: MINUTE_MS });
    world.ear.ask({ kind: "current-time" });
    world.pass(MINUTE_MS - 1);
    expect(world.ear.heard).toEqual([]);
    const other = world.connect(1);
    world.pass(20);
    expect(other.all("ready")).toHaveLength(1);
    expect(world.ear.heard.map(({ event }) => event.kind)).toEqual(["closed"]);
    expect(world.gateway.requests.has("current-time")).toBe(false);
  });

  it("can last for ever, and be closed by the client before its end", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "half-open", forMs: FOREVER });
    world.pass(10 * HOUR_MS);
    expect(world.ear.heard).toEqual([]);
    const other = world.connect(1);
    world.pass(10);
    world.gateway.inflict({ kind: "half-open", forMs: HOUR_MS });
    other.connection.close();
    world.ear.connection.close();
    expect(world.time.nextAt).toBeUndefined();
    expect(other.all("closed")).toEqual([]);
  });

  it("is not reset any more once the gateway has ended", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "half-open", forMs: HOUR_MS });
    world.gateway.close();
    expect(world.time.nextAt).toBeUndefined();
    expect(world.ear.all("closed")).toEqual([]);
  });
});

describe("streams", () => {
  it("can go silent while all else is healthy", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "silent-streams" });
    world.ear.ask({ kind: "current-time" }, history({ requestId: 3 }));
    world.pass(HOUR_MS);
    expect(barsHeard(world)).toBe(0);
    expect(world.ear.all("current-time")).toHaveLength(1);
    expect(world.ear.bars(3).length).toBeGreaterThan(0);
    expect(world.ear.codes()).toEqual([]);
    // They are still open as far as the client knows.
    world.ear.ask({ kind: "cancel", of: "history", requestId: 1 });
    world.ear.ask({ kind: "cancel", of: "real-time-bars", requestId: 2 });
    world.pass(10);
    expect([...world.ear.codes(1), ...world.ear.codes(2)]).toEqual([162]);
  });

  it("end with 10225 at a bust", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "bust" });
    world.pass(HOUR_MS);
    expect([...world.ear.codes(1), ...world.ear.codes(2)]).toEqual([10225, 10225]);
    expect(barsHeard(world)).toBe(0);
  });

  it("are silent while another session has the data", () => {
    const world = streaming();
    world.gateway.inflict({ kind: "competing", forMs: 30_000 });
    world.pass(29_999);
    expect([...world.ear.codes(1), ...world.ear.codes(2)]).toEqual([10197, 10197]);
    expect(barsHeard(world)).toBe(0);
    world.pass(1);
    expect(areAlive(world)).toBe(true);
  });
});

describe("a client id in use", () => {
  it("is refused for a while, whatever it is", () => {
    const world = new GatewayWorld();
    world.gateway.inflict({ kind: "client-id", forMs: MINUTE_MS });
    const refused = world.connect(77);
    world.pass(MINUTE_MS);
    expect(refused.codes()).toEqual([326]);
    expect(refused.heard.at(-1)!.event.kind).toBe("closed");
    const taken = world.connect(77);
    world.pass(10);
    expect(taken.all("ready")).toHaveLength(1);
  });
});

describe("requests for history", () => {
  const inflict = (world: GatewayWorld, what: HistoryFault, count = 1) =>
    world.gateway.inflict({ kind: "history", what, count });

  it.each([
    ["pacing", "pacing violation"],
    ["empty", "no data"],
    ["fail", "disconnect"],
  ] as const)("can be answered by %s, as often as was said", (kind, text) => {
    const world = new GatewayWorld({}, OPEN + HOUR_MS);
    inflict(world, { kind }, 2);
    for (const requestId of [1, 2, 3]) world.ear.ask(history({ requestId }));
    world.pass(1_000);
    const notices = world.ear.all("notice");
    expect(notices.map(({ requestId, code }) => [requestId, code])).toEqual([
      [1, 162],
      [2, 162],
    ]);
    expect(notices[0]!.message).toContain(text);
    expect(world.ear.bars(3).length).toBeGreaterThan(0);
  });

  it("can be answered by the newer half, never, or late", () => {
    const world = new GatewayWorld({}, OPEN + HOUR_MS);
    inflict(world, { kind: "partial" });
    inflict(world, { kind: "never" });
    inflict(world, { kind: "slow", byMs: 20_000 });
    const ask = (requestId: number) =>
      history({ requestId, duration: "2 D", end: "20240305-02:00:00" });
    world.ear.ask(ask(1), ask(2), ask(3), ask(4));
    world.pass(19_000);
    expect(world.ear.bars(1)).toEqual(world.ear.bars(4).slice(-world.ear.bars(1).length));
    expect(world.ear.bars(1)).toHaveLength(9);
    expect(world.ear.bars(3)).toEqual([]);
    world.pass(2_000);
    expect(world.ear.bars(3)).toEqual(world.ear.bars(4));
    world.pass(HOUR_MS);
    expect(world.ear.bars(2)).toEqual([]);
    expect(world.gateway.openHistory).toBe(1);
    world.ear.ask({ kind: "cancel", of: "history", requestId: 2 });
    world.pass(10);
    expect(world.ear.codes(2)).toEqual([162]);
  });

  it("are answered again once the time of a fault is over, however many it was for", () => {
    const world = new GatewayWorld({}, OPEN + HOUR_MS);
    const what = { kind: "empty" } as const;
    world.gateway.inflict({ kind: "history", what, count: 5, forMs: MINUTE_MS });
    world.ear.ask(history({ requestId: 1 }));
    world.pass(MINUTE_MS - 1_000);
    world.ear.ask(history({ requestId: 2 }));
    world.pass(1_000);
    world.ear.ask(history({ requestId: 3 }));
    world.pass(1_000);
    expect([world.ear.codes(1), world.ear.codes(2), world.ear.codes(3)]).toEqual([
      [162],
      [162],
      [],
    ]);
    expect(world.ear.bars(3).length).toBeGreaterThan(0);
  });

  it("tell a bar that is corrected, while one that is open stays as it was", () => {
    const world = new GatewayWorld({}, OPEN + 40 * MINUTE_MS);
    const before = world.history({ requestId: 5 });
    world.gateway.inflict({ kind: "revise", back: 2 });
    const after = world.history({ requestId: 6 });
    expect(after.slice(1, 2)).toEqual(before.slice(1, 2));
    const { close, high, low } = barAt(world.truth, world.truth.indexFrom(OPEN));
    expect(after[0]!.close).not.toBe(close);
    expect(after[0]!.close).toBeCloseTo(close, 1);
    expect(after[0]!.high).toBeGreaterThanOrEqual(Math.max(high, after[0]!.close));
    expect(after[0]!.low).toBe(low);
    world.gateway.inflict({ kind: "revise", back: 5_000 });
  });
});

describe("what is denied for good", () => {
  it.each([
    [354, ["live"], [[], [354], [354], []]],
    [162, ["history"], [[162], [162], [], []]],
    [200, ["contract"], [[], [], [], [200]]],
    [999, ["history", "live", "contract"], [[999], [999], [999], [999]]],
  ] as const)("code %d of %j", (code, of, expected) => {
    const world = new GatewayWorld({}, START + HOUR_MS);
    const fault: IbGatewayFault = { kind: "deny", code, of };
    world.gateway.inflict(fault);
    world.ear.ask(
      history({ requestId: 1 }),
      history({ requestId: 2, keepUpToDate: true }),
      realTimeBars({ requestId: 3 }),
      { kind: "contract-details", requestId: 4, contract: FUTURE },
    );
    world.pass(1_000);
    expect([1, 2, 3, 4].map((requestId) => world.ear.codes(requestId))).toEqual(expected);
  });
});

describe("a gateway that changes", () => {
  it("has another version for new connections, or another port", () => {
    const world = new GatewayWorld();
    world.gateway.inflict({ kind: "version", serverVersion: 60 });
    expect(world.gateway.serverVersion).toBe(60);
    const second = world.connect(2);
    world.pass(10);
    expect(second.all("connected")[0]).toMatchObject({ serverVersion: 60 });
    world.gateway.inflict({ kind: "port" });
    world.pass(10);
    for (const ear of [world.ear, second]) {
      expect(ear.codes().at(-1)).toBe(1300);
      expect(ear.heard.at(-1)!.event.kind).toBe("closed");
    }
    expect(world.gateway.openConnections).toBe(0);
  });
});
