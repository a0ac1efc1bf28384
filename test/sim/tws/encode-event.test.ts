import { describe, expect, it } from "vitest";
import { type IbContractDetails, ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import type { IbBar, IbEvent } from "../../../adapters/ib/port/ib-event.ts";
import { encodeEvent } from "../../../sim/tws/encode-event.ts";
import { told } from "./stoqey-codec.ts";

// Goal: what is written of an event is understood by a decoder that was written by others, with
// nothing missing and nothing left over, at every version from 100 to 193.

const VERSIONS = Array.from({ length: 94 }, (_, index) => 100 + index);

function atEvery(name: string, check: (version: number) => void): void {
  it(name, () => {
    for (const version of VERSIONS) check(version);
  });
}

function heard(event: IbEvent, version: number): readonly (readonly unknown[])[] {
  return told(version, encodeEvent(event, version)!);
}

const BAR: IbBar = {
  time: "1709605800",
  open: 3540.2,
  high: 3551.4,
  low: 3538.8,
  close: 3549,
  volume: 1234.5,
  average: 3545.125,
  count: 77,
};
const SILENT_BAR: IbBar = { ...BAR, time: "20240306", volume: -1, average: -1, count: -1 };

const DETAILS: IbContractDetails = {
  contract: ibContract({
    conId: 1001,
    symbol: "IF",
    secType: "FUT",
    lastTradeDate: "20240315",
    strike: 0,
    multiplier: "300",
    exchange: "CFFEX",
    primaryExchange: "",
    currency: "CNH",
    localSymbol: "IF2403",
    tradingClass: "IF",
  }),
  longName: "CSI 300 \u6307\u6570",
  marketName: "IF",
  minTick: 0.2,
  priceMagnifier: 1,
  timeZoneId: "Asia/Shanghai",
  tradingHours: "20240305:0930-20240305:1130;20240306:CLOSED",
  liquidHours: "20240305:0930-20240305:1130",
  validExchanges: "CFFEX",
};

describe("encodeEvent, read by @stoqey/ib at every version", () => {
  atEvery("tells contract details", (version) => {
    const [[name, id, details], ...rest] = heard(
      { kind: "contract", requestId: 3, details: DETAILS },
      version,
    ) as [[string, number, Record<string, unknown>]];
    expect([name, id, rest]).toEqual(["contractDetails", 3, []]);
    expect(details).toMatchObject({
      marketName: "IF",
      minTick: 0.2,
      priceMagnifier: 1,
      contractMonth: "202403",
      longName: DETAILS.longName,
      timeZoneId: "Asia/Shanghai",
      tradingHours: DETAILS.tradingHours,
      liquidHours: DETAILS.liquidHours,
      validExchanges: "CFFEX",
      contract: {
        conId: 1001,
        symbol: "IF",
        secType: "FUT",
        lastTradeDateOrContractMonth: "20240315",
        multiplier: 300,
        exchange: "CFFEX",
        currency: "CNH",
        localSymbol: "IF2403",
        tradingClass: "IF",
      },
      ...(version >= 134 ? { realExpirationDate: "20240315" } : {}),
      ...(version >= 164 ? { minSize: 1, sizeIncrement: 1, suggestedSizeIncrement: 1 } : {}),
      ...(version >= 186 ? { ineligibilityReasonList: [] } : {}),
    });
  });

  atEvery("tells a fund's details", (version) => {
    const fund = { ...DETAILS, contract: { ...DETAILS.contract, secType: "FUND" } };
    const events = heard({ kind: "contract", requestId: 3, details: fund }, version);
    expect(events.map(([name]) => name)).toEqual(["contractDetails"]);
  });

  atEvery("tells bars", (version) => {
    const volume = version < 163 ? 1235 : 1234.5;
    const { time, open, high, low, close, average, count } = BAR;
    const old = version < 124;
    const none = old ? false : undefined;
    expect(heard({ kind: "history", requestId: 9, bars: [BAR, SILENT_BAR] }, version)).toEqual([
      ["historicalData", 9, time, open, high, low, close, volume, count, average, none],
      ["historicalData", 9, "20240306", open, high, low, close, -1, -1, -1, none],
      [
        "historicalData",
        9,
        "finished-20240305-02:30:00-20240306",
        ...Array.from({ length: 7 }, () => -1),
        false,
      ],
    ]);
    expect(heard({ kind: "history", requestId: 9, bars: [] }, version)).toEqual([
      ["historicalData", 9, "finished--", ...Array.from({ length: 7 }, () => -1), false],
    ]);
    expect(heard({ kind: "update", requestId: 9, bar: BAR }, version)).toEqual([
      ["historicalDataUpdate", 9, time, open, high, low, close, volume, count, average],
    ]);
    expect(heard({ kind: "real-time-bar", requestId: 9, bar: BAR }, version)).toEqual([
      ["realtimeBar", 9, 1709605800, open, high, low, close, volume, average, count],
    ]);
  });

  atEvery("tells all else", (version) => {
    const sessions = [
      { start: "20240305-09:30:00", end: "20240305-15:00:00", day: "20240305" },
      { start: "20240306-09:30:00", end: "20240306-15:00:00", day: "20240306" },
    ];
    const timeZone = "Asia/Shanghai";
    expect(heard({ kind: "schedule", requestId: 2, timeZone, sessions }, version)).toEqual([
      [
        "historicalSchedule",
        2,
        "20240305-09:30:00",
        "20240306-15:00:00",
        timeZone,
        sessions.map(({ start, end, day }) => ({
          startDateTime: start,
          endDateTime: end,
          refDate: day,
        })),
      ],
    ]);
    expect(heard({ kind: "schedule", requestId: 2, timeZone, sessions: [] }, version)).toEqual([
      ["historicalSchedule", 2, "", "", timeZone, []],
    ]);
    expect(heard({ kind: "ready", nextId: 5 }, version)).toEqual([["nextValidId", 5]]);
    expect(heard({ kind: "accounts", accounts: ["DU1", "DU2"] }, version)).toEqual([
      ["managedAccounts", "DU1,DU2"],
    ]);
    expect(heard({ kind: "current-time", at: 1_709_605_800_999 }, version)).toEqual([
      ["currentTime", 1_709_605_800],
    ]);
    expect(heard({ kind: "contract-end", requestId: 4 }, version)).toEqual([
      ["contractDetailsEnd", 4],
    ]);
    expect(heard({ kind: "head-timestamp", requestId: 4, time: "1" }, version)).toEqual([
      ["headTimestamp", 4, "1"],
    ]);
    expect(heard({ kind: "positions-end" }, version)).toEqual([["positionEnd"]]);
    const position = { account: "DU1", contract: DETAILS.contract, averageCost: 3540.5 };
    expect(heard({ kind: "position", ...position, quantity: -2.5 }, version)).toMatchObject([
      [
        "position",
        "DU1",
        { conId: 1001, symbol: "IF", exchange: "CFFEX", tradingClass: "IF", multiplier: 300 },
        version < 101 ? -2 : -2.5,
        3540.5,
      ],
    ]);
  });

  atEvery("tells notices", (version) => {
    // A gateway writes text of any kind; from version 153 on the wire carries ASCII alone.
    const message = "No security \u201cA\\B\u201d \u{1f4c8}\n";
    const notice = { kind: "notice", code: 200, message } as const;
    expect(heard({ ...notice, requestId: 6 }, version)).toEqual([["error", message, 200, 6]]);
    expect(heard({ ...notice, requestId: -1 }, version)).toEqual([["info", message, 200]]);
    const [, , , , text] = encodeEvent({ ...notice, requestId: 6 }, version)!;
    if (version >= 153) expect(text).toMatch(/^[ -~]*$/);
  });
});

describe("encodeEvent", () => {
  it("writes nothing of what the handshake and the socket's end tell", () => {
    const connected: IbEvent = { kind: "connected", serverVersion: 178, serverTime: "" };
    expect(encodeEvent(connected, 178)).toBeUndefined();
    expect(encodeEvent({ kind: "closed", reason: "" }, 178)).toBeUndefined();
  });
});
