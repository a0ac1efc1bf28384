import { type IbContract, ibContract } from "../port/ib-contract.ts";

/** What a person says of a contract: its number, or enough to find it by. */
export interface ContractRequest {
  /** Names a contract for good; with it nothing else is needed. */
  readonly conId?: number;
  readonly symbol?: string;
  /** Default `STK`. */
  readonly secType?: string;
  /** Default `SMART`; futures need their own exchange, such as `CME`. */
  readonly exchange?: string;
  /** Default `USD`. */
  readonly currency?: string;
  readonly primaryExchange?: string;
  /** `202403` or `20240315`. */
  readonly lastTradeDate?: string;
  readonly multiplier?: string;
  readonly localSymbol?: string;
  readonly tradingClass?: string;
  readonly strike?: number;
  /** `C` or `P`. */
  readonly right?: string;
}

/** The contract to ask a gateway for; with a `conId` no default narrows it down. */
export function contractOf(request: ContractRequest): IbContract {
  const defaults = { secType: "STK", exchange: "SMART", currency: "USD" };
  return ibContract(request.conId === undefined ? { ...defaults, ...request } : request);
}

/** A request in words, for messages: `AAPL STK SMART USD`. */
export function describeRequest(request: ContractRequest): string {
  const { conId, symbol, localSymbol, ...rest } = contractOf(request);
  const { secType, lastTradeDate, strike, right, exchange, primaryExchange, currency } = rest;
  const words = [
    conId === 0 ? "" : `conId ${conId}`,
    symbol === "" ? localSymbol : symbol,
    secType,
    lastTradeDate,
    strike === 0 ? "" : String(strike),
    right,
    exchange,
    primaryExchange === "" ? "" : `(${primaryExchange})`,
    currency,
  ];
  return words.filter((word) => word !== "").join(" ");
}
