import { type IbFeed, openIbFeed } from "../../adapters/ib/ib-feed.ts";
import type { IbFeedSettings } from "../../adapters/ib/ib-feed-settings.ts";
import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import { type IbContract, ibContract } from "../../adapters/ib/port/ib-contract.ts";
import type { LinkEvent } from "../../adapters/ib/session/ib-link.ts";
import { IbSession } from "../../adapters/ib/session/ib-session.ts";
import type { GivenSessionOptions } from "../../adapters/ib/session/session-options.ts";
import { type Run, run } from "../../core/engine/run.ts";
import type { FeedFault } from "../../core/feed/bar-source.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import { HOUR_MS, type UnixMs } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import {
  IbGateway,
  type IbGatewayFault,
  type IbGatewayOptions,
  type IbMarket,
} from "../../sim/ib/index.ts";
import { Random, SimBroker, type Truth } from "../../sim/index.ts";
import { RunLog } from "./run-log.ts";

/** Something that goes wrong, so long after the start. */
export type LaterFault = readonly [afterMs: number, fault: IbGatewayFault];

/** What may differ from a quick and honest gateway and a live run by default. */
export interface IbWorldOptions {
  readonly gateway?: IbGatewayOptions;
  readonly session?: Partial<GivenSessionOptions>;
  readonly feed?: Partial<IbFeedSettings>;
  readonly faults?: readonly LaterFault[];
  /** What the gateway lists; default the truth alone, as `TEST`. */
  readonly listings?: readonly IbMarket[];
  /** This computer's clock; default one that goes right, but for the skew of the gateway. */
  readonly clock?: (time: VirtualTime) => TimerClock;
  /** What stands between the session and the gateway; default nothing. */
  readonly client?: (gateway: IbGateway) => IbClient;
}

/** A market as Interactive Brokers would list it: a stock that SMART routes. */
export function listed(truth: Truth, contract: Partial<IbContract> = {}): IbMarket {
  const { symbol = "TEST" } = contract;
  return {
    contract: ibContract({
      conId: 1,
      symbol,
      secType: "STK",
      exchange: "SMART",
      primaryExchange: "SIM",
      currency: "USD",
      localSymbol: symbol,
      ...contract,
    }),
    truth,
    minTick: 0.01,
  };
}

/** One series of a world, from the search for its contract on. */
export class IbLiveRun {
  readonly log: RunLog;
  feed: IbFeed | undefined;
  run: Run | undefined;
  /** Why there is no feed, and what to do. */
  fault: FeedFault | undefined;
  cure = "";

  constructor(clock: TimerClock) {
    this.log = new RunLog(clock);
  }

  close(): void {
    this.run?.stop();
    this.feed?.close();
  }
}

/**
 * Live runs as on Interactive Brokers, with gateway, session, feed and engine, under virtual time.
 * All instants are the market's, which is the gateway's, however wrong this computer's clock is.
 */
export class IbWorld {
  readonly truth: Truth;
  readonly time: VirtualTime;
  readonly gateway: IbGateway;
  readonly session: IbSession;
  /** What was heard of the link, in order. */
  readonly link: LinkEvent[] = [];
  readonly start: UnixMs;
  readonly runs: IbLiveRun[] = [];
  readonly #feed: Partial<IbFeedSettings>;
  readonly #skewMs: number;

  constructor(truth: Truth, start: UnixMs, options: IbWorldOptions = {}) {
    this.truth = truth;
    this.start = start;
    this.#feed = options.feed ?? {};
    this.#skewMs = options.gateway?.clockSkewMs ?? 0;
    this.time = new VirtualTime(start - this.#skewMs);
    const listings = options.listings ?? [listed(truth)];
    this.gateway = new IbGateway(this.time, listings, options.gateway);
    for (const [afterMs, fault] of options.faults ?? []) {
      this.gateway.inflict(fault, start + afterMs);
    }
    const random = new Random(1, "session");
    const client = options.client?.(this.gateway) ?? this.gateway.client();
    const clock = options.clock?.(this.time) ?? this.time;
    this.session = new IbSession(client, clock, {
      random: () => random.unit(),
      ...options.session,
    });
    this.session.watch((event) => this.link.push(event));
  }

  /** Connects where it is not connected yet, opens a feed, and starts a strategy on it. */
  live(strategy: Strategy, symbol = "TEST"): this {
    if (this.runs.length === 0) this.session.start();
    const live = new IbLiveRun(this.session.clock);
    this.runs.push(live);
    const { size, priceType, scope } = this.truth.series;
    const request = { contract: { symbol }, size, priceType, scope };
    openIbFeed(this.session, request, this.#feed, (result) => {
      if (result.kind === "failed") {
        live.fault = result.fault;
        live.cure = result.cure;
        return;
      }
      const { feed } = result;
      live.feed = feed;
      live.run = run({
        strategy,
        series: feed.series,
        source: feed.source,
        broker: new SimBroker(),
        clock: feed.clock,
        grid: feed.grid,
        observer: live.log,
      });
    });
    return this;
  }

  /** Lets all happen up to an instant; default: until all of the market was told. */
  playTo(at: UnixMs = this.endsAt): this {
    this.time.advanceTo(at - this.#skewMs);
    return this;
  }

  /** When everything that the market does is over, and told. */
  get endsAt(): UnixMs {
    return this.truth.bars.closeTime[this.truth.bars.length - 1]! + HOUR_MS;
  }

  get log(): RunLog {
    return this.#first.log;
  }

  get feed(): IbFeed | undefined {
    return this.#first.feed;
  }

  get run(): Run | undefined {
    return this.#first.run;
  }

  get fault(): FeedFault | undefined {
    return this.#first.fault;
  }

  get cure(): string {
    return this.#first.cure;
  }

  /** Ends runs, session and gateway; whatever is scheduled then leaked. */
  close(): void {
    for (const live of this.runs) live.close();
    this.session.close();
    this.gateway.close();
  }

  get #first(): IbLiveRun {
    return this.runs[0]!;
  }
}
