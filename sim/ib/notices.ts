/** An error that answers a request. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

const SERVICE = "Historical Market Data Service error message:";
const MARKET_FARM = "usfarm";
const HISTORY_FARM = "ushmds";

/** 162: whatever the service of historical data has to say. */
export function serviceError(words: string): Refusal {
  return { code: 162, message: `${SERVICE}${words}` };
}

/** 321: the request cannot be meant. */
export function invalidRequest(requestId: number, cause: string): Refusal {
  const message = `Error validating request.-'${requestId}' : cause - ${cause}`;
  return { code: 321, message };
}

/** 162 for asking too often. */
export const PACING = serviceError("API historical data query pacing violation");
/** 162 where there is no bar. */
export const NO_DATA = serviceError("HMDS query returned no data");
/** 162 while the service cannot be reached. */
export const SERVICE_LOST = serviceError(
  "HMDS server disconnect occurred.  Attempting reconnection...",
);

/** Words about the connections to Interactive Brokers that belong to no request. */
export const LINK_NOTICES = {
  lost: {
    code: 1100,
    message: "Connectivity between IBKR and Trader Workstation has been lost.",
  },
  /** To a client that connects meanwhile. */
  stillLost: {
    code: 2110,
    message:
      "Connectivity between Trader Workstation and server is broken. It will be restored " +
      "automatically.",
  },
  dataLost: {
    code: 1101,
    message:
      "Connectivity between IBKR and Trader Workstation has been restored - data lost. All " +
      "data requests must be resubmitted.",
  },
  dataKept: {
    code: 1102,
    message:
      "Connectivity between IBKR and Trader Workstation has been restored - data maintained. " +
      `All data farms are connected: ${MARKET_FARM}; ${HISTORY_FARM}.`,
  },
} as const satisfies Readonly<Record<string, Refusal>>;

/** What is said when the data farms break, and when they are back. */
export const FARM_LOST: readonly Refusal[] = [
  { code: 2103, message: `Market data farm connection is broken:${MARKET_FARM}` },
  { code: 2105, message: `HMDS data farm connection is broken:${HISTORY_FARM}` },
];
/** Also said to every new connection while they are well. */
export const FARM_BACK: readonly Refusal[] = [
  { code: 2104, message: `Market data farm connection is OK:${MARKET_FARM}` },
  { code: 2106, message: `HMDS data farm connection is OK:${HISTORY_FARM}` },
];
/** The last word of a greeting. */
export const SECURITY_FARM: Refusal = {
  code: 2158,
  message: "Sec-def data farm connection is OK:secdefnj",
};

const TEXTS: Readonly<Record<number, string>> = {
  101: "Max number of tickers has been reached",
  102: "Duplicate ticker ID",
  162: `${SERVICE}No market data permissions for this contract`,
  200: "No security definition has been found for the request",
  300: "Can't find EId with ticker Id",
  326:
    "Unable to connect as the client id is already in use. Retry with a unique client id and " +
    "make sure the previous connection is closed.",
  354: "Requested market data is not subscribed.",
  366: "No historical data query found for ticker id",
  420: "Invalid Real-time Query:Historical data request pacing violation",
  1300:
    "TWS socket port has been reset and this connection is being dropped. Please reconnect on " +
    "the new port",
  2174:
    "Warning: You submitted request with date-time attributes without explicit time zone. Please " +
    "switch to use yyyymmdd-hh:mm:ss in UTC or use instrument timezone, like US/Eastern. " +
    "Implied time zone functionality will be removed in the next API release",
  10089: "Requested market data requires additional subscription for API.",
  10090: "Part of requested market data is not subscribed.",
  10168: "Requested market data is not subscribed. Delayed market data is not enabled.",
  10182: "Failed to request live updates (disconnected).",
  10187: "Failed to request historical ticks: no market data permissions",
  10197: "No market data during competing live session",
  10225:
    "Bust event occurred, current subscription is deactivated. Please resubscribe real-time bars " +
    "immediately.",
  10314:
    "End Date/Time: The date, time, or time-zone entered is invalid. The correct format is " +
    "yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 " +
    "US/Eastern  Note that there is a space between the date and time, and between the time and " +
    "time-zone. You can also provide yyyymmddd-hh:mm:ss time is in UTC.",
};

/** What a code is said with. */
export function refusal(code: number): Refusal {
  return { code, message: TEXTS[code] ?? `Error ${code}` };
}
