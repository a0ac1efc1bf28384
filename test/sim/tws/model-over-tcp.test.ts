import { setImmediate } from "node:timers/promises";
import { BarSizeSetting, EventName, IBApi, SecType, WhatToShow } from "@stoqey/ib";
import { afterEach, describe, expect, it } from "vitest";
import { ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import { SECOND_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { IbGateway } from "../../../sim/ib/index.ts";
import { TwsServer } from "../../../sim/tws/index.ts";
import { barAt, market } from "../../support/market.ts";

// Goal: the simulated gateway, over TCP and with a client that others wrote, tells the truth that
// it was given, and goes down and comes back as a process does.

const truth = market({ size: "15m", from: "2024-03-04T00:00:00Z", bars: 40 });
const { bars } = truth;
/** 20 bars are over, and settled in history. */
const START = bars.openTime[20]! + 60_000;
const FUTURE = { symbol: "IF", secType: SecType.FUT, exchange: "CFFEX", currency: "CNY" };
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

class World {
  readonly time = new VirtualTime(START);
  readonly gateway: IbGateway;
  readonly server: TwsServer;
  port = 0;

  constructor() {
    const contract = ibContract({ conId: 1, ...FUTURE, localSymbol: "IF2403" });
    this.gateway = new IbGateway(this.time, [{ contract, truth }]);
    this.server = new TwsServer(this.gateway);
    ends.push(() => this.server.close());
  }

  async client(): Promise<IBApi> {
    this.port = this.port === 0 ? await this.server.listen(0) : this.port;
    const { port } = this;
    const api = new IBApi({ host: "127.0.0.1", port, clientId: 1, maxReqPerSec: 1_000 });
    ends.push(() => api.disconnect());
    const ready = heard(api, EventName.nextValidId);
    api.connect();
    await this.until(ready);
    return api;
  }

  /** Lets virtual time go on, step by step, while the network does its part, until it is so. */
  async until<T>(isSo: Promise<T>): Promise<T> {
    let isDone = false;
    const done = isSo.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      // The network is heard between two steps.
      for (let turn = 0; turn < 4; turn += 1) await setImmediate();
      this.time.step();
    }
    return done;
  }
}

function heard(api: IBApi, name: EventName): Promise<readonly unknown[]> {
  return new Promise((resolve) => api.once(name, (...args: unknown[]) => resolve(args)));
}

/** Bars of an answer up to its end. */
function history(api: IBApi): Promise<readonly (readonly unknown[])[]> {
  const answer: unknown[][] = [];
  return new Promise((resolve) => {
    api.on(EventName.historicalData, (...args: unknown[]) => {
      if (String(args[1]).startsWith("finished")) resolve(answer);
      else answer.push(args);
    });
  });
}

describe("the simulated gateway over TCP", () => {
  it("tells contract, hours, history and live bars as they are", async () => {
    const world = new World();
    const api = await world.client();
    const problems: unknown[] = [];
    api.on(EventName.error, (error, code) => problems.push([error.message, code]));

    const details = heard(api, EventName.contractDetails);
    api.reqContractDetails(1, FUTURE);
    expect(await world.until(details)).toMatchObject([
      1,
      { contract: { conId: 1, localSymbol: "IF2403" }, minTick: expect.any(Number) },
    ]);

    const answer = history(api);
    const { MINUTES_FIFTEEN, DAYS_ONE } = BarSizeSetting;
    const { TRADES } = WhatToShow;
    const update = heard(api, EventName.historicalDataUpdate);
    api.reqHistoricalData(2, FUTURE, "", "1 D", MINUTES_FIFTEEN, TRADES, 1, 2, true);
    const told = await world.until(answer);
    const last = told.length - 1;
    expect(last).toBeGreaterThan(0);
    for (const [index, [, time, open, high, low, close, volume]] of told.slice(0, last).entries()) {
      const { openTime, closeTime: _, ...bar } = barAt(truth, 20 - last + index);
      expect(Number(time) * SECOND_MS).toBe(openTime);
      expect({ open, high, low, close, volume }).toEqual(bar);
    }
    const [id, time, open] = await world.until(update);
    expect([id, Number(time) * SECOND_MS, open]).toEqual([2, bars.openTime[20], bars.open[20]]);

    const stream = heard(api, EventName.realtimeBar);
    api.reqRealTimeBars(3, FUTURE, 5, TRADES, true);
    expect((await world.until(stream))[0]).toBe(3);
    const schedule = heard(api, EventName.historicalSchedule);
    api.reqHistoricalData(4, FUTURE, "", "2 D", DAYS_ONE, "SCHEDULE" as WhatToShow, 1, 2, false);
    expect((await world.until(schedule))[4]).not.toEqual([]);
    const now = heard(api, EventName.currentTime);
    api.reqCurrentTime();
    const [seconds] = await world.until(now);
    expect(Number(seconds) * SECOND_MS).toBeLessThanOrEqual(world.time.now());
    expect(problems).toEqual([]);
    expect(world.gateway.openStreams).toBe(2);
  });

  it("answers what it does not know with its codes", async () => {
    const world = new World();
    const api = await world.client();
    const refused = heard(api, EventName.error);
    api.reqContractDetails(1, { ...FUTURE, symbol: "NONE" });
    expect(await world.until(refused)).toMatchObject([expect.any(Error), 200, 1, undefined]);
  });

  it("turns away whose client id is in use, and says why", async () => {
    const world = new World();
    await world.client();
    world.gateway.inflict({ kind: "client-id", forMs: 60_000 });
    const { port } = world;
    const api = new IBApi({ host: "127.0.0.1", port, clientId: 1, maxReqPerSec: 1_000 });
    ends.push(() => api.disconnect());
    const said = heard(api, EventName.info);
    const gone = heard(api, EventName.disconnected);
    api.connect();
    expect((await world.until(said))[1]).toBe(326);
    await world.until(gone);
    expect(world.gateway.openConnections).toBe(1);
  });

  it("frees what a client had when it leaves", async () => {
    const world = new World();
    const api = await world.client();
    const stream = heard(api, EventName.realtimeBar);
    api.reqRealTimeBars(3, FUTURE, 5, WhatToShow.TRADES, true);
    await world.until(stream);
    expect(world.gateway.openConnections).toBe(1);
    api.disconnect();
    while (world.server.activity.closed === 0) await setImmediate();
    expect([world.gateway.openConnections, world.gateway.openStreams]).toEqual([0, 0]);
  });

  it("ends its clients when it goes down, and serves on the same port when it is back", async () => {
    const world = new World();
    const api = await world.client();
    const gone = heard(api, EventName.disconnected);
    world.gateway.inflict({ kind: "down", forMs: 30_000 });
    world.server.follow();
    await world.until(gone);
    world.time.advanceTo(world.time.now() + 60_000);
    expect(world.gateway.isDown).toBe(false);
    world.server.follow();
    const again = await world.client();
    const now = heard(again, EventName.currentTime);
    again.reqCurrentTime();
    await world.until(now);
    expect(world.server.activity).toMatchObject({ accepted: 2, closed: 1 });
  });
});
