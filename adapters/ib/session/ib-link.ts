import type { FeedFault } from "../../../core/feed/bar-source.ts";
import type { TimerClock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type {
  ContractDetailsRequest,
  HeadTimestampRequest,
  HistoryRequest,
  RealTimeBarsRequest,
  ScheduleRequest,
} from "../port/ib-request.ts";

type WithoutId<T> = T extends { readonly requestId: number } ? Omit<T, "requestId"> : never;

/** A request before the link gives it an id of its own, never used before. */
export type IbQuestion = WithoutId<
  | ContractDetailsRequest
  | HistoryRequest
  | ScheduleRequest
  | RealTimeBarsRequest
  | HeadTimestampRequest
>;

/** What went wrong with a question, with the gateway's code where there is one. */
export interface IbFault extends FeedFault {
  readonly ibCode?: number;
}

/** Hears the answer to one question. After `failed` it hears nothing more. */
export interface IbAnswer {
  /** What carries the question's id, in order; notices that mean failure come to `failed`. */
  event(event: IbEvent): void;
  /** It was refused, broken off, or died: a stream's end is told here as well. */
  failed(fault: IbFault): void;
}

/** A question under way, or an open stream. */
export interface IbAsked {
  /**
   * Whether it went out to the gateway; false while it waits for the link or for its turn, so that
   * a deadline for the answer does not run yet. Absent where the link does not tell.
   */
  readonly isSent?: boolean;
  /** Takes it back, at the gateway as well; nothing more is heard of it. Safe to call twice. */
  cancel(): void;
}

/** What is heard of the link itself. Questions hear of their own failures before. */
export type LinkEvent =
  /** Connected, and requests are welcome. Whatever was open on an earlier connection is gone. */
  | { readonly kind: "up" }
  /** The connection is gone; every open question has failed. It is being made anew. */
  | { readonly kind: "down"; readonly reason: string }
  /** The gateway lost Interactive Brokers (1100, 2110); the connection to it stays. */
  | { readonly kind: "suspended"; readonly reason: string }
  /** It has it back: 1101 (`isDataLost`: streams are gone) or 1102 (they are said to go on). */
  | { readonly kind: "resumed"; readonly isDataLost: boolean }
  /** A data farm broke (2103, 2105, 2157): its streams may be dead though nothing says so. */
  | { readonly kind: "farm-down"; readonly farm: string; readonly reason: string }
  | { readonly kind: "farm-up"; readonly farm: string }
  /** Something a person should know and nothing acts on (10197, 1300). */
  | { readonly kind: "warning"; readonly code: number; readonly message: string }
  /** It cannot go on: wrong version, or closed by us. The last event. */
  | { readonly kind: "stopped"; readonly fault: IbFault };

/** `connecting` covers every attempt until requests are welcome, the first and all later ones. */
export type LinkState = "connecting" | "up" | "suspended" | "stopped";

/**
 * The one link to a gateway that all series share: it keeps itself connected, gives questions their
 * ids, and paces them.
 */
export interface IbLink {
  readonly state: LinkState;
  /** Why it is not up; empty when it is. */
  readonly reason: string;
  /** The market's time: our clock, corrected by what the gateway's clock shows. */
  readonly clock: TimerClock;
  /** Data farms that are known to be broken, as LinkEvents named them. */
  readonly brokenFarms: ReadonlySet<string>;
  /** Hears of the link from now on; the given function takes the listener off again. */
  watch(listener: (event: LinkEvent) => void): () => void;
  /**
   * Asks. While the link is not up the question waits for it; how long is up to the asker. Nothing
   * is heard before this returns.
   */
  ask(question: IbQuestion, answer: IbAnswer): IbAsked;
  /**
   * Asks the gateway for its time, in whole seconds: `heard` is called with it when everything has
   * been heard that the gateway said before. With nothing, and soon, where the gateway does not
   * tell its time; never, where the connection is lost first.
   */
  sync(heard: (toldAt: UnixMs | undefined) => void): void;
}
