import type { BarSizeSetting, Contract, SecType } from "@stoqey/ib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import { requestDecoders } from "../../../sim/tws/decode-request.ts";
import { FieldReader } from "../../../sim/tws/field-reader.ts";
import type { Message } from "../../../sim/tws/frames.ts";
import { written } from "./stoqey-codec.ts";

// Goal: whatever a client that was written by others asks for, at any version from 100 to 193, is
// read as it was meant; what cannot be read is named.

function decoded(message: Message, version: number): unknown {
  const { name, decode } = requestDecoders.get(Number(message[0]))!;
  return decode(new FieldReader(message, name), version);
}

const word = fc.string({ maxLength: 6 }).map((text) => text.replaceAll("\0", ""));
const versions = fc.integer({ min: 100, max: 193 });
const requestIds = fc.integer({ min: 0, max: 2_147_483_646 });

const contracts = fc.record({
  conId: fc.integer({ min: 0, max: 2_000_000_000 }),
  symbol: word,
  secType: fc.constantFrom("STK", "FUT", "CASH", "BAG"),
  lastTradeDate: word,
  strike: fc.double({ min: 0, max: 1e6, noNaN: true }),
  multiplier: fc.constantFrom("", "300", "50"),
  exchange: word,
  primaryExchange: word,
  currency: word,
  localSymbol: word,
  tradingClass: word,
});

type Known = typeof contracts extends fc.Arbitrary<infer T> ? T : never;

/** The contract in the package's words, with combo legs where there are some. */
function theirs(of: Known, legs = 0): Contract {
  const { lastTradeDate, primaryExchange, secType, multiplier, ...same } = of;
  return {
    ...same,
    secType: secType as SecType,
    lastTradeDateOrContractMonth: lastTradeDate,
    primaryExch: primaryExchange,
    ...(multiplier === "" ? {} : { multiplier: Number(multiplier) }),
    comboLegs: Array.from({ length: legs }, () => ({ conId: 1, ratio: 1, exchange: "SMART" })),
  };
}

describe("requests of @stoqey/ib", () => {
  it("for history are read at every version", () => {
    fc.assert(
      fc.property(
        versions,
        requestIds,
        contracts,
        fc.record({
          end: word,
          duration: word,
          whatToShow: fc.constantFrom("TRADES", "MIDPOINT", "BID", "ASK", "ADJUSTED_LAST"),
          useRegularHours: fc.boolean(),
          formatDate: fc.constantFrom(1, 2),
          keepUpToDate: fc.boolean(),
        }),
        fc.nat(4),
        (version, requestId, of, asked, legs) => {
          const message = written(version, (encoder) =>
            encoder.reqHistoricalData(
              requestId,
              theirs(of, legs),
              asked.end,
              asked.duration,
              "15 mins" as BarSizeSetting,
              asked.whatToShow,
              asked.useRegularHours,
              asked.formatDate,
              asked.keepUpToDate,
              [],
            ),
          );
          const request = {
            kind: "history",
            requestId,
            contract: ibContract(of),
            ...asked,
            barSize: "15 mins",
            keepUpToDate: asked.keepUpToDate && version >= 124,
          };
          expect(decoded(message, version)).toEqual({ kind: "request", request });
        },
      ),
    );
  });

  it("for contracts, real-time bars and head timestamps are read at every version", () => {
    fc.assert(
      fc.property(versions, requestIds, contracts, fc.boolean(), (version, id, of, rth) => {
        const contract = ibContract(of);
        const read = (write: Parameters<typeof written>[1]): unknown =>
          decoded(written(version, write), version);
        expect(read((encoder) => encoder.reqContractDetails(id, theirs(of)))).toEqual({
          kind: "request",
          request: { kind: "contract-details", requestId: id, contract },
        });
        const bars = read((encoder) => encoder.reqRealTimeBars(id, theirs(of), 5, "BID", rth, []));
        const common = { requestId: id, contract, useRegularHours: rth };
        expect(bars).toEqual({
          kind: "request",
          request: { kind: "real-time-bars", ...common, whatToShow: "BID" },
        });
        if (version < 118) return;
        const head = read((encoder) => encoder.reqHeadTimestamp(id, theirs(of), "TRADES", rth, 2));
        expect(head).toEqual({
          kind: "request",
          request: { kind: "head-timestamp", ...common, whatToShow: "TRADES", formatDate: 2 },
        });
      }),
    );
  });

  it("without a contract are read at every version", () => {
    for (let version = 123; version <= 193; version += 1) {
      const read = (write: Parameters<typeof written>[1]): unknown =>
        decoded(written(version, write), version);
      const asking = (request: object): object => ({ kind: "request", request });
      const cancel = (of: string): object => asking({ kind: "cancel", of, requestId: 5 });
      expect(read((encoder) => encoder.cancelHistoricalData(5))).toEqual(cancel("history"));
      expect(read((encoder) => encoder.cancelRealTimeBars(5))).toEqual(cancel("real-time-bars"));
      expect(read((encoder) => encoder.cancelHeadTimestamp(5))).toEqual(cancel("head-timestamp"));
      expect(read((encoder) => encoder.reqCurrentTime())).toEqual(asking({ kind: "current-time" }));
      expect(read((encoder) => encoder.reqManagedAccts())).toEqual(asking({ kind: "accounts" }));
      expect(read((encoder) => encoder.reqPositions())).toEqual(asking({ kind: "positions" }));
    }
  });
});

const STOCK = ["0", "IBM", "STK", "", "0.0", "", "", "SMART", "", "USD", "", ""];
const history = (change: Partial<Record<number, string>> = {}): Message => {
  const tail = ["0", "", "1 day", "2 D", "1", "TRADES", "2", "0", ""];
  const message = ["20", "4", ...STOCK, ...tail];
  return message.map((field, index) => change[index] ?? field);
};

describe("a request for history", () => {
  it("of SCHEDULE is one for sessions, by days only and from version 165 on", () => {
    const schedule = history({ 19: "schedule" });
    expect(decoded(schedule, 178)).toEqual({
      kind: "request",
      request: {
        kind: "schedule",
        requestId: 4,
        contract: ibContract({
          symbol: "IBM",
          secType: "STK",
          exchange: "SMART",
          currency: "USD",
        }),
        end: "",
        duration: "2 D",
        useRegularHours: true,
      },
    });
    expect(decoded(history({ 16: "1 hour", 19: "SCHEDULE" }), 178)).toMatchObject({ code: 10295 });
    expect(decoded(schedule, 164)).toMatchObject({ kind: "refused", code: 321 });
  });

  it("is refused for prices and formats that there are not", () => {
    expect(decoded(history({ 19: "YIELD_BID" }), 178)).toMatchObject({
      kind: "refused",
      code: 321,
      message: expect.stringContaining("has no YIELD_BID, but TRADES, MIDPOINT"),
    });
    expect(decoded(history({ 20: "3" }), 178)).toMatchObject({ kind: "refused", code: 321 });
  });

  it("takes an empty or unset number for 0", () => {
    const numbers = history({ 2: "", 6: "1.7976931348623157E308" });
    expect(decoded(numbers, 178)).toMatchObject({
      request: { contract: { conId: 0, strike: 0 } },
    });
  });

  it.each([
    [{ 1: "x" }, 'message 20 (reqHistoricalData): request id is "x" and not a whole number'],
    [{ 6: "1,5" }, 'message 20 (reqHistoricalData): strike is "1,5" and not a number'],
    [{ 18: "yes" }, 'message 20 (reqHistoricalData): useRTH is "yes", not 0 or 1'],
    [{ 4: "BAG", 21: "2000000" }, "message 20 (reqHistoricalData): ratio is missing"],
  ])("names the field that cannot be read: %j", (change, problem) => {
    expect(() => decoded(history(change), 178)).toThrow(problem);
  });

  it("names the field that it breaks off before, whichever it is", () => {
    const whole = history();
    // The options at the end are not read.
    for (let length = 1; length < whole.length - 1; length += 1) {
      expect(() => decoded(whole.slice(0, length), 178)).toThrow(
        /^message 20 \(reqHistoricalData\): .+ is missing$/,
      );
    }
  });
});

describe("requests for real-time bars and head timestamps", () => {
  it("are refused for prices and formats that there are not", () => {
    const bars = (shown: string): Message => ["50", "3", "1", ...STOCK, "5", shown, "1", ""];
    const head = (shown: string, form: string): Message => {
      return ["87", "1", ...STOCK, "0", "1", shown, form];
    };
    expect(decoded(bars("trades"), 178)).toMatchObject({ request: { whatToShow: "TRADES" } });
    for (const message of [bars("OPTION_VOLUME"), head("FEE_RATE", "1"), head("TRADES", "0")]) {
      expect(decoded(message, 178)).toMatchObject({ kind: "refused", code: 321 });
    }
  });
});

describe("a request for a contract", () => {
  it("by its secId is refused", () => {
    const message = ["9", "8", "1", ...STOCK, "0", "ISIN", "US4592001014", ""];
    expect(decoded(message, 178)).toMatchObject({ kind: "refused", code: 321 });
  });
});
