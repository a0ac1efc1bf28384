import type { IbContract } from "./ib-contract.ts";

/** What bars are made of, in the gateway's words. */
export type WhatToShow = "TRADES" | "MIDPOINT" | "BID" | "ASK" | "ADJUSTED_LAST" | "BID_ASK";

/** 1: times as text with a zone; 2: epoch seconds. Daily bars are `yyyymmdd` either way. */
export type FormatDate = 1 | 2;

/** Everything about a contract; answered by `contract` events and `contract-end`. */
export interface ContractDetailsRequest {
  readonly kind: "contract-details";
  readonly requestId: number;
  readonly contract: IbContract;
}

/** Bars of the past; answered by one `history` event, and `update`s when kept up to date. */
export interface HistoryRequest {
  readonly kind: "history";
  readonly requestId: number;
  readonly contract: IbContract;
  /** Exclusive: `20240305-02:15:00` in UTC, or empty for the present, which is far faster. */
  readonly end: string;
  /** `1800 S`, `2 D`, `1 W`, `1 M`, `1 Y`: see `durations.ts`. */
  readonly duration: string;
  /** `15 mins`: see `bar-sizes.ts`. */
  readonly barSize: string;
  readonly whatToShow: WhatToShow;
  /** 1: the regular session only. */
  readonly useRegularHours: boolean;
  readonly formatDate: FormatDate;
  /** Goes on with `update` events, about every 5 seconds; needs an empty `end`. */
  readonly keepUpToDate: boolean;
}

/** The exchange's sessions; answered by one `schedule` event. */
export interface ScheduleRequest {
  readonly kind: "schedule";
  readonly requestId: number;
  readonly contract: IbContract;
  /** As in `HistoryRequest`. */
  readonly end: string;
  /** In days or larger units. */
  readonly duration: string;
  readonly useRegularHours: boolean;
}

/** 5-second bars as they close; answered by `real-time-bar` events. */
export interface RealTimeBarsRequest {
  readonly kind: "real-time-bars";
  readonly requestId: number;
  readonly contract: IbContract;
  readonly whatToShow: WhatToShow;
  readonly useRegularHours: boolean;
}

/** When history begins; answered by one `head-timestamp` event, then to be cancelled. */
export interface HeadTimestampRequest {
  readonly kind: "head-timestamp";
  readonly requestId: number;
  readonly contract: IbContract;
  readonly whatToShow: WhatToShow;
  readonly useRegularHours: boolean;
  readonly formatDate: FormatDate;
}

/** Ends a request; a schedule and history share one kind of cancel. */
export interface CancelRequest {
  readonly kind: "cancel";
  readonly of: "history" | "real-time-bars" | "head-timestamp";
  readonly requestId: number;
}

/** What has no id: at most one of each is open, and its answer is known by its kind. */
export interface PlainRequest {
  /**
   * `current-time` is answered by `current-time`, `accounts` by `accounts`, `positions` by
   * `position`s and `positions-end`.
   */
  readonly kind: "current-time" | "accounts" | "positions";
}

/** Everything that is asked of a gateway. */
export type IbRequest =
  | ContractDetailsRequest
  | HistoryRequest
  | ScheduleRequest
  | RealTimeBarsRequest
  | HeadTimestampRequest
  | CancelRequest
  | PlainRequest;
