import type { Contract, ContractDetails } from "@stoqey/ib";
import { type IbContract, type IbContractDetails, ibContract } from "../port/ib-contract.ts";

/** A contract as the library's encoder wants it; what it does not name becomes an empty field. */
export function stoqeyContract(contract: IbContract): Contract {
  const { lastTradeDate, primaryExchange, multiplier, secType, right, ...same } = contract;
  const translated: Record<keyof IbContract | string, unknown> = {
    ...same,
    // The encoder writes these as they are, whatever its types say.
    secType,
    right,
    multiplier,
    lastTradeDateOrContractMonth: lastTradeDate,
    primaryExch: primaryExchange,
  };
  return translated as Contract;
}

/** A contract as the library read it. */
export function portContract(contract: Contract): IbContract {
  return ibContract({
    conId: contract.conId ?? 0,
    symbol: contract.symbol ?? "",
    secType: contract.secType ?? "",
    lastTradeDate: dayText(contract.lastTradeDateOrContractMonth ?? contract.lastTradeDate ?? ""),
    strike: contract.strike ?? 0,
    right: contract.right ?? "",
    multiplier: multiplierText(contract.multiplier ?? 1),
    exchange: contract.exchange ?? "",
    primaryExchange: contract.primaryExch ?? "",
    currency: contract.currency ?? "",
    localSymbol: contract.localSymbol ?? "",
    tradingClass: contract.tradingClass ?? "",
  });
}

/** What is known of a contract, as the library read it. */
export function portDetails(details: ContractDetails): IbContractDetails {
  return {
    contract: portContract(details.contract),
    longName: details.longName ?? "",
    marketName: details.marketName ?? "",
    minTick: details.minTick ?? 0,
    priceMagnifier: details.priceMagnifier ?? 1,
    timeZoneId: details.timeZoneId ?? "",
    tradingHours: details.tradingHours ?? "",
    liquidHours: details.liquidHours ?? "",
    validExchanges: details.validExchanges ?? "",
  };
}

/** The day or month alone: details of a future may add a time and a zone, `20240315 08:30 CST`. */
function dayText(text: string): string {
  return /^\d*/.exec(text)![0];
}

/** Gateways write 1 both as it is and as nothing. */
function multiplierText(multiplier: number): string {
  return multiplier === 1 || multiplier === 0 ? "" : String(multiplier);
}
