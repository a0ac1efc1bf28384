import type { IbContractDetails } from "../../adapters/ib/port/ib-contract.ts";
import type { Message } from "./frames.ts";
import { SINCE } from "./versions.ts";
import { wireText } from "./wire-text.ts";

/** The 17 fields of a fund, which the model has no values for; three of them are flags. */
const FUND_FIELDS = ["", "", "", "", "", "", "", "0", "0", "0", "", "", "", "", "", "", ""];

/** Message 10. What the gateway's model does not know is left empty, 0 or 1. */
export function encodeContract(
  requestId: number,
  details: IbContractDetails,
  version: number,
): Message {
  const { contract } = details;
  const since = (first: number, ...fields: readonly string[]): readonly string[] =>
    version >= first ? fields : [];
  const until = (end: number, ...fields: readonly string[]): readonly string[] =>
    version < end ? fields : [];
  return [
    "10",
    // The message's own version.
    ...until(SINCE.sizeRules, "8"),
    String(requestId),
    contract.symbol,
    contract.secType,
    contract.lastTradeDate,
    ...since(SINCE.lastTradeDate, contract.lastTradeDate),
    String(contract.strike),
    contract.right,
    contract.exchange,
    contract.currency,
    contract.localSymbol,
    details.marketName,
    contract.tradingClass,
    String(contract.conId),
    String(details.minTick),
    // Market data size multiplier.
    ...since(SINCE.mdSizeMultiplier, ...until(SINCE.sizeRules, "1")),
    contract.multiplier,
    // Order types.
    "",
    details.validExchanges,
    String(details.priceMagnifier),
    // The contract underlying it.
    "0",
    wireText(details.longName, version),
    contract.primaryExchange,
    // Contract month.
    contract.lastTradeDate.slice(0, 6),
    // Industry, category, subcategory.
    "",
    "",
    "",
    details.timeZoneId,
    details.tradingHours,
    details.liquidHours,
    // Rule and multiplier of the economic value; number of security ids.
    "",
    "0",
    "0",
    ...since(SINCE.aggregationGroup, "1"),
    ...since(SINCE.underlying, "", ""),
    // Ids of the rules of price steps.
    ...since(SINCE.marketRules, ""),
    ...since(SINCE.realExpirationDate, contract.lastTradeDate.slice(0, 8)),
    ...since(SINCE.stockType, ""),
    // Smallest size; then size, its step and the step that is suggested.
    ...since(SINCE.fractionalSize, ...until(SINCE.sizeRules, "1")),
    ...since(SINCE.sizeRules, "1", "1", "1"),
    ...(contract.secType === "FUND" ? since(SINCE.fundFields, ...FUND_FIELDS) : []),
    // Number of reasons why it cannot be traded.
    ...since(SINCE.ineligibilityReasons, "0"),
  ];
}
