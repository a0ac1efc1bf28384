import {
  type IbContract,
  type IbContractDetails,
  ibContract,
} from "../../../../adapters/ib/port/ib-contract.ts";

/** The details of a stock of the US, as far as a test does not say otherwise. */
export function detailsOf(
  contract: Partial<IbContract> = {},
  more: Partial<Omit<IbContractDetails, "contract">> = {},
): IbContractDetails {
  return {
    contract: ibContract({
      conId: 265_598,
      symbol: "AAPL",
      localSymbol: "AAPL",
      secType: "STK",
      exchange: "SMART",
      primaryExchange: "NASDAQ",
      currency: "USD",
      ...contract,
    }),
    longName: "APPLE INC",
    marketName: "NMS",
    minTick: 0.01,
    priceMagnifier: 1,
    timeZoneId: "US/Eastern",
    tradingHours: "20240305:0400-20240305:2000;20240306:0400-20240306:2000",
    liquidHours: "20240305:0930-20240305:1600;20240306:0930-20240306:1600",
    validExchanges: "SMART,NASDAQ",
    ...more,
  };
}
