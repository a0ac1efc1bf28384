/** Whom a notice concerns. */
export type NoticeSubject = "request" | "stream" | "farm" | "link" | "client";

/** A request or stream fails. */
export interface FailAction {
  readonly do: "fail";
  /** The code of the fault, stable and in kebab-case. */
  readonly fault: string;
  readonly retry: "soon" | "later" | "never";
  /** Only the first such answer to a question may be asked again; a second means `never`. */
  readonly isRetriedOnce?: true;
  /** The gateway may still hold it open: it is cancelled there as well. */
  readonly isStillOpen?: true;
  /** The gateway took its id for another's: the next ones stay far away from it. */
  readonly isIdTaken?: true;
  /** All requests of its kind have to rest. */
  readonly isPacing?: true;
}

/** What a code means is in the text of the notice; where that says nothing, this is done. */
interface ReadTextAction {
  readonly do: "read-text";
  readonly otherwise: FailAction;
}

/** What a session does about a notice. */
export type NoticeAction =
  | FailAction
  | ReadTextAction
  /** Nothing, and nobody need know. */
  | { readonly do: "ignore" }
  /** Nothing, but a person should know. */
  | { readonly do: "warn" }
  /** There are no bars in the range: an answer to a page of history, a failure of all else. */
  | { readonly do: "answer-empty" }
  /** Fewer messages for a while. */
  | { readonly do: "slow-down" }
  /** The gateway has no connection to Interactive Brokers; questions wait. */
  | { readonly do: "suspend" }
  /** It has one again; where data were lost, all that was open has failed. */
  | { readonly do: "resume"; readonly isDataLost: boolean }
  | { readonly do: "farm-down" }
  | { readonly do: "farm-up" }
  /** The connection is of no use: it is made anew. */
  | { readonly do: "reconnect" }
  /** So too, but with the next client id, or after a longer pause. */
  | { readonly do: "change-client-id" }
  /** Nothing can be done by us: the session ends. */
  | { readonly do: "stop"; readonly fault: string };

/** What is known of one code, before its text is read. */
export interface NoticeRule {
  readonly code: number;
  readonly concerns: NoticeSubject;
  readonly action: NoticeAction;
  /** What happened. */
  readonly says: string;
  /** What a person can do about it; empty when there is nothing to do. */
  readonly cure: string;
}

/** What one notice means, its text included. */
export interface NoticeMeaning extends NoticeRule {
  readonly action: Exclude<NoticeAction, ReadTextAction>;
}
