import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import { fail } from "../../core/time/failure.ts";
import { Conditions } from "./conditions.ts";
import type { GatewayConnection } from "./connection.ts";
import {
  type IbGatewayOptions,
  type IbGatewaySettings,
  type IbTalk,
  ibGatewaySettings,
} from "./ib-gateway-options.ts";
import type { IbMarket } from "./ib-market.ts";
import { SharedLimits } from "./limits.ts";
import { OpenMarket } from "./open-market.ts";
import { skewedClock } from "./skewed-clock.ts";

/** What all connections of a gateway share. */
export class GatewayState {
  /** The gateway's own clock. */
  readonly clock: TimerClock;
  readonly settings: IbGatewaySettings;
  readonly markets: readonly OpenMarket[];
  readonly limits: SharedLimits;
  readonly conditions: Conditions;
  /** Those that have greeted each other and are not over. */
  readonly connections = new Set<GatewayConnection>();
  readonly requests = new Map<IbRequest["kind"], number>();
  readonly talk: (talk: IbTalk) => void;
  #connected = 0;

  constructor(clock: TimerClock, markets: readonly IbMarket[], options: IbGatewayOptions) {
    this.settings = ibGatewaySettings(options);
    this.clock = skewedClock(clock, options.clockSkewMs ?? 0);
    this.markets = markets.map((market) => new OpenMarket(market, this.settings.seed));
    this.limits = new SharedLimits(this.settings.limits);
    this.conditions = new Conditions(this.settings.serverVersion);
    this.talk = options.onTalk ?? (() => {});
    const ids = markets.map(({ contract }) => contract.conId);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) {
      fail("invalid-option", `two markets have the conId ${twice}`, {
        cure: "give each market a number of its own",
      });
    }
  }

  /** Numbers the connections from 1. */
  nextConnection(): number {
    this.#connected += 1;
    return this.#connected;
  }

  /** Streams open over all connections. */
  get openStreams(): number {
    let open = 0;
    for (const connection of this.connections) open += connection.openStreams;
    return open;
  }

  /** Requests for history open over all connections. */
  get openHistory(): number {
    let open = 0;
    for (const connection of this.connections) open += connection.openHistory;
    return open;
  }
}
