import { describe, expect, it } from "vitest";
import type { HistoryRequest, IbRequest } from "../../../adapters/ib/port/ib-request.ts";
import { MINUTE_MS } from "../../../core/time/instant.ts";
import { FUTURE, GatewayWorld, history, OPEN, realTimeBars } from "./gateway-fixture.ts";

const START = OPEN + 60 * MINUTE_MS;

/** A request for small bars that differs from those with other ids. */
function small(requestId: number, more: Partial<HistoryRequest> = {}): HistoryRequest {
  return history({ requestId, barSize: "30 secs", duration: `${600 + requestId} S`, ...more });
}

function head(requestId: number): IbRequest {
  return {
    kind: "head-timestamp",
    requestId,
    contract: FUTURE,
    whatToShow: "TRADES",
    useRegularHours: true,
    formatDate: 2,
  };
}

// Goal: the limits of a real gateway hold, at the number and not one before, and are counted.
describe("the limits of a gateway", () => {
  it("allow 50 messages a second, and end a connection at the third strike", () => {
    const world = new GatewayWorld();
    const burst = (count: number) => {
      for (let each = 0; each < count; each += 1) world.ear.ask({ kind: "current-time" });
    };
    burst(50);
    world.pass(1_000);
    expect(world.ear.codes()).toEqual([]);
    burst(60);
    world.pass(500);
    burst(5);
    world.pass(500);
    // One strike a second; what was too much is not answered.
    expect(world.ear.codes()).toEqual([100]);
    expect(world.ear.all("current-time")).toHaveLength(100);
    burst(51);
    world.pass(1_000);
    burst(51);
    world.pass(1_000);
    expect(world.ear.codes()).toEqual([100, 100, 100]);
    expect(world.ear.heard.at(-1)!.event.kind).toBe("closed");
    expect(world.gateway.violations).toEqual(new Map([["messages", 3]]));
    expect(world.gateway.requests.get("current-time")).toBe(50 + 60 + 5 + 51 + 51);
  });

  it("spread messages as a sliding second, not by the clock", () => {
    const world = new GatewayWorld();
    for (let each = 0; each < 200; each += 1) {
      world.ear.ask({ kind: "current-time" });
      world.pass(20);
    }
    world.pass(10);
    expect(world.ear.all("current-time")).toHaveLength(200);
  });

  it("allow 50 open requests for history, head timestamps among them until cancelled", () => {
    const limits = { messagesPerSecond: 1_000 };
    const world = new GatewayWorld({ limits, historyDelayMs: 10_000 }, START);
    world.ear.ask(head(100));
    world.pass(20_000);
    expect(world.gateway.openHistory).toBe(1);
    for (let id = 1; id <= 50; id += 1) world.ear.ask(history({ requestId: id }));
    world.pass(100);
    expect(world.gateway.openHistory).toBe(50);
    expect(world.ear.codes(49)).toEqual([]);
    expect(world.ear.codes(50)).toEqual([162]);
    world.ear.ask({ kind: "cancel", of: "head-timestamp", requestId: 100 });
    world.ear.ask(history({ requestId: 51 }));
    world.pass(30_000);
    expect(world.ear.bars(51).length).toBeGreaterThan(0);
    expect(world.gateway.violations.get("open-history")).toBe(1);
  });

  it("refuse the very same request for small bars within 15 seconds", () => {
    const world = new GatewayWorld({}, START);
    const again = (requestId: number) => small(requestId, { duration: "600 S" });
    world.ear.ask(again(1));
    world.pass(14_999);
    world.ear.ask(again(2));
    world.pass(1);
    world.ear.ask(again(3));
    world.pass(1_000);
    expect([1, 2, 3].map((id) => world.ear.bars(id).length > 0)).toEqual([true, false, true]);
    expect(world.gateway.violations).toEqual(new Map([["identical", 1]]));
    expect(world.ear.all("notice")[0]!.message).toContain("pacing violation");
  });

  it("refuse the sixth request for small bars of one contract within 2 seconds", () => {
    const world = new GatewayWorld({}, START);
    for (let id = 1; id <= 6; id += 1) world.ear.ask(small(id));
    // Another price is another matter.
    world.ear.ask(small(7, { whatToShow: "BID" }));
    world.pass(2_000);
    world.ear.ask(small(8));
    world.pass(1_000);
    const refused = [1, 2, 3, 4, 5, 6, 7, 8].filter((id) => world.ear.codes(id).length > 0);
    expect(refused).toEqual([6]);
    expect(world.gateway.violations).toEqual(new Map([["small-bars-of-one", 1]]));
  });

  it("count a request for bids and asks twice", () => {
    const world = new GatewayWorld({}, START);
    for (let id = 1; id <= 3; id += 1) world.ear.ask(small(id, { whatToShow: "BID_ASK" }));
    world.pass(1_000);
    expect([1, 2, 3].map((id) => world.ear.codes(id))).toEqual([[], [], [162]]);
  });

  it("refuse the 61st request for small bars within 10 minutes", () => {
    const world = new GatewayWorld({}, START);
    for (let id = 1; id <= 60; id += 1) {
      world.ear.ask(id === 30 ? head(30) : small(id));
      world.pass(1_000);
    }
    world.ear.ask(small(61));
    world.pass(9 * MINUTE_MS - 10);
    world.ear.ask(small(62));
    world.pass(1_000);
    world.ear.ask(small(63));
    world.pass(1_000);
    const refused = [...Array(64).keys()].filter((id) => world.ear.codes(id).length > 0);
    expect(refused).toEqual([61, 62]);
    expect(world.gateway.violations).toEqual(new Map([["small-bars", 2]]));
  });

  it("let larger bars be asked for as often as one likes", () => {
    const world = new GatewayWorld({}, START);
    for (let id = 1; id <= 100; id += 1) {
      world.ear.ask(history({ requestId: id }));
      world.pass(50);
    }
    world.pass(1_000);
    expect(world.ear.all("history")).toHaveLength(100);
  });

  it("refuse the 61st stream of real-time bars within 10 minutes", () => {
    const world = new GatewayWorld({}, START);
    for (let id = 1; id <= 61; id += 1) {
      world.ear.ask(realTimeBars({ requestId: id }));
      world.ear.ask({ kind: "cancel", of: "real-time-bars", requestId: id });
      world.pass(100);
    }
    expect(world.ear.codes(60)).toEqual([]);
    expect(world.ear.codes(61)[0]).toBe(420);
    world.pass(10 * MINUTE_MS);
    world.ear.ask(realTimeBars({ requestId: 62 }));
    world.pass(10_000);
    expect(world.ear.all("real-time-bar").some(({ requestId }) => requestId === 62)).toBe(true);
  });

  it("allow so many streams at once, over all connections", () => {
    const world = new GatewayWorld({ limits: { marketDataLines: 3 } }, START);
    const other = world.connect(2);
    world.pass(10);
    world.ear.ask(realTimeBars(), history({ keepUpToDate: true }));
    other.ask(realTimeBars());
    world.pass(100);
    expect(world.gateway.openStreams).toBe(3);
    other.ask(history({ keepUpToDate: true }));
    world.ear.ask(realTimeBars({ requestId: 5 }));
    world.pass(100);
    expect([...other.codes(1), ...world.ear.codes(5)]).toEqual([101, 101]);
    world.ear.connection.close();
    other.ask(history({ requestId: 6, keepUpToDate: true }));
    world.pass(100);
    expect(other.bars(6).length).toBeGreaterThan(0);
  });
});
