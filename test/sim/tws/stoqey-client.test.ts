import { BarSizeSetting, EventName, IBApi, SecType, WhatToShow } from "@stoqey/ib";
import { afterEach, describe, expect, it } from "vitest";
import { ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import type { IbBar, IbEvent } from "../../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../../adapters/ib/port/ib-request.ts";
import { TwsServer } from "../../../sim/tws/index.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

// Goal: a client that others wrote connects, asks for everything it can and hears the truth, over
// TCP and at versions from each end of the protocol.

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const BAR: IbBar = {
  time: "1709605800",
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 100,
  average: 10.5,
  count: 7,
};

const STOCK = { symbol: "IBM", secType: SecType.STK, exchange: "SMART", currency: "USD" };
const CONTRACT = ibContract({ conId: 8314, ...STOCK });

function answer(request: IbRequest): readonly IbEvent[] {
  switch (request.kind) {
    case "contract-details": {
      const { requestId } = request;
      const hours = "20240305:0930-20240305:1600";
      const details = {
        contract: CONTRACT,
        longName: "International Business Machines",
        marketName: "IBM",
        minTick: 0.01,
        priceMagnifier: 1,
        timeZoneId: "US/Eastern",
        tradingHours: hours,
        liquidHours: hours,
        validExchanges: "SMART,NYSE",
      };
      return [
        { kind: "contract", requestId, details },
        { kind: "contract-end", requestId },
      ];
    }
    case "history": {
      const { requestId } = request;
      const answered: IbEvent = { kind: "history", requestId, bars: [BAR, BAR] };
      return request.keepUpToDate
        ? [answered, { kind: "update", requestId, bar: BAR }]
        : [answered];
    }
    case "schedule": {
      const session = { start: "20240305-09:30:00", end: "20240305-16:00:00", day: "20240305" };
      const { requestId } = request;
      return [{ kind: "schedule", requestId, timeZone: "US/Eastern", sessions: [session] }];
    }
    case "real-time-bars":
      return [{ kind: "real-time-bar", requestId: request.requestId, bar: BAR }];
    case "head-timestamp":
      return [{ kind: "head-timestamp", requestId: request.requestId, time: "1609459200" }];
    case "current-time":
      return [{ kind: "current-time", at: 1_709_605_800_000 }];
    case "accounts":
      return [{ kind: "accounts", accounts: ["DU9"] }];
    case "positions":
      return [{ kind: "positions-end" }];
    case "cancel":
      return [
        { kind: "notice", requestId: request.requestId, code: 162, message: "query cancelled" },
      ];
  }
}

/** A connected client, and a way to wait for what it hears next of one kind. */
async function connected(own: number): Promise<{
  readonly api: IBApi;
  readonly next: (name: EventName) => Promise<readonly unknown[]>;
  readonly gateway: ScriptedGateway;
}> {
  const gateway = new ScriptedGateway();
  gateway.serverVersion = own;
  gateway.answer = answer;
  const server = new TwsServer(gateway);
  ends.push(() => server.close());
  const port = await server.listen(0);
  const api = new IBApi({ host: "127.0.0.1", port, clientId: 3, maxReqPerSec: 1_000 });
  ends.push(() => api.disconnect());
  const next = (name: EventName): Promise<readonly unknown[]> =>
    new Promise((resolve) => api.once(name, (...args: unknown[]) => resolve(args)));
  const ready = next(EventName.nextValidId);
  api.connect();
  expect(await ready).toEqual([7]);
  return { api, next, gateway };
}

describe("@stoqey/ib over TCP", () => {
  it.each([100, 123, 124, 157, 163, 164, 178, 182, 193])("is served at version %i", async (own) => {
    const { api, next, gateway } = await connected(own);
    const problems: unknown[] = [];
    api.on(EventName.error, (error, code) => problems.push([error.message, code]));
    expect(api.serverVersion).toBe(own);

    const details = next(EventName.contractDetails);
    const end = next(EventName.contractDetailsEnd);
    api.reqContractDetails(1, STOCK);
    expect(await details).toMatchObject([1, { contract: { conId: 8314 }, minTick: 0.01 }]);
    expect(await end).toEqual([1]);

    const bars: unknown[] = [];
    api.on(EventName.historicalData, (...args) => bars.push(args.slice(0, 9)));
    const isLive = own >= 124;
    const seen = next(isLive ? EventName.historicalDataUpdate : EventName.historicalData);
    const { MINUTES_FIFTEEN: size } = BarSizeSetting;
    api.reqHistoricalData(2, STOCK, "", "2 D", size, WhatToShow.TRADES, 1, 2, isLive);
    expect((await seen).slice(0, 9)).toEqual([2, "1709605800", 10, 12, 9, 11, 100, 7, 10.5]);
    const bar = [2, "1709605800", 10, 12, 9, 11, 100, 7, 10.5];
    const finished = "finished-20240305-02:30:00-20240305-02:30:00";
    expect(bars).toEqual([bar, bar, [2, finished, -1, -1, -1, -1, -1, -1, -1]]);

    const stream = next(EventName.realtimeBar);
    api.reqRealTimeBars(3, STOCK, 5, WhatToShow.TRADES, true);
    expect(await stream).toEqual([3, 1_709_605_800, 10, 12, 9, 11, 100, 10.5, 7]);
    const time = next(EventName.currentTime);
    api.reqCurrentTime();
    expect(await time).toEqual([1_709_605_800]);
    const accounts = next(EventName.managedAccounts);
    api.reqManagedAccts();
    expect(await accounts).toEqual(["DU9"]);
    const positions = next(EventName.positionEnd);
    api.reqPositions();
    await positions;
    if (own >= 118) {
      const head = next(EventName.headTimestamp);
      api.reqHeadTimestamp(4, STOCK, WhatToShow.TRADES, true, 2);
      expect(await head).toEqual([4, "1609459200"]);
    }
    if (own >= 165) {
      const schedule = next(EventName.historicalSchedule);
      const { DAYS_ONE } = BarSizeSetting;
      api.reqHistoricalData(5, STOCK, "", "1 D", DAYS_ONE, "SCHEDULE" as WhatToShow, 1, 2, false);
      expect(await schedule).toMatchObject([
        5,
        expect.any(String),
        expect.any(String),
        "US/Eastern",
        [{ refDate: "20240305" }],
      ]);
    }
    expect(problems).toEqual([]);
    const cancelled = next(EventName.error);
    api.cancelHistoricalData(2);
    expect(await cancelled).toMatchObject([{ message: "query cancelled" }, 162, 2, undefined]);
    expect(gateway.connections).toHaveLength(1);
  });

  it("says that the version is not supported where it is too low", async () => {
    const gateway = new ScriptedGateway();
    gateway.serverVersion = 90;
    const server = new TwsServer(gateway);
    ends.push(() => server.close());
    const api = new IBApi({ host: "127.0.0.1", port: await server.listen(0), clientId: 3 });
    ends.push(() => api.disconnect());
    const said = new Promise((resolve) => {
      api.once(EventName.error, (error, code) => resolve([error.message, code]));
    });
    api.connect();
    expect(await said).toEqual(["Unsupported Version 90", 506]);
    expect(gateway.connections).toEqual([]);
  });
});
