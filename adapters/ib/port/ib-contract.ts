/** What names a contract to a gateway, in its own words; an empty text or 0 says nothing. */
export interface IbContract {
  /** The number that names a contract for good; 0 where it is not known yet. */
  readonly conId: number;
  readonly symbol: string;
  /** `STK`, `FUT`, `CASH`, `IND`, `CRYPTO`, ... */
  readonly secType: string;
  /** `202403` or `20240315`; empty for what does not expire. */
  readonly lastTradeDate: string;
  readonly strike: number;
  /** `C`, `P` or empty. */
  readonly right: string;
  /** As text, `300`; empty where it is 1. */
  readonly multiplier: string;
  /** Where it is routed: `SMART`, `CFFEX`, ... */
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
}

/** What a gateway knows of a contract. */
export interface IbContractDetails {
  /** The whole contract, its `conId` included. */
  readonly contract: IbContract;
  readonly longName: string;
  readonly marketName: string;
  /** The smallest price step. */
  readonly minTick: number;
  readonly priceMagnifier: number;
  /** The exchange's zone, as the gateway calls it: `America/New_York`, `US/Eastern`, `EST5EDT`. */
  readonly timeZoneId: string;
  /**
   * Sessions of the next days on the exchange's wall clock, separated by `;`:
   * `20240305:0930-20240305:1600;20240306:CLOSED`. All hours, and the regular ones.
   */
  readonly tradingHours: string;
  readonly liquidHours: string;
  readonly validExchanges: string;
}

const NO_CONTRACT: IbContract = {
  conId: 0,
  symbol: "",
  secType: "",
  lastTradeDate: "",
  strike: 0,
  right: "",
  multiplier: "",
  exchange: "",
  primaryExchange: "",
  currency: "",
  localSymbol: "",
  tradingClass: "",
};

/** A contract of which only some fields are known. */
export function ibContract(known: Partial<IbContract>): IbContract {
  return { ...NO_CONTRACT, ...known };
}
