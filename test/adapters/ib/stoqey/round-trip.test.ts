// Goal: whatever is asked arrives at a gateway over TCP as it was asked, and whatever a gateway
// tells arrives as it was told, at every version of the protocol that matters.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IbClient } from "../../../../adapters/ib/port/ib-client.ts";
import type { IbContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type { IbBar, IbEvent } from "../../../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../../../adapters/ib/port/ib-request.ts";
import { type TwsGateway, TwsServer } from "../../../../sim/tws/index.ts";
import { connectTo } from "./stoqey-world.ts";

/** A model that writes down what it is asked, and says what it is given to say. */
class Notebook implements TwsGateway {
  readonly serverVersion: number;
  readonly serverTime = "20240305 02:15:00 Greenwich Mean Time";
  readonly isDown = false;
  readonly requests: IbRequest[] = [];
  tell: (event: IbEvent) => void = () => {};

  constructor(serverVersion: number) {
    this.serverVersion = serverVersion;
  }

  client(): IbClient {
    return {
      connect: (_, hear) => {
        this.tell = hear;
        const { serverVersion, serverTime } = this;
        queueMicrotask(() => {
          hear({ kind: "connected", serverVersion, serverTime });
          hear({ kind: "ready", nextId: 1 });
        });
        return { send: (request) => this.requests.push(request), close: () => {} };
      },
    };
  }
}

const id = fc.integer({ min: 1, max: 1_000_000 });
const word = fc.stringMatching(/^[A-Za-z0-9.]{0,8}$/);
const symbol = fc.stringMatching(/^[A-Z]{1,5}( [A-Z])?$/);
const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((it) => !/[\\\0]/.test(it));
const amount = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);
const day = fc.constantFrom("", "202403", "20240315");
const show = fc.constantFrom("TRADES", "MIDPOINT", "BID", "ASK", "ADJUSTED_LAST");
const formatDate = fc.constantFrom(1, 2);
const requestId = id;
const useRegularHours = fc.boolean();

const contract: fc.Arbitrary<IbContract> = fc.record({
  conId: fc.nat(),
  symbol,
  secType: fc.constantFrom("STK", "FUT", "CASH", "IND", "CRYPTO", "OPT"),
  lastTradeDate: day,
  strike: amount,
  right: fc.constantFrom("", "C", "P"),
  multiplier: fc.constantFrom("", "0.1", "50", "300"),
  exchange: word,
  primaryExchange: word,
  currency: word,
  localSymbol: word,
  tradingClass: word,
});

const past = { end: fc.constantFrom("", "20240305-02:15:00"), duration: fc.constant("2 D") };
const request = fc.oneof(
  fc.record({ kind: fc.constant("contract-details"), requestId, contract }),
  fc.record({
    ...{ kind: fc.constant("history"), requestId, contract, ...past, whatToShow: show },
    ...{ barSize: fc.constantFrom("15 mins", "1 day"), useRegularHours, formatDate },
    keepUpToDate: fc.constant(false),
  }),
  fc.record({ kind: fc.constant("schedule"), requestId, contract, ...past, useRegularHours }),
  fc.record({
    ...{ kind: fc.constant("real-time-bars"), requestId, contract },
    ...{ whatToShow: show, useRegularHours },
  }),
  fc.record({
    ...{ kind: fc.constant("head-timestamp"), requestId, contract },
    ...{ whatToShow: show, useRegularHours, formatDate },
  }),
  fc.record({
    ...{ kind: fc.constant("cancel"), requestId },
    of: fc.constantFrom("history", "real-time-bars", "head-timestamp"),
  }),
  fc.record({ kind: fc.constantFrom("current-time", "accounts", "positions") }),
) as fc.Arbitrary<IbRequest>;

const price = fc.double({ min: -1e300, max: 1e300, noNaN: true }).map((value) => value + 0);
const bar: fc.Arbitrary<IbBar> = fc.record({
  time: fc.integer({ min: 0, max: 2_000_000_000 }).map(String),
  ...{ open: price, high: price, low: price, close: price },
  ...{ volume: fc.oneof(fc.constant(-1), amount), average: fc.oneof(fc.constant(-1), amount) },
  count: fc.integer({ min: -1, max: 1_000_000 }),
});
const details = fc.record({
  ...{ contract, longName: text, marketName: word, minTick: amount, priceMagnifier: id },
  ...{ timeZoneId: word, tradingHours: word, liquidHours: word, validExchanges: word },
});
const session = fc.record({ start: word, end: word, day: word });
const event = fc.oneof(
  fc.record({ kind: fc.constant("contract"), requestId, details }),
  fc.record({ kind: fc.constant("contract-end"), requestId }),
  fc.record({ kind: fc.constant("history"), requestId, bars: fc.array(bar, { maxLength: 5 }) }),
  fc.record({ kind: fc.constantFrom("update", "real-time-bar"), requestId, bar }),
  fc.record({
    ...{ kind: fc.constant("schedule"), requestId, timeZone: word },
    sessions: fc.array(session, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("head-timestamp"), requestId, time: word }),
  fc.record({ kind: fc.constant("current-time"), at: id.map((seconds) => seconds * 1_000) }),
  fc.record({
    ...{ kind: fc.constant("position"), account: symbol, averageCost: amount },
    contract: contract.map((it) => ({ ...it, primaryExchange: "" })),
    quantity: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  }),
  fc.record({ kind: fc.constant("positions-end") }),
  fc.record({
    ...{ kind: fc.constant("notice"), requestId: fc.oneof(id, fc.constant(-1)) },
    ...{ code: fc.integer({ min: 100, max: 10_999 }), message: text },
  }),
) as fc.Arbitrary<IbEvent>;

describe.each([166, 178, 193])("at version %i", (version) => {
  test("requests arrive as they were asked", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 50 }), async (asked) => {
        const { gateway, server, ear, connection } = await world(version);
        for (const each of asked) connection.send(each);
        while (gateway.requests.length < asked.length && !ear.kinds.includes("closed")) {
          await new Promise(setImmediate);
        }
        expect(gateway.requests).toEqual(asked);
        connection.close();
        await server.close();
      }),
      { numRuns: 20 },
    );
  });

  test("events arrive as they were told", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 50 }), async (told) => {
        const { gateway, server, ear, connection } = await world(version);
        const before = ear.events.length;
        for (const each of told) gateway.tell(each);
        while (ear.events.length < before + told.length && !ear.kinds.includes("closed")) {
          await new Promise(setImmediate);
        }
        expect(ear.events.slice(before)).toEqual(told);
        connection.close();
        await server.close();
      }),
      { numRuns: 20 },
    );
  });
});

async function world(version: number) {
  const gateway = new Notebook(version);
  const server = new TwsServer(gateway);
  const { ear, connection } = connectTo(await server.listen(0), 9);
  await ear.heard("ready");
  return { gateway, server, ear, connection };
}
