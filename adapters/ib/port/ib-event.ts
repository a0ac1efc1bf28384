import type { UnixMs } from "../../../core/time/instant.ts";
import type { IbContract, IbContractDetails } from "./ib-contract.ts";

/** A bar as a gateway tells it: `time` is its start, as text in the form that was asked for. */
export interface IbBar {
  /** Epoch seconds, `yyyymmdd`, or text with or without a zone: read it with `parseIbTime`. */
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** -1 where there is none (midpoint, or nothing traded). */
  readonly volume: number;
  /** Volume-weighted price; -1 where there is none. */
  readonly average: number;
  /** Trades; -1 where it is not told. */
  readonly count: number;
}

/** A session of a schedule, on the wall clock of its zone: `20240305-09:30:00`. */
export interface IbSession {
  readonly start: string;
  readonly end: string;
  /** The trading day, `20240305`. */
  readonly day: string;
}

/** The id of a notice that is about no request. */
export const NO_REQUEST = -1;

/** Everything that is heard of one connection. */
export type IbEvent =
  /** The versions were agreed on; nothing may be asked yet. */
  | { readonly kind: "connected"; readonly serverVersion: number; readonly serverTime: string }
  /** Requests are welcome. `nextId` is the lowest free id of an order. */
  | { readonly kind: "ready"; readonly nextId: number }
  | { readonly kind: "accounts"; readonly accounts: readonly string[] }
  /** The gateway's clock, in whole seconds. */
  | { readonly kind: "current-time"; readonly at: UnixMs }
  | {
      readonly kind: "contract";
      readonly requestId: number;
      readonly details: IbContractDetails;
    }
  | { readonly kind: "contract-end"; readonly requestId: number }
  /** The whole answer to a request for history, oldest bar first; may hold none. */
  | { readonly kind: "history"; readonly requestId: number; readonly bars: readonly IbBar[] }
  /** Restates the bar in progress, or the one just over, of a request that is kept up to date. */
  | { readonly kind: "update"; readonly requestId: number; readonly bar: IbBar }
  /** 5 seconds that are over. */
  | { readonly kind: "real-time-bar"; readonly requestId: number; readonly bar: IbBar }
  | {
      readonly kind: "schedule";
      readonly requestId: number;
      readonly timeZone: string;
      readonly sessions: readonly IbSession[];
    }
  | { readonly kind: "head-timestamp"; readonly requestId: number; readonly time: string }
  | {
      readonly kind: "position";
      readonly account: string;
      readonly contract: IbContract;
      readonly quantity: number;
      readonly averageCost: number;
    }
  | { readonly kind: "positions-end" }
  /** An error, a warning or a word about the connection; `requestId` is `NO_REQUEST` if of none. */
  | {
      readonly kind: "notice";
      readonly requestId: number;
      readonly code: number;
      readonly message: string;
    }
  /** The connection is gone, for whatever reason, or never came to be. The last event. */
  | { readonly kind: "closed"; readonly reason: string };
