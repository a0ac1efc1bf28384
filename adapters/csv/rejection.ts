import type { RejectionEvent } from "../../core/feed/feed-event.ts";
import type { CsvFaultKind } from "./csv-fault.ts";

interface Rejection {
  /** The name that the feed has for it; where it has none, that of what the bar then lacks. */
  readonly fault: RejectionEvent["fault"];
  readonly cure: string;
}

const SKIP = 'or leave such rows out (onFault: "skip", --on-fault skip)';
const SKIP_LATER = 'or leave all but the first out (onFault: "skip", --on-fault skip)';

/** What each kind of fault is called in a feed, and what a person can do about it. */
export const REJECTED_AS: Readonly<Record<CsvFaultKind, Rejection>> = {
  "field-count": { fault: "time-not-integer", cure: `repair the row, ${SKIP}` },
  "time-form": { fault: "time-not-integer", cure: `write all times in one form, ${SKIP}` },
  "skipped-hour": {
    fault: "time-not-integer",
    cure: `check the zone of the file (zone, --zone), ${SKIP}`,
  },
  "not-a-number": {
    fault: "price-not-finite",
    cure: `write a plain decimal number with a point, ${SKIP}`,
  },
  sentinel: { fault: "price-not-positive", cure: `remove the row, ${SKIP}` },
  "price-not-positive": {
    fault: "price-not-positive",
    cure: `give the instrument allowsNegativePrice if it can have them, ${SKIP}`,
  },
  "impossible-bar": { fault: "high-below-low", cure: `correct the row, ${SKIP}` },
  unsorted: { fault: "too-old", cure: `sort the file by time, ${SKIP}` },
  duplicate: { fault: "too-old", cure: `remove one of the rows, ${SKIP}` },
  conflict: { fault: "conflict", cure: `keep one of the rows, ${SKIP_LATER}` },
  overlap: { fault: "off-grid", cure: `check the size of the bars, ${SKIP}` },
  "off-grid": {
    fault: "off-grid",
    cure: `check the zone, the label and the calendar (--zone, --label, --calendar), ${SKIP}`,
  },
};
