import type { FeedWord } from "../feed/feed-word.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Fill, OrderEvent } from "../trading/order.ts";
import type { StateChange } from "../trading/readiness.ts";
import type { BorderRecord } from "./border-record.ts";
import type { KnownCalendar } from "./known-calendar.ts";

/** What comes into a run from outside, with the present in which it was handled. */
export type RunInput =
  /** The run begins: nothing was heard yet. */
  | { readonly kind: "begin"; readonly at: UnixMs }
  /** What is known of the sessions of its exchange, from here on. */
  | { readonly kind: "calendar"; readonly at: UnixMs; readonly known: KnownCalendar }
  /** Its source says something. */
  | { readonly kind: "word"; readonly at: UnixMs; readonly word: FeedWord }
  /** A broker that is not a part of the run tells of an order. */
  | { readonly kind: "filled"; readonly at: UnixMs; readonly fill: Fill }
  | {
      readonly kind: "refused";
      readonly at: UnixMs;
      readonly orderId: number;
      readonly reason: string;
    }
  /** Somebody ends it. */
  | { readonly kind: "stop"; readonly at: UnixMs; readonly reason: string };

/** What a run answers: all that follows from its inputs and can be seen from outside. */
export type RunDecision =
  | { readonly kind: "state"; readonly change: StateChange }
  | {
      readonly kind: "signal";
      readonly at: UnixMs;
      readonly seq: number;
      readonly name: string;
    }
  | { readonly kind: "order"; readonly event: OrderEvent }
  | { readonly kind: "fill"; readonly fill: Fill };

/**
 * Closes what belongs together: the inputs and decisions since the mark before it became durable at
 * one stroke.
 */
export interface JournalMark {
  readonly kind: "mark";
  /** How many bars of all series the run has handled. */
  readonly seq: number;
  /** The digest over everything that the run ever showed: see `RunDigest`. */
  readonly digest: string;
}

/** One entry of a journal. What crosses the border of the seam comes before what follows of it. */
export type JournalRecord = RunInput | RunDecision | JournalMark | BorderRecord;

/** Whether a record came into the run, rather than out of it. */
export function isInput(record: JournalRecord): record is RunInput {
  return INPUTS.has(record.kind);
}

const INPUTS: ReadonlySet<string> = new Set<RunInput["kind"]>([
  "begin",
  "calendar",
  "word",
  "filled",
  "refused",
  "stop",
]);

/** Whether a record is of what a run decided. */
export function isDecision(record: JournalRecord): record is RunDecision {
  return DECISIONS.has(record.kind);
}

const DECISIONS: ReadonlySet<string> = new Set<RunDecision["kind"]>([
  "state",
  "signal",
  "order",
  "fill",
]);
