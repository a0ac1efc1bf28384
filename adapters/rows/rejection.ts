import type { RejectionEvent } from "../../core/feed/feed-event.ts";
import type { RowFaultKind } from "./row-fault.ts";

/** What can be done where a field cannot be read, which depends on the format. */
export type FormatCures = Readonly<Record<"time-form" | "not-a-number", string>>;

interface Rejection {
  /** The name that the feed has for it; where it has none, that of what the bar then lacks. */
  readonly fault: RejectionEvent["fault"];
  /** How to repair it, as far as that does not depend on the format. */
  readonly cure?: string;
}

const SKIP = 'or leave such rows out (onFault: "skip", --on-fault skip)';
const SKIP_LATER = 'or leave all but the first out (onFault: "skip", --on-fault skip)';

/** What each kind of fault is called in a feed, and what a person can do about it. */
export const REJECTED_AS: Readonly<Record<RowFaultKind, Rejection>> = {
  "field-count": { fault: "time-not-integer", cure: "repair the row" },
  "time-form": { fault: "time-not-integer" },
  "skipped-hour": {
    fault: "time-not-integer",
    cure: "check the zone of the file (zone, --zone)",
  },
  "not-a-number": { fault: "price-not-finite" },
  sentinel: { fault: "price-not-positive", cure: "remove the row" },
  "price-not-positive": {
    fault: "price-not-positive",
    cure: "give the instrument allowsNegativePrice if it can have them",
  },
  "impossible-bar": { fault: "high-below-low", cure: "correct the row" },
  unsorted: { fault: "too-old", cure: "sort the file by time" },
  duplicate: { fault: "too-old", cure: "remove one of the rows" },
  conflict: { fault: "conflict", cure: "keep one of the rows" },
  overlap: { fault: "off-grid", cure: "check the size of the bars" },
  "off-grid": {
    fault: "off-grid",
    cure: "check the zone, the label and the calendar (--zone, --label, --calendar)",
  },
};

/** What a person can do about a row with a fault. */
export function cureOf(kind: RowFaultKind, cures: FormatCures): string {
  const repair =
    kind === "time-form" || kind === "not-a-number" ? cures[kind] : REJECTED_AS[kind].cure;
  return `${repair}, ${kind === "conflict" ? SKIP_LATER : SKIP}`;
}
