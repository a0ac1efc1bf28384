/** What a request for history is answered with while a fault is on it. */
export type HistoryFault =
  /** `HMDS query returned no data`. */
  | { readonly kind: "empty" }
  /** Only the newer half of the bars, and no word of it. */
  | { readonly kind: "partial" }
  /** No answer at all. */
  | { readonly kind: "never" }
  /** An error that asking again can mend. */
  | { readonly kind: "fail" }
  /** The answer, this much later. */
  | { readonly kind: "slow"; readonly byMs: number }
  /** `pacing violation`. */
  | { readonly kind: "pacing" };

/** What a gateway can refuse for good. */
export type DeniedRequest = "history" | "live" | "contract";

/** What can go wrong with a gateway. A `forMs` can be infinite; `count` is 1 or more. */
export type IbGatewayFault =
  /** The process is gone: connections are closed, new ones are refused. */
  | { readonly kind: "down"; readonly forMs: number }
  /**
   * It loses Interactive Brokers: 1100 at once, and no stream says anything. After `forMs` the code
   * 1101, and all streams are dropped; or 1102, and they go on without what they missed; or 1102
   * though they are in truth dead.
   */
  | {
      readonly kind: "link";
      readonly forMs: number;
      readonly ending: "1101" | "1102" | "1102-dead";
    }
  /**
   * The data farms break: 2103 and 2105, and no stream says anything; after `forMs` 2104 and 2106.
   * The streams then go on, or with `kills` died with 10182 and stay so until asked for anew.
   */
  | { readonly kind: "farm"; readonly forMs: number; readonly kills: boolean }
  /**
   * Connections as they are now carry nothing either way, and nobody is told; new ones work. After
   * `forMs` they are reset.
   */
  | { readonly kind: "half-open"; readonly forMs: number }
  /** Streams as they are now never say anything again; all else is healthy. */
  | { readonly kind: "silent-streams" }
  /** Whoever connects hears that the client id is in use (326), and is closed. */
  | { readonly kind: "client-id"; readonly forMs: number }
  /** The next `count` requests for history; with `forMs` those within so long. */
  | {
      readonly kind: "history";
      readonly what: HistoryFault;
      readonly count: number;
      readonly forMs?: number;
    }
  /**
   * The `back`-th last bar of the truth that is over is corrected, in every market: its close
   * moves by one tick. History tells the new form from now on, the live streams never do.
   */
  | { readonly kind: "revise"; readonly back: number }
  /** Another session takes the market data (10197): no stream says anything for `forMs`. */
  | { readonly kind: "competing"; readonly forMs: number }
  /** A bust event (10225) ends every stream. */
  | { readonly kind: "bust" }
  /** From now on requests of these kinds are refused with a code. */
  | { readonly kind: "deny"; readonly code: number; readonly of: readonly DeniedRequest[] }
  /** What the gateway calls itself to new connections. */
  | { readonly kind: "version"; readonly serverVersion: number }
  /** The port is changed (1300): connections are closed. */
  | { readonly kind: "port" };
