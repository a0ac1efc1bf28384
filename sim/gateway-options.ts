import type { UnixMs } from "../core/time/instant.ts";
import type { TimeRange } from "../core/time/range.ts";

/** What becomes of a request for history. */
export type HistoryFault =
  /** Fails with a fault that asking again can mend. */
  | "failed"
  /** Fails for good: no permission. */
  | "denied"
  /** Never answers. */
  | "silent"
  /** Breaks off after its first page. */
  | "partial"
  /** Claims that there is nothing, without covering anything. */
  | "empty"
  /** Refused for asking too often. */
  | "pacing";

/** How a simulated gateway behaves. Everything has a default: a quick and honest one. */
export interface GatewayOptions {
  /** Draws delays, duplicates and paths; a 32-bit integer; default 1. */
  readonly seed?: number;
  /** Milliseconds from a request for history to its first page, and between pages; default 40. */
  readonly historyDelayMs?: number;
  /** Bars a page of history holds at most, 1 or more; default 1,000. Newest page first. */
  readonly pageBars?: number;
  /** Milliseconds after its close at which a bar appears in history; default 0. */
  readonly historyLagMs?: number;
  /** History knows nothing of bars that open before this instant. Default: it knows everything. */
  readonly historyFrom?: UnixMs;
  /** Faults of the first requests for history, in order; later ones are answered. */
  readonly historyFaults?: readonly HistoryFault[];
  /** Whether the last page also shows the bar in progress, called final; default false. */
  readonly historyShowsForming?: boolean;
  /** Milliseconds a live message is under way; default 20. */
  readonly liveDelayMs?: number;
  /** Up to this many milliseconds more, drawn for each message; default 0. */
  readonly jitterMs?: number;
  /** Whether jitter may change the order of messages; default false, as on one TCP connection. */
  readonly reorders?: boolean;
  /** Restatements of a bar while it forms, 0 or more; default 4. */
  readonly updatesPerBar?: number;
  /**
   * Whether it says when a bar is final; if not, a last restatement comes 1 s after; default true.
   */
  readonly sendsFinals?: boolean;
  /** Probability that a live message or a page of history comes twice; default 0. */
  readonly duplicateShare?: number;
  /** Probability that the final of a bar comes late, by up to `lateMs`; default 0. */
  readonly lateShare?: number;
  /** Default 0. */
  readonly lateMs?: number;
  /** Probability that a live final is not sent at all; default 0. */
  readonly lossShare?: number;
  /** Spans during which the connection is down; ascending and disjoint. */
  readonly outages?: readonly TimeRange[];
  /** Whether it stays silent about outages, as a half-open connection does; default false. */
  readonly hidesOutages?: boolean;
  /** Whether revisions of the truth are sent on the live stream; default true. */
  readonly sendsRevisions?: boolean;
}

/** What a gateway needs to be told of, with defaults filled in. */
export type GatewaySettings = Required<GatewayOptions>;

export function gatewaySettings(given: GatewayOptions): GatewaySettings {
  return {
    seed: 1,
    historyDelayMs: 40,
    pageBars: 1_000,
    historyLagMs: 0,
    historyFrom: Number.NEGATIVE_INFINITY,
    historyFaults: [],
    historyShowsForming: false,
    liveDelayMs: 20,
    jitterMs: 0,
    reorders: false,
    updatesPerBar: 4,
    sendsFinals: true,
    duplicateShare: 0,
    lateShare: 0,
    lateMs: 0,
    lossShare: 0,
    outages: [],
    hidesOutages: false,
    sendsRevisions: true,
    ...given,
  };
}
