import type { IbContract } from "../../adapters/ib/port/ib-contract.ts";
import type { OpenMarket } from "./open-market.ts";

/** The markets that a contract, as far as it says anything, can mean. */
export function marketsOf(
  asked: IbContract,
  markets: readonly OpenMarket[],
): readonly OpenMarket[] {
  return markets.filter((market) => market.isOn(asked.exchange) && means(asked, market.contract));
}

function means(asked: IbContract, has: IbContract): boolean {
  if (asked.conId !== 0) return asked.conId === has.conId;
  const says = (word: string, own: string): boolean => word === "" || word === own;
  return (
    (asked.symbol !== "" || asked.localSymbol !== "") &&
    says(asked.symbol, has.symbol) &&
    says(asked.localSymbol, has.localSymbol) &&
    says(asked.secType, has.secType) &&
    says(asked.currency, has.currency) &&
    says(asked.primaryExchange, has.primaryExchange) &&
    says(asked.tradingClass, has.tradingClass) &&
    says(asked.right, has.right) &&
    says(asked.multiplier, has.multiplier) &&
    (asked.strike === 0 || asked.strike === has.strike) &&
    // The month of expiry means every day in it.
    has.lastTradeDate.startsWith(asked.lastTradeDate)
  );
}
