// Goal: every request is written as the protocol has it, and every answer is told in port types.
import { expect, test } from "vitest";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type { IbRequest } from "../../../../adapters/ib/port/ib-request.ts";
import { ready } from "./stoqey-world.ts";

const contract = ibContract({
  conId: 265598,
  symbol: "AAPL",
  secType: "STK",
  exchange: "SMART",
  primaryExchange: "NASDAQ",
  currency: "USD",
});
const C12 = "265598|AAPL|STK||0|||SMART|NASDAQ|USD||";
const future = ibContract({
  symbol: "IF",
  secType: "FUT",
  lastTradeDate: "20240315",
  strike: 2.5,
  right: "C",
  multiplier: "300",
  exchange: "CFFEX",
  currency: "CNH",
  localSymbol: "IF2403",
  tradingClass: "IF",
});
const history = {
  kind: "history",
  requestId: 11,
  contract,
  end: "20240305-02:15:00",
  duration: "2 D",
  barSize: "15 mins",
  whatToShow: "TRADES",
  useRegularHours: true,
  formatDate: 2,
  keepUpToDate: false,
} as const;

const WRITTEN: readonly (readonly [IbRequest, string])[] = [
  [{ kind: "contract-details", requestId: 1, contract }, `9|8|1|${C12}||||`],
  [
    { kind: "contract-details", requestId: 2, contract: future },
    "9|8|2|0|IF|FUT|20240315|2.5|C|300|CFFEX||CNH|IF2403|IF||||",
  ],
  [history, `20|11|${C12}|0|20240305-02:15:00|15 mins|2 D|1|TRADES|2|0|`],
  [
    { ...history, end: "", useRegularHours: false, keepUpToDate: true },
    `20|11|${C12}|0||15 mins|2 D|0|TRADES|2|1|`,
  ],
  [
    {
      kind: "schedule",
      requestId: 3,
      contract,
      end: "",
      duration: "1 M",
      useRegularHours: true,
    },
    `20|3|${C12}|0||1 day|1 M|1|SCHEDULE|1|0|`,
  ],
  [
    {
      kind: "real-time-bars",
      requestId: 4,
      contract,
      whatToShow: "MIDPOINT",
      useRegularHours: false,
    },
    `50|3|4|${C12}|5|MIDPOINT|0|`,
  ],
  [
    {
      kind: "head-timestamp",
      requestId: 5,
      contract,
      whatToShow: "TRADES",
      useRegularHours: true,
      formatDate: 2,
    },
    `87|5|${C12}|0|1|TRADES|2`,
  ],
  [{ kind: "cancel", of: "history", requestId: 11 }, "25|1|11"],
  [{ kind: "cancel", of: "real-time-bars", requestId: 4 }, "51|1|4"],
  [{ kind: "cancel", of: "head-timestamp", requestId: 5 }, "90|5"],
  [{ kind: "current-time" }, "49|1"],
  [{ kind: "accounts" }, "17|1"],
  [{ kind: "positions" }, "61|1"],
];

test.each(WRITTEN)(
  "a request is written as the protocol has it: $0.kind",
  async (request, expected) => {
    const { connection, other } = await ready();
    connection.send(request);
    const [start, message] = await other.messages(2);
    expect(other.versions).toBe("v100..193");
    expect(start!.join("|")).toBe("71|2|0|");
    expect(message!.join("|")).toBe(expected);
  },
);

test("a history is told once, whole, with -1 for what is not given", async () => {
  const { ear, other } = await ready();
  other.say(
    ...[17, 11, "20240304 21:00:00", "20240305 02:15:00", 3],
    ...[1709600400, 10.5, 11, 10, 10.75, 1200.5, 10.6, 34],
    ...[1709601300, 10, 10, 10, 10, "", "", -1],
    ...["20240305", 1, 2, 0.5, 1.5, "9223372036854775807", "1.7976931348623157E308", 2147483647],
  );
  other.say(17, 12, "", "", 0);
  await ear.heard("history", 2);
  expect(ear.events.slice(3)).toEqual([
    {
      kind: "history",
      requestId: 11,
      bars: [
        {
          ...{ time: "1709600400", open: 10.5, high: 11, low: 10, close: 10.75 },
          ...{ volume: 1200.5, average: 10.6, count: 34 },
        },
        {
          ...{ time: "1709601300", open: 10, high: 10, low: 10, close: 10 },
          ...{ volume: -1, average: -1, count: -1 },
        },
        {
          ...{ time: "20240305", open: 1, high: 2, low: 0.5, close: 1.5 },
          ...{ volume: -1, average: -1, count: -1 },
        },
      ],
    },
    { kind: "history", requestId: 12, bars: [] },
  ]);
});

test("a price that is not given is no number, and never 0", async () => {
  const { ear, other } = await ready();
  other.say(
    17,
    1,
    "",
    "",
    2,
    1709600400,
    "",
    11,
    0,
    "1.7976931348623157E308",
    5,
    "1,234.5",
    7,
    1709600405,
    "NaN",
    "Infinity",
    1,
    1,
    "Infinity",
    6,
    "",
  );
  const { bars } = await ear.heard("history");
  expect(bars).toEqual([
    {
      ...{ time: "1709600400", open: Number.NaN, high: 11, low: 0, close: Number.NaN },
      ...{ volume: 5, average: 1234.5, count: 7 },
    },
    {
      ...{ time: "1709600405", open: Number.NaN, high: Number.NaN, low: 1, close: 1 },
      ...{ volume: -1, average: 6, count: 0 },
    },
  ]);
});

test("a history of 20,000 bars arrives whole over many packets", async () => {
  const { ear, other } = await ready();
  const rows = Array.from({ length: 20_000 }, (_, n) => [n, 1, 2, 0.5, 1.5, n, 1.25, 3]);
  other.say(17, 1, "", "", rows.length, ...rows.flat());
  const { bars } = await ear.heard("history");
  expect(bars.map(({ time }) => time)).toEqual(rows.map(([n]) => String(n)));
  expect(bars.at(-1)?.volume).toBe(19_999);
});

test("updates and real-time bars are told with each value in its place", async () => {
  const { ear, other } = await ready();
  // An update has its close before its high, and its average before its volume.
  other.say(90, 11, 34, 1709600400, 10.5, 10.75, 11, 10, 10.6, 1200);
  other.say(50, 3, 4, 1709600405, 10.5, 11, 10, 10.75, 1200, 10.6, 34);
  await ear.heard("real-time-bar");
  const bar = { open: 10.5, high: 11, low: 10, close: 10.75, volume: 1200, average: 10.6 };
  expect(ear.events.slice(3)).toEqual([
    { kind: "update", requestId: 11, bar: { time: "1709600400", ...bar, count: 34 } },
    { kind: "real-time-bar", requestId: 4, bar: { time: "1709600405", ...bar, count: 34 } },
  ]);
});

test("a schedule and a head timestamp are told", async () => {
  const { ear, other } = await ready();
  const start = "20240305-09:30:00";
  other.say(
    106,
    3,
    start,
    "20240306-16:00:00",
    "US/Eastern",
    1,
    start,
    "20240305-16:00:00",
    20240305,
  );
  other.say(88, 5, "345479400");
  await ear.heard("head-timestamp");
  expect(ear.events.slice(3)).toEqual([
    {
      kind: "schedule",
      requestId: 3,
      timeZone: "US/Eastern",
      sessions: [{ start, end: "20240305-16:00:00", day: "20240305" }],
    },
    { kind: "head-timestamp", requestId: 5, time: "345479400" },
  ]);
});

const DETAILS = [
  ...["IF", "FUT", "20240315 15:00 CST", 0, "", "CFFEX", "CNH", "IF2403", "IF", "IF", 555],
  ...[0.2, 300, "LMT,MKT", "CFFEX", 1, 9, "CSI 300", "", "202403", "", "", "", "Asia/Shanghai"],
  ...["20240305:0930-20240305:1500", "20240305:0930-20240305:1130", "", 0, 1, "ISIN", "X"],
  ...[1, "000300", "IND", "26", "20240315", "", 1, 1, 1],
];

test("contract details are told, and their end", async () => {
  const { ear, other } = await ready();
  other.say(10, 1, ...DETAILS);
  other.say(52, 1, 1);
  await ear.heard("contract-end");
  expect(ear.events.slice(3)).toEqual([
    {
      kind: "contract",
      requestId: 1,
      details: {
        contract: ibContract({
          conId: 555,
          symbol: "IF",
          secType: "FUT",
          lastTradeDate: "20240315",
          multiplier: "300",
          exchange: "CFFEX",
          currency: "CNH",
          localSymbol: "IF2403",
          tradingClass: "IF",
        }),
        longName: "CSI 300",
        marketName: "IF",
        minTick: 0.2,
        priceMagnifier: 1,
        timeZoneId: "Asia/Shanghai",
        tradingHours: "20240305:0930-20240305:1500",
        liquidHours: "20240305:0930-20240305:1130",
        validExchanges: "CFFEX",
      },
    },
    { kind: "contract-end", requestId: 1 },
  ]);
});

test("contract details of version 182 on, and a bond's, are told", async () => {
  const { ear, other } = await ready({ version: ["193", "20240305 02:07:30 EST"] });
  const newer = [...DETAILS.slice(0, 3), "20240315", ...DETAILS.slice(3), 0];
  newer[2] = "";
  newer[13] = "";
  other.say(10, 1, ...newer);
  other.say(
    ...[18, 2, "IBM", "BOND", "CUSIP", 4.5, "20300101-08:30:00-EST", "", "", "", "", 0, 0, 0, ""],
    ...["SMART", "USD", "BOND", "BC", 77, 0.001, "LMT", "SMART", "", "", 0, "", "IBM bond"],
    ...["US/Eastern", "T", "L", "", 0, 0, 1, "26", 1, 1, 1],
  );
  await ear.heard("contract", 2);
  const [first, second] = ear.events.slice(3).map((event) => "details" in event && event.details);
  expect(first).toMatchObject({ contract: { lastTradeDate: "20240315", multiplier: "" } });
  expect(second).toMatchObject({
    contract: { conId: 77, secType: "BOND", currency: "USD" },
    longName: "IBM bond",
    timeZoneId: "US/Eastern",
    liquidHours: "L",
  });
});

test("the time, accounts and positions are told, and positions end at the gateway too", async () => {
  const { ear, other } = await ready();
  other.say(49, 1, 1709604450);
  other.say(15, 1, "DU7");
  other.say(
    61,
    3,
    "DU7",
    265598,
    "AAPL",
    "STK",
    "",
    0,
    "",
    "",
    "",
    "USD",
    "AAPL",
    "NMS",
    -5,
    181.25,
  );
  other.say(62, 1);
  await ear.heard("positions-end");
  expect(ear.events.slice(3)).toEqual([
    { kind: "current-time", at: 1709604450000 },
    { kind: "accounts", accounts: ["DU7"] },
    {
      kind: "position",
      account: "DU7",
      contract: ibContract({
        ...{ conId: 265598, symbol: "AAPL", secType: "STK", currency: "USD" },
        ...{ localSymbol: "AAPL", tradingClass: "NMS" },
      }),
      quantity: -5,
      averageCost: 181.25,
    },
    { kind: "positions-end" },
  ]);
  expect((await other.messages(2))[1]).toEqual(["64", "1"]);
});

test("errors and words about the connection are notices with their ids", async () => {
  const { ear, other } = await ready();
  other.say(4, 2, 11, 162, "Historical Market Data Service error message", "");
  other.say(4, 2, -1, 2106, "HMDS data farm connection is OK:ushmds", "");
  other.say(4, 2, 12, 201, "rejected \\u00e9", '{"reason":"none"}');
  await ear.heard("notice", 3);
  expect(ear.events.slice(3)).toEqual([
    {
      ...{ kind: "notice", requestId: 11, code: 162 },
      message: "Historical Market Data Service error message",
    },
    {
      ...{ kind: "notice", requestId: -1, code: 2106 },
      message: "HMDS data farm connection is OK:ushmds",
    },
    { kind: "notice", requestId: 12, code: 201, message: "rejected é" },
  ]);
});

test("kinds of messages that answer nothing that is asked here are passed over", async () => {
  const { ear, other } = await ready();
  other.say(3, 1, "garbled order status");
  other.say(999, "from the future");
  other.say(49, 1, 1);
  await ear.heard("current-time");
  expect(ear.kinds).toEqual(["connected", "accounts", "ready", "current-time"]);
});

test("a request that the gateway's version does not know is a notice, told after send", async () => {
  const { ear, other, connection, time } = await ready({ version: ["150", ""] });
  const asked = { requestId: 3, contract, end: "", duration: "1 M", useRegularHours: true };
  connection.send({ kind: "schedule", ...asked });
  expect(ear.kinds).toEqual(["connected", "accounts", "ready"]);
  time.advanceTo(0);
  const notice = await ear.heard("notice");
  expect(notice).toMatchObject({ requestId: 3, code: 503 });
  expect(notice.message).toMatch(/historical schedule/);
  expect(other.received).toHaveLength(1);
});

test("a request that cannot be written is a notice, and the connection goes on", async () => {
  const { ear, other, connection, time } = await ready();
  const broken = { ...contract, symbol: "A\0B" };
  connection.send({ kind: "contract-details", requestId: 6, contract: broken });
  connection.send({ kind: "current-time" });
  expect(ear.kinds).toEqual(["connected", "accounts", "ready"]);
  time.advanceTo(0);
  const notice = await ear.heard("notice");
  expect(notice).toMatchObject({ requestId: 6, code: 320 });
  expect(notice.message).toBe(
    'the request cannot be written: a field may not hold NUL: "A\\u0000B"',
  );
  expect((await other.messages(2))[1]).toEqual(["49", "1"]);
});
