import type { IbContract, IbContractDetails } from "../../adapters/ib/port/ib-contract.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import type { Truth } from "../truth.ts";

/** What a gateway says of a contract beside its hours. */
type Particulars = Omit<
  IbContractDetails,
  "contract" | "tradingHours" | "liquidHours" | "timeZoneId"
>;

/**
 * One contract and what really happens in it. All that a gateway tells of it, history and live bars
 * of every size and price type, comes from the one truth.
 *
 * The truth holds trades. `MIDPOINT` has their prices, `BID` lies one `minTick` below, `ASK` one
 * above; these three have no volume.
 */
export interface IbMarket extends Partial<Particulars> {
  /** `conId` is positive and its own; symbol, secType, exchange and currency are given. */
  readonly contract: IbContract;
  /** Its grid lies on `allHours` where that is given, else on `regularHours`. */
  readonly truth: Truth;
  /** Default: the calendar of the truth. */
  readonly regularHours?: TradingCalendar;
  /** Extended hours. Default: the regular ones. */
  readonly allHours?: TradingCalendar;
  /** The gateway's name for the exchange's zone, such as `US/Eastern`. Default: the zone's own. */
  readonly timeZoneId?: string;
}
