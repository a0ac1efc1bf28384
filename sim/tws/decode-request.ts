import { type IbContract, ibContract } from "../../adapters/ib/port/ib-contract.ts";
import type {
  FormatDate,
  HistoryRequest,
  IbRequest,
  WhatToShow,
} from "../../adapters/ib/port/ib-request.ts";
import type { FieldReader } from "./field-reader.ts";
import { SINCE } from "./versions.ts";

/** A message that the gateway's model answers, or why it is refused at the door. */
export type Decoded =
  | { readonly kind: "request"; readonly request: IbRequest }
  | { readonly kind: "refused"; readonly code: number; readonly message: string };

const PRICE_TYPES: readonly WhatToShow[] = [
  "TRADES",
  "MIDPOINT",
  "BID",
  "ASK",
  "ADJUSTED_LAST",
  "BID_ASK",
];

const VALIDATION_FAILED = 321;
const SCHEDULE_NEEDS_DAYS = 10_295;

/** Reads a message that the model answers, by its number; undefined for any other message. */
export const requestDecoders: ReadonlyMap<
  number,
  { readonly name: string; readonly decode: (reader: FieldReader, version: number) => Decoded }
> = new Map([
  [9, { name: "reqContractDetails", decode: contractDetails }],
  [17, { name: "reqManagedAccts", decode: () => asking({ kind: "accounts" }) }],
  [20, { name: "reqHistoricalData", decode: historicalData }],
  [25, { name: "cancelHistoricalData", decode: cancelOf("history", true) }],
  [49, { name: "reqCurrentTime", decode: () => asking({ kind: "current-time" }) }],
  [50, { name: "reqRealTimeBars", decode: realTimeBars }],
  [51, { name: "cancelRealTimeBars", decode: cancelOf("real-time-bars", true) }],
  [61, { name: "reqPositions", decode: () => asking({ kind: "positions" }) }],
  [87, { name: "reqHeadTimestamp", decode: headTimestamp }],
  [90, { name: "cancelHeadTimestamp", decode: cancelOf("head-timestamp", false) }],
]);

function asking(request: IbRequest): Decoded {
  return { kind: "request", request };
}

function refused(code: number, message: string): Decoded {
  return { kind: "refused", code, message };
}

function cancelOf(
  of: "history" | "real-time-bars" | "head-timestamp",
  isVersioned: boolean,
): (reader: FieldReader) => Decoded {
  return (reader) => {
    if (isVersioned) reader.skip("version");
    return asking({ kind: "cancel", of, requestId: reader.id() });
  };
}

/** The twelve fields by which every request names its contract. */
function contract(reader: FieldReader): IbContract {
  // Properties are evaluated in the order they are written in, which is that of the wire.
  return ibContract({
    conId: reader.whole("conId"),
    symbol: reader.text("symbol"),
    secType: reader.text("secType").toUpperCase(),
    lastTradeDate: reader.text("lastTradeDate"),
    strike: reader.number("strike"),
    right: reader.text("right"),
    multiplier: reader.text("multiplier"),
    exchange: reader.text("exchange"),
    primaryExchange: reader.text("primaryExchange"),
    currency: reader.text("currency"),
    localSymbol: reader.text("localSymbol"),
    tradingClass: reader.text("tradingClass"),
  });
}

function contractDetails(reader: FieldReader): Decoded {
  reader.skip("version");
  const requestId = reader.id();
  const asked = contract(reader);
  reader.skip("includeExpired", "secIdType");
  if (reader.text("secId") !== "") {
    return refused(VALIDATION_FAILED, "the simulated gateway knows no contract by its secId");
  }
  return asking({ kind: "contract-details", requestId, contract: asked });
}

function historicalData(reader: FieldReader, version: number): Decoded {
  if (version < SINCE.keepUpToDate) reader.skip("version");
  const requestId = reader.id();
  const asked = contract(reader);
  reader.skip("includeExpired");
  const end = reader.text("endDateTime");
  const barSize = reader.text("barSize");
  const duration = reader.text("duration");
  const useRegularHours = reader.flag("useRTH");
  const shown = reader.text("whatToShow").toUpperCase();
  const formatDate = reader.whole("formatDate");
  if (asked.secType === "BAG") skipComboLegs(reader);
  const keepUpToDate = version >= SINCE.keepUpToDate && reader.flag("keepUpToDate");
  if (shown === "SCHEDULE" && version >= SINCE.schedule) {
    if (barSize !== "1 day") return refused(SCHEDULE_NEEDS_DAYS, "a schedule has bars of 1 day");
    return asking({
      kind: "schedule",
      requestId,
      contract: asked,
      end,
      duration,
      useRegularHours,
    });
  }
  const whatToShow = priceType(shown);
  if (whatToShow === undefined) return noSuchPrices(shown);
  if (!isFormat(formatDate)) return noSuchFormat(formatDate);
  const request: HistoryRequest = {
    kind: "history",
    requestId,
    contract: asked,
    end,
    duration,
    barSize,
    whatToShow,
    useRegularHours,
    formatDate,
    keepUpToDate,
  };
  return asking(request);
}

function skipComboLegs(reader: FieldReader): void {
  const legs = reader.whole("comboLegs");
  // Ends with a fault where the message names more legs than it has.
  for (let leg = 0; leg < legs; leg += 1) reader.skip("conId", "ratio", "action", "exchange");
}

function realTimeBars(reader: FieldReader): Decoded {
  reader.skip("version");
  const requestId = reader.id();
  const asked = contract(reader);
  // Its size is always 5 seconds, whatever is asked for.
  reader.skip("barSize");
  const shown = reader.text("whatToShow").toUpperCase();
  const useRegularHours = reader.flag("useRTH");
  const whatToShow = priceType(shown);
  if (whatToShow === undefined) return noSuchPrices(shown);
  return asking({
    kind: "real-time-bars",
    requestId,
    contract: asked,
    whatToShow,
    useRegularHours,
  });
}

function headTimestamp(reader: FieldReader): Decoded {
  const requestId = reader.id();
  const asked = contract(reader);
  reader.skip("includeExpired");
  const useRegularHours = reader.flag("useRTH");
  const shown = reader.text("whatToShow").toUpperCase();
  const formatDate = reader.whole("formatDate");
  const whatToShow = priceType(shown);
  if (whatToShow === undefined) return noSuchPrices(shown);
  if (!isFormat(formatDate)) return noSuchFormat(formatDate);
  return asking({
    kind: "head-timestamp",
    requestId,
    contract: asked,
    whatToShow,
    useRegularHours,
    formatDate,
  });
}

function priceType(shown: string): WhatToShow | undefined {
  return PRICE_TYPES.find((each) => each === shown);
}

function isFormat(formatDate: number): formatDate is FormatDate {
  return formatDate === 1 || formatDate === 2;
}

function noSuchPrices(shown: string): Decoded {
  const known = PRICE_TYPES.join(", ");
  return refused(VALIDATION_FAILED, `the simulated gateway has no ${shown}, but ${known}`);
}

function noSuchFormat(formatDate: number): Decoded {
  return refused(VALIDATION_FAILED, `formatDate is ${formatDate}, which is neither 1 nor 2`);
}
