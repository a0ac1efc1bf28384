import type { IbContract, IbContractDetails } from "../../adapters/ib/port/ib-contract.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import type { BarSize } from "../../core/time/bar-size.ts";
import { fail } from "../../core/time/failure.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import type { Truth } from "../truth.ts";
import { hoursText } from "./hours-text.ts";
import type { IbMarket } from "./ib-market.ts";
import { Tape } from "./tape.ts";

/** A market as the gateway holds it: with every default filled in. */
export class OpenMarket {
  readonly contract: IbContract;
  readonly truth: Truth;
  readonly tape: Tape;
  readonly minTick: number;
  readonly timeZoneId: string;
  readonly #market: IbMarket;
  readonly #regularHours: TradingCalendar;
  readonly #allHours: TradingCalendar;
  readonly #grids = new Map<string, BarGrid>();

  constructor(market: IbMarket, seed: number) {
    const { contract, truth } = market;
    if (!Number.isSafeInteger(contract.conId) || contract.conId < 1) {
      fail("invalid-option", `the conId of ${contract.symbol} is ${contract.conId}`, {
        cure: "give each market a positive whole number of its own",
      });
    }
    const { priceIncrement } = truth.series.instrument;
    this.contract = contract;
    this.truth = truth;
    this.minTick = market.minTick ?? (priceIncrement > 0 ? priceIncrement : 0.01);
    if (!(this.minTick > 0)) {
      fail("invalid-option", `the minTick of ${contract.symbol} is ${this.minTick}`, {
        cure: "give the smallest price step, a positive number",
      });
    }
    this.tape = new Tape(truth, this.minTick, seed);
    this.#market = market;
    this.#regularHours = market.regularHours ?? truth.grid.calendar;
    this.#allHours = market.allHours ?? this.#regularHours;
    this.timeZoneId = market.timeZoneId ?? this.#regularHours.zone.name;
  }

  hours(useRegularHours: boolean): TradingCalendar {
    return useRegularHours ? this.#regularHours : this.#allHours;
  }

  /** Where the gateway's bars lie: on multiples of their size, by the exchange's wall clock. */
  grid(size: BarSize, useRegularHours: boolean): BarGrid {
    const key = `${size.label} ${useRegularHours}`;
    const grid = this.#grids.get(key) ?? new BarGrid(this.hours(useRegularHours), size, "clock");
    this.#grids.set(key, grid);
    return grid;
  }

  /** @param exchange where the asker wants it routed; empty for the contract's own. */
  details(exchange: string, now: UnixMs): IbContractDetails {
    const { contract } = this;
    const { longName, marketName, priceMagnifier, validExchanges } = this.#market;
    return {
      contract: { ...contract, exchange: exchange === "" ? contract.exchange : exchange },
      longName: longName ?? contract.symbol,
      marketName: marketName ?? contract.tradingClass,
      minTick: this.minTick,
      priceMagnifier: priceMagnifier ?? 1,
      timeZoneId: this.timeZoneId,
      tradingHours: hoursText(this.#allHours, now),
      liquidHours: hoursText(this.#regularHours, now),
      validExchanges: validExchanges ?? this.#ownExchanges(),
    };
  }

  /** Whether the contract can be routed to an exchange; every one can be to `SMART`. */
  isOn(exchange: string): boolean {
    const { contract } = this;
    if (exchange === "" || exchange === "SMART") return true;
    const valid = this.#market.validExchanges?.split(",") ?? [];
    return [contract.exchange, contract.primaryExchange, ...valid].includes(exchange);
  }

  #ownExchanges(): string {
    const { exchange, primaryExchange } = this.contract;
    const all = ["SMART", exchange, primaryExchange].filter((each) => each !== "");
    return [...new Set(all)].join(",");
  }
}
