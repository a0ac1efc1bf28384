import type { IbConnection } from "../../../adapters/ib/port/ib-client.ts";
import { type IbContract, ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import type { IbBar, IbEvent } from "../../../adapters/ib/port/ib-event.ts";
import type {
  HistoryRequest,
  IbRequest,
  RealTimeBarsRequest,
} from "../../../adapters/ib/port/ib-request.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { instant, type UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { IbGateway, type IbGatewayOptions, type IbMarket } from "../../../sim/ib/index.ts";
import type { Truth } from "../../../sim/index.ts";
import { market } from "../../support/market.ts";

/** Half past nine of a Tuesday in Shanghai. */
export const OPEN = instant("2024-03-05T01:30:00Z");

/** What is asked about unless said otherwise. */
export const FUTURE: IbContract = ibContract({
  conId: 7,
  symbol: "IF",
  secType: "FUT",
  lastTradeDate: "20240315",
  multiplier: "300",
  exchange: "CFFEX",
  currency: "CNY",
  localSymbol: "IF2403",
  tradingClass: "IF",
});

/** An index future in Shanghai: 16 bars of 15 minutes a day, with a break at noon. */
export function futureTruth(size = "15m", emptyShare = 0, bars = 200): Truth {
  const calendar = calendarByName("CFFEX");
  return market({ calendar, size, from: "2024-02-26T00:00:00Z", bars, emptyShare });
}

export interface Heard {
  readonly at: UnixMs;
  readonly event: IbEvent;
}

/** One connection and all that was heard of it. */
export class Ear {
  readonly heard: Heard[] = [];
  readonly connection: IbConnection;
  readonly #time: VirtualTime;

  constructor(gateway: IbGateway, time: VirtualTime, clientId: number) {
    this.#time = time;
    this.connection = gateway.client().connect(clientId, (event) => {
      this.heard.push({ at: time.now(), event });
    });
  }

  ask(...requests: readonly IbRequest[]): void {
    for (const request of requests) this.connection.send(request);
  }

  /** Everything of one kind, in order. */
  all<Kind extends IbEvent["kind"]>(kind: Kind): Extract<IbEvent, { readonly kind: Kind }>[] {
    return this.heard.flatMap(({ event }) =>
      event.kind === kind ? [event as Extract<IbEvent, { readonly kind: Kind }>] : [],
    );
  }

  /** Codes of all notices about one request, in order; about none by default. */
  codes(requestId = -1): number[] {
    return this.all("notice")
      .filter((notice) => notice.requestId === requestId)
      .map(({ code }) => code);
  }

  /** The bars of the one answer to a request for history. */
  bars(requestId = 1): readonly IbBar[] {
    return this.all("history").find((answer) => answer.requestId === requestId)?.bars ?? [];
  }

  /** Lets time pass, then forgets what was heard up to then. */
  forget(ms: number): void {
    this.#time.advanceTo(this.#time.now() + ms);
    this.heard.length = 0;
  }
}

/** A gateway, its clock, and a first connection that was greeted. */
export class GatewayWorld {
  readonly time: VirtualTime;
  readonly gateway: IbGateway;
  readonly truth: Truth;
  readonly ear: Ear;

  constructor(
    options: IbGatewayOptions = {},
    at: UnixMs = OPEN,
    truth: Truth = futureTruth(),
    more: Partial<IbMarket> = {},
  ) {
    this.time = new VirtualTime(at - 1_000);
    this.truth = truth;
    this.gateway = new IbGateway(this.time, [{ contract: FUTURE, truth, ...more }], options);
    this.ear = this.connect(1);
    this.ear.forget(1_000);
  }

  connect(clientId: number): Ear {
    return new Ear(this.gateway, this.time, clientId);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.time.advanceTo(this.time.now() + ms);
  }

  /** Asks for history and waits for the answer. */
  history(asked: Partial<HistoryRequest> = {}, waitMs = 1_000): readonly IbBar[] {
    this.ear.ask(history(asked));
    this.pass(waitMs);
    return this.ear.bars(asked.requestId);
  }
}

/** A request for a day of 15-minute bars up to now, times in epoch seconds. */
export function history(asked: Partial<HistoryRequest> = {}): HistoryRequest {
  return {
    kind: "history",
    requestId: 1,
    contract: FUTURE,
    end: "",
    duration: "1 D",
    barSize: "15 mins",
    whatToShow: "TRADES",
    useRegularHours: true,
    formatDate: 2,
    keepUpToDate: false,
    ...asked,
  };
}

/** A request for 5-second bars of trades. */
export function realTimeBars(asked: Partial<RealTimeBarsRequest> = {}): RealTimeBarsRequest {
  return {
    kind: "real-time-bars",
    requestId: 2,
    contract: FUTURE,
    whatToShow: "TRADES",
    useRegularHours: true,
    ...asked,
  };
}

/** What a bar says apart from its time and what the gateway adds. */
export function prices({ open, high, low, close, volume }: Omit<IbBar, "time">) {
  return { open, high, low, close, volume };
}
