import type { IbContract } from "../../adapters/ib/port/ib-contract.ts";
import type { IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import { requireAtLeast } from "../../core/time/requirement.ts";
import { pinnedZone, type Zone } from "../../core/time/zone.ts";
import type { IbGatewayFault } from "./gateway-fault.ts";

/** A holding that the gateway reports. */
export interface IbPosition {
  readonly account: string;
  readonly contract: IbContract;
  readonly quantity: number;
  readonly averageCost: number;
}

/** What the gateway lets a client do. Beyond it come the answers a real one gives. */
export interface IbGatewayLimits {
  /**
   * Messages of one connection within any second; a second with more is a strike (100), and what is
   * too much is not answered. Default 50.
   */
  readonly messagesPerSecond: number;
  /** The strike that ends the connection; default 3. */
  readonly messageStrikes: number;
  /** Requests for history, schedules and head timestamps open at once; default 50. */
  readonly openHistory: number;
  /** Requests for bars of 30 s or less within any 10 minutes; default 60. */
  readonly smallBars: number;
  /** The same for one contract, exchange and price type within any 2 seconds; default 5. */
  readonly smallBarsOfOne: number;
  /** Milliseconds before the very same request for small bars may come again; default 15,000. */
  readonly identicalMs: number;
  /** New real-time-bar streams within any 10 minutes; default 60. */
  readonly realTimeBars: number;
  /** Streams open at once, over all connections; default 100. */
  readonly marketDataLines: number;
}

/** The daily end of the process, from which it comes back by itself. */
export interface NightlyRestart {
  /** Milliseconds after midnight on the zone's wall clock, 0 or more, less than 24 h. */
  readonly atMs: number;
  readonly zone: Zone;
  /** How long it is gone, in milliseconds, 1 or more. */
  readonly forMs: number;
}

/** What happens at a gateway, for a log. `connection` counts them from 1. */
export type IbTalk =
  | { readonly kind: "opened"; readonly connection: number; readonly clientId: number }
  | { readonly kind: "asked"; readonly connection: number; readonly request: IbRequest }
  | { readonly kind: "told"; readonly connection: number; readonly event: IbEvent }
  /** Either side ended it; the client still has to hear of it where the gateway did. */
  | { readonly kind: "closed"; readonly connection: number; readonly reason: string }
  | { readonly kind: "fault"; readonly fault: IbGatewayFault }
  /** The process went away, and came back. */
  | { readonly kind: "down" }
  | { readonly kind: "up" };

/** How a simulated gateway behaves. Everything has a default: a quick and honest one. */
export interface IbGatewayOptions {
  /** Draws the paths of prices inside bars; a 32-bit integer; default 1. */
  readonly seed?: number;
  /** Milliseconds a message is under way, either way, 0 or more; default 5. */
  readonly latencyMs?: number;
  /** Milliseconds from a request for history to its answer, 0 or more; default 40. */
  readonly historyDelayMs?: number;
  /** Milliseconds more for every bar of the answer, 0 or more; default 0.01. */
  readonly historyDelayMsPerBar?: number;
  /** Milliseconds after its close at which a bar appears in history, 0 or more; default 500. */
  readonly historyLagMs?: number;
  /**
   * What history shows of a bar that closed less than `historyLagMs` ago: the bar without the last
   * moments, as real history does at times, or nothing of it. Default false: nothing.
   */
  readonly historyShowsUnsettled?: boolean;
  /** Bars an answer holds at most, 1 or more: the oldest are left out. Default 50,000. */
  readonly maxBars?: number;
  /** Whether the stricter, older table of durations holds; default false: the current one. */
  readonly strictDurations?: boolean;
  /** Default 178. */
  readonly serverVersion?: number;
  /** Default one, `DU1234567`. */
  readonly accounts?: readonly string[];
  /** Default none. */
  readonly positions?: readonly IbPosition[];
  /**
   * Whose wall clock times of form 1 are on: the exchange's or a zone; UTC is written with a hyphen
   * and without a name. Default `exchange`.
   */
  readonly timeZone?: "exchange" | Zone;
  /** Finds a zone that a request names; default: the zones that the core carries. */
  readonly zoneOf?: (name: string) => Zone | undefined;
  /** The gateway's clock minus the client's, in milliseconds; the market keeps to the gateway's. */
  readonly clockSkewMs?: number;
  readonly limits?: Partial<IbGatewayLimits>;
  /** Default: it never restarts. */
  readonly nightlyRestart?: NightlyRestart;
  /** Hears everything that happens. */
  readonly onTalk?: (talk: IbTalk) => void;
}

/** The options with every default filled in. */
export type IbGatewaySettings = Required<
  Omit<IbGatewayOptions, "limits" | "nightlyRestart" | "onTalk" | "clockSkewMs">
> & {
  readonly limits: IbGatewayLimits;
};

const LIMITS: IbGatewayLimits = {
  messagesPerSecond: 50,
  messageStrikes: 3,
  openHistory: 50,
  smallBars: 60,
  smallBarsOfOne: 5,
  identicalMs: 15_000,
  realTimeBars: 60,
  marketDataLines: 100,
};

/** Fills in what was not given; throws `invalid-option` for a number that cannot be. */
export function ibGatewaySettings(given: IbGatewayOptions): IbGatewaySettings {
  const settings: IbGatewaySettings = {
    seed: 1,
    latencyMs: 5,
    historyDelayMs: 40,
    historyDelayMsPerBar: 0.01,
    historyLagMs: 500,
    historyShowsUnsettled: false,
    maxBars: 50_000,
    strictDurations: false,
    serverVersion: 178,
    accounts: ["DU1234567"],
    positions: [],
    timeZone: "exchange",
    zoneOf: carriedZone,
    ...given,
    limits: { ...LIMITS, ...given.limits },
  };
  requireAtLeast("latencyMs", settings.latencyMs, 0);
  requireAtLeast("historyDelayMs", settings.historyDelayMs, 0);
  requireAtLeast("historyLagMs", settings.historyLagMs, 0);
  requireAtLeast("maxBars", settings.maxBars, 1);
  return settings;
}

function carriedZone(name: string): Zone | undefined {
  const names: Readonly<Record<string, string>> = {
    "US/Eastern": "America/New_York",
    EST5EDT: "America/New_York",
    "US/Central": "America/Chicago",
  };
  try {
    return pinnedZone(names[name] ?? name);
  } catch {
    return undefined;
  }
}
