import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The file that everything is compared with. */
export const BARS = join(root, "examples/data/cffex-if-1m.csv");

/** On a Tuesday in Shanghai, 10:10, with 80 minutes to go before lunch. */
export const START = "2024-03-05T02:10:00Z";

/** One minute of the market a second. */
export const SPEED = 60;

const MIN_TICK = 0.2;
const MULTIPLIER = "300";

/** How the gateway is told of the contract in the file. */
export const GATEWAY_OPTIONS = [
  ["--bars", BARS],
  ["--calendar", "CFFEX"],
  ["--symbol", "IF"],
  ["--sec-type", "FUT"],
  ["--exchange", "CFFEX"],
  ["--currency", "CNY"],
  ["--multiplier", MULTIPLIER],
  ["--tick", String(MIN_TICK)],
  ["--start", START],
  ["--speed", String(SPEED)],
].flat();

/** What a client knows of the contract when it asks. */
const CONTRACT = { symbol: "IF", secType: "FUT", exchange: "CFFEX", currency: "CNY" };

/** What it must read of it, but for the hours, which come from the file. */
const FULL_CONTRACT = {
  ...CONTRACT,
  conId: 1001,
  lastTradeDateOrContractMonth: "",
  strike: 0,
  right: "",
  multiplier: MULTIPLIER,
  primaryExchange: "",
  localSymbol: "IF",
  tradingClass: "IF",
};

const DETAILS = {
  marketName: "IF",
  minTick: MIN_TICK,
  orderTypes: "",
  validExchanges: "SMART,CFFEX",
  priceMagnifier: 1,
  underConId: 0,
  longName: "IF",
  contractMonth: "",
  industry: "",
  category: "",
  subcategory: "",
  timeZoneId: "Asia/Shanghai",
  evRule: "",
  evMultiplier: 0,
  aggGroup: 1,
  underSymbol: "",
  underSecType: "",
  marketRuleIds: "",
  realExpirationDate: "",
  stockType: "",
  minSize: 1,
  sizeIncrement: 1,
  suggestedSizeIncrement: 1,
};

const MONDAY_CLOSE = "20240304-07:00:00";
const MONDAY_MORNING = "20240304-02:30:00";
const UNKNOWN = { contract: { symbol: "NOSUCH" } };
const NO_CONTRACT = [200, "No security definition has been found for the request"];
const NO_DATA = [162, "Historical Market Data Service error message:HMDS query returned no data"];
const BAD_END = [
  10314,
  "End Date/Time: The date, time, or time-zone entered is invalid. The correct format is " +
    "yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 " +
    "US/Eastern  Note that there is a space between the date and time, and between the time and " +
    "time-zone. You can also provide yyyymmddd-hh:mm:ss time is in UTC.",
];

function history(name, size, duration, more = {}) {
  const usual = { end: MONDAY_CLOSE, what: "TRADES", regular: true, format: 2 };
  return { name, ask: "history", size, duration, ...usual, ...more };
}

function head(name, format) {
  return { name, ask: "head-timestamp", what: "TRADES", regular: true, format };
}

/** Streams are heard until they have begun so many bars, and then listened to for some seconds. */
function realTimeBars(name, what) {
  return { name, ask: "real-time-bars", what, regular: true, bars: 30, quiet: 0.8 };
}

function updates(name, format) {
  const stream = history(name, "1 min", "600 S", { end: "", format });
  return { ...stream, ask: "updates", bars: 4, quiet: 0.8 };
}

/** What is said of the farms to everybody who connects. */
const NOTICES = {
  2104: "Market data farm connection is OK:usfarm",
  2106: "HMDS data farm connection is OK:ushmds",
  2158: "Sec-def data farm connection is OK:secdefnj",
};

/** What every client asks, in this order. `error` is the code and the text of a refusal. */
const QUESTIONS = [
  { name: "current time", ask: "current-time" },
  { name: "accounts", ask: "accounts" },
  { name: "positions", ask: "positions" },
  { name: "contract details", ask: "contract-details" },
  { name: "contract details, unknown", ask: "contract-details", ...UNKNOWN, error: NO_CONTRACT },
  { name: "schedule", ask: "schedule", duration: "10 D", end: MONDAY_CLOSE, regular: true },
  head("head timestamp, text", 1),
  head("head timestamp, epoch", 2),
  history("minutes", "1 min", "2 D"),
  history("minutes, text", "1 min", "1 D", { format: 1 }),
  history("minutes, all hours", "1 min", "1 D", { regular: false }),
  history("minutes, newest", "1 min", "900 S", { end: "" }),
  history("3 minutes, text", "3 mins", "1 D", { format: 1 }),
  history("5 minutes", "5 mins", "1 D"),
  history("15 minutes, text", "15 mins", "2 D", { format: 1 }),
  history("30 minutes", "30 mins", "2 D"),
  history("1 hour", "1 hour", "2 D"),
  history("days", "1 day", "1 W"),
  history("days, text", "1 day", "2 D", { format: 1 }),
  history("midpoint", "5 mins", "1 D", { what: "MIDPOINT" }),
  history("bid", "5 mins", "3600 S", { what: "BID" }),
  history("ask, text", "5 mins", "3600 S", { what: "ASK", format: 1 }),
  history("1 second", "1 secs", "600 S", { end: MONDAY_MORNING }),
  history("5 seconds", "5 secs", "600 S", { end: MONDAY_MORNING }),
  history("30 seconds, text", "30 secs", "1800 S", { end: MONDAY_MORNING, format: 1 }),
  history("before the first bar", "1 min", "1 D", { end: "20231110-07:00:00", error: NO_DATA }),
  history("unknown contract", "1 min", "1 D", { ...UNKNOWN, error: NO_CONTRACT }),
  history("end in no zone", "1 min", "1 D", { end: "20240304 07:00:00 GMT", error: BAD_END }),
  updates("kept up to date", 2),
  updates("kept up to date, text", 1),
  realTimeBars("real-time bars", "TRADES"),
  // What the streams said is compared with these. Their ends are known to one client only.
  history("seconds, newest", "1 secs", "2000 S", { end: "", edges: false }),
];

/** What the clients are to ask, and what the checks know. */
export function taskOf(gateway) {
  return {
    ...gateway,
    bars: BARS,
    start: Date.parse(START) / 1000,
    speed: SPEED,
    accounts: ["DU1234567"],
    minTick: MIN_TICK,
    contract: CONTRACT,
    fullContract: FULL_CONTRACT,
    details: DETAILS,
    notices: NOTICES,
    questions: QUESTIONS,
  };
}
