import { NO_REQUEST } from "../../adapters/ib/port/ib-event.ts";
import type { FieldReader } from "./field-reader.ts";
import type { Message } from "./frames.ts";
import { SINCE } from "./versions.ts";

/** What becomes of a message that the model knows nothing of. */
export type OtherAnswer =
  | { readonly kind: "messages"; readonly messages: readonly Message[] }
  /** Nothing is said, as a gateway says nothing. */
  | { readonly kind: "silence" }
  | { readonly kind: "next-id" }
  | { readonly kind: "refused"; readonly requestId: number; readonly message: string };

interface OtherMessage {
  readonly name: string;
  readonly answer: (reader: FieldReader, version: number) => OtherAnswer;
}

const SILENCE: OtherAnswer = { kind: "silence" };

const silence = (): OtherAnswer => SILENCE;

function saying(...message: Message): OtherAnswer {
  return { kind: "messages", messages: [message] };
}

/** Answers with a fixed end of a list that has nothing in it, without a request's id. */
function ending(...message: Message): OtherMessage["answer"] {
  return () => saying(...message);
}

/** The same for a request with an id, behind its version. */
function endingRequest(...message: Message): OtherMessage["answer"] {
  return (reader) => {
    reader.skip("version");
    return saying(...message, String(reader.id()));
  };
}

function refused(name: string, requestId: number): OtherAnswer {
  const message = `${name} is not supported by the simulated gateway`;
  return { kind: "refused", requestId, message };
}

const versioned = (): boolean => true;
const plain = (): boolean => false;

/** Refused with the request's id, which stands behind a version where there is one. */
const REFUSED: readonly (readonly [number, string, (version: number) => boolean])[] = [
  [1, "reqMktData", versioned],
  [3, "placeOrder", (version) => version < SINCE.orderWithoutVersion],
  [4, "cancelOrder", (version) => version < SINCE.cancelOrderWithoutVersion],
  [10, "reqMktDepth", versioned],
  [21, "exerciseOptions", versioned],
  [22, "reqScannerSubscription", (version) => version < SINCE.scannerWithoutVersion],
  [52, "reqFundamentalData", versioned],
  [54, "calculateImpliedVolatility", versioned],
  [55, "calculateOptionPrice", versioned],
  [67, "queryDisplayGroups", versioned],
  [68, "subscribeToGroupEvents", versioned],
  [78, "reqSecDefOptParams", plain],
  [79, "reqSoftDollarTiers", plain],
  [81, "reqMatchingSymbols", plain],
  [83, "reqSmartComponents", plain],
  [84, "reqNewsArticle", plain],
  [86, "reqHistoricalNews", plain],
  [88, "reqHistogramData", plain],
  [92, "reqPnL", plain],
  [94, "reqPnLSingle", plain],
  [96, "reqHistoricalTicks", plain],
  [97, "reqTickByTickData", plain],
  [100, "reqWshMetaData", plain],
  [102, "reqWshEventData", plain],
];

/** Refused without an id, since they have none. */
const REFUSED_WITHOUT_ID: readonly (readonly [number, string])[] = [
  [12, "reqNewsBulletins"],
  [18, "requestFA"],
  [19, "replaceFA"],
  [24, "reqScannerParameters"],
  [80, "reqFamilyCodes"],
  [82, "reqMktDepthExchanges"],
  [85, "reqNewsProviders"],
  [91, "reqMarketRule"],
];

/** Settings, and cancels of what was never granted. */
const SILENT: readonly (readonly [number, string])[] = [
  [2, "cancelMktData"],
  [11, "cancelMktDepth"],
  [13, "cancelNewsBulletins"],
  [14, "setServerLogLevel"],
  [15, "reqAutoOpenOrders"],
  [23, "cancelScannerSubscription"],
  [53, "cancelFundamentalData"],
  [56, "cancelCalculateImpliedVolatility"],
  [57, "cancelCalculateOptionPrice"],
  [58, "reqGlobalCancel"],
  [59, "reqMarketDataType"],
  [63, "cancelAccountSummary"],
  [64, "cancelPositions"],
  [69, "updateDisplayGroup"],
  [70, "unsubscribeFromGroupEvents"],
  [75, "cancelPositionsMulti"],
  [77, "cancelAccountUpdatesMulti"],
  [89, "cancelHistogramData"],
  [93, "cancelPnL"],
  [95, "cancelPnLSingle"],
  [98, "cancelTickByTickData"],
  [101, "cancelWshMetaData"],
  [103, "cancelWshEventData"],
];

/**
 * Answered truthfully: it has no orders, no executions and no values of accounts. Clients ask for
 * these when they begin, and some wait for the answers.
 */
const ANSWERED: readonly (readonly [number, string, OtherMessage["answer"]])[] = [
  [5, "reqOpenOrders", ending("53", "1")],
  [6, "reqAccountUpdates", accountUpdates],
  [7, "reqExecutions", endingRequest("55", "1")],
  [8, "reqIds", () => ({ kind: "next-id" })],
  [16, "reqAllOpenOrders", ending("53", "1")],
  [62, "reqAccountSummary", endingRequest("64", "1")],
  [74, "reqPositionsMulti", endingRequest("72", "1")],
  [76, "reqAccountUpdatesMulti", endingRequest("74", "1")],
  [99, "reqCompletedOrders", ending("102")],
  [104, "reqUserInfo", (reader) => saying("107", String(reader.id()), "")],
];

/** Messages that are known, but not the model's affair, by their number. */
export const otherMessages: ReadonlyMap<number, OtherMessage> = new Map([
  ...REFUSED.map(([id, name, hasVersion]): [number, OtherMessage] => {
    const answer: OtherMessage["answer"] = (reader, version) => {
      if (hasVersion(version)) reader.skip("version");
      return refused(name, reader.id());
    };
    return [id, { name, answer }];
  }),
  ...REFUSED_WITHOUT_ID.map(([id, name]): [number, OtherMessage] => [
    id,
    { name, answer: () => refused(name, NO_REQUEST) },
  ]),
  ...SILENT.map(([id, name]): [number, OtherMessage] => [id, { name, answer: silence }]),
  ...ANSWERED.map(([id, name, answer]): [number, OtherMessage] => [id, { name, answer }]),
]);

function accountUpdates(reader: FieldReader): OtherAnswer {
  reader.skip("version");
  const begins = reader.flag("subscribe");
  return begins ? saying("54", "1", reader.text("account")) : SILENCE;
}
