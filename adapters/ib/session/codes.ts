import type { FailAction, NoticeAction, NoticeRule, NoticeSubject } from "./notice-action.ts";

const PERMISSION_CURE =
  "subscribe to the market data in IB's client portal, or allow it for the API in TWS or " +
  "Gateway, and start anew";
const VERSION_CURE = "update TWS or IB Gateway to a current stable version";
const IGNORE: NoticeAction = { do: "ignore" };
const WARN: NoticeAction = { do: "warn" };
const NO_PERMISSION = never("no-permission");
const BROKEN: NoticeAction = { do: "reconnect" };

function never(fault: string): FailAction {
  return { do: "fail", fault, retry: "never" };
}

function soon(fault: string, more: Partial<FailAction> = {}): FailAction {
  return { do: "fail", fault, retry: "soon", ...more };
}

type Row = readonly [
  code: number,
  concerns: NoticeSubject,
  action: NoticeAction,
  says: string,
  cure?: string,
];

const ROWS: readonly Row[] = [
  // Requests.
  [102, "request", soon("duplicate-id", { isIdTaken: true }), "the request's id was taken"],
  [103, "client", WARN, "the order's id was taken", "let nobody else use this client id"],
  [
    162,
    "request",
    { do: "read-text", otherwise: { do: "fail", fault: "history-failed", retry: "later" } },
    "a request for history was not answered",
  ],
  [165, "client", IGNORE, "history says how its query goes"],
  [
    166,
    "request",
    never("expired-contract"),
    "there is no history of a contract that expired",
    "choose a contract that has not expired, or one that expired at most two years ago",
  ],
  [
    200,
    "request",
    never("unknown-contract"),
    "no contract, or more than one, fits what was asked for",
    "check symbol, exchange, currency and expiry, or give the conId that TWS shows",
  ],
  [
    203,
    "request",
    never("no-permission"),
    "the contract is not available to this account",
    "ask for the trading permission in IB's client portal, or take another contract",
  ],
  [
    320,
    "request",
    never("malformed-request"),
    "the gateway could not read a request",
    "report it as a fault of Barline, with the log",
  ],
  [
    321,
    "request",
    never("invalid-request"),
    "the gateway refused a request as invalid",
    "change what its text complains of",
  ],
  [
    322,
    "request",
    soon("gateway-error", { isRetriedOnce: true }),
    "the gateway failed at a request",
    "restart TWS or Gateway if it happens again",
  ],
  [386, "request", soon("duplicate-id", { isIdTaken: true }), "the request's id was taken"],
  [
    10295,
    "request",
    never("invalid-request"),
    "schedules come with daily bars only",
    "report it as a fault of Barline, with the log",
  ],
  [
    10314,
    "request",
    never("invalid-request"),
    "the gateway could not read the end of a request's range",
    "report it as a fault of Barline, with the log",
  ],
  // Permissions.
  [354, "request", NO_PERMISSION, "no market data permission for this contract", PERMISSION_CURE],
  [10089, "request", NO_PERMISSION, "the data need another subscription", PERMISSION_CURE],
  [10090, "request", NO_PERMISSION, "part of the data is not subscribed to", PERMISSION_CURE],
  [10091, "request", NO_PERMISSION, "part of the data is not subscribed to", PERMISSION_CURE],
  [10168, "request", NO_PERMISSION, "the market data are not subscribed to", PERMISSION_CURE],
  [10186, "request", NO_PERMISSION, "the market data are not subscribed to", PERMISSION_CURE],
  [10187, "request", NO_PERMISSION, "no permission for the history", PERMISSION_CURE],
  [
    10167,
    "request",
    { ...never("delayed-data"), isStillOpen: true },
    "the gateway offers delayed data only, and nothing may trade on those",
    PERMISSION_CURE,
  ],
  // Streams.
  [
    101,
    "stream",
    never("market-data-lines"),
    "all market data lines are in use",
    "run fewer series, take tickers off the watch lists in TWS, or buy quote booster packs",
  ],
  [300, "stream", soon("stream-lost"), "the gateway does not know the stream"],
  [366, "stream", soon("stream-lost"), "the gateway does not know the stream of history"],
  [
    420,
    "stream",
    {
      do: "read-text",
      otherwise: { do: "fail", fault: "real-time-refused", retry: "later", isRetriedOnce: true },
    },
    "real-time bars were refused",
    PERMISSION_CURE,
  ],
  [10182, "stream", soon("stream-lost"), "the gateway lost the stream"],
  [
    10225,
    "stream",
    soon("stream-lost", { isStillOpen: true }),
    "a trade was taken back, and the stream ended with it",
  ],
  [
    10197,
    "client",
    WARN,
    "another session of the same user takes the market data",
    "log the other session out; the data then come back by themselves",
  ],
  // Data farms.
  [2103, "farm", { do: "farm-down" }, "a market data farm is gone"],
  [2105, "farm", { do: "farm-down" }, "a farm of historical data is gone"],
  [2157, "farm", { do: "farm-down" }, "the farm of contracts is gone"],
  [2104, "farm", { do: "farm-up" }, "a market data farm is back"],
  [2106, "farm", { do: "farm-up" }, "a farm of historical data is back"],
  [2158, "farm", { do: "farm-up" }, "the farm of contracts is back"],
  [2107, "farm", IGNORE, "a farm of historical data sleeps until it is needed"],
  [2108, "farm", IGNORE, "a market data farm sleeps until it is needed"],
  [2119, "farm", IGNORE, "a market data farm is being connected to"],
  // The link between the gateway and Interactive Brokers, and ours to the gateway.
  [1100, "link", { do: "suspend" }, "the gateway lost its connection to Interactive Brokers"],
  [2110, "link", { do: "suspend" }, "the gateway lost its connection to Interactive Brokers"],
  [1101, "link", { do: "resume", isDataLost: true }, "the connection is back, all data were lost"],
  [1102, "link", { do: "resume", isDataLost: false }, "the connection is back, the data go on"],
  [
    1300,
    "link",
    WARN,
    "the port of the gateway was changed, and it drops this connection",
    "start anew with the port that the message names",
  ],
  [
    326,
    "client",
    { do: "change-client-id" },
    "the client id is in use",
    "end the other program, or choose another client id, or give spare ones",
  ],
  [
    502,
    "link",
    BROKEN,
    "the gateway could not be reached",
    "start TWS or IB Gateway, allow API clients in its settings, and check host and port",
  ],
  [504, "link", BROKEN, "the client library is not connected"],
  [505, "link", BROKEN, "the client library met a message it does not know"],
  [507, "link", BROKEN, "the gateway ended the connection, perhaps over the client id"],
  [508, "link", BROKEN, "the client library failed at reading"],
  [509, "link", BROKEN, "the client library failed at the connection"],
  [503, "client", { do: "stop", fault: "wrong-version" }, "the gateway is too old", VERSION_CURE],
  [506, "client", { do: "stop", fault: "wrong-version" }, "the versions do not fit", VERSION_CURE],
  [
    100,
    "client",
    { do: "slow-down" },
    "too many messages in a second",
    "end other programs on this client id, or lower messagesPerSecond",
  ],
  [
    10141,
    "client",
    WARN,
    "the paper trading account is not released for the API",
    "log in to it once by hand and accept the disclaimer",
  ],
  [2174, "client", IGNORE, "a request's time named no zone and was taken for UTC"],
];

/** Everything Barline knows to do about the codes of a gateway, by code. */
export const NOTICE_CODES: ReadonlyMap<number, NoticeRule> = new Map(
  ROWS.map(([code, concerns, action, says, cure = ""]) => [
    code,
    { code, concerns, action, says, cure },
  ]),
);
