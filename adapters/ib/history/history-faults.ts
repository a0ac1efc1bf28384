import type { FeedFault, FeedOutcome } from "../../../core/feed/bar-source.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { IbFault } from "../session/ib-link.ts";

/** The code of everything that history has to say, and that of a request that is not valid. */
const HISTORY = 162;
const INVALID = 321;

/** Whether a refusal means that the duration does not go with the bar size. */
export function saysIllegalDuration({ code, ibCode, message }: IbFault): boolean {
  if (code === "invalid-duration") return true;
  if (ibCode !== HISTORY && ibCode !== INVALID) return false;
  return /invalid step|duration|time length/i.test(message);
}

/** Slots closed so recently that history may not have their bars yet. Only time mends it. */
export function notYet(range: TimeRange): FeedFault {
  const message = `history may not have what closed up to ${formatInstant(range.to)} yet`;
  return { code: "not-yet", message, retry: "later" };
}

/** The gateway said twice what cannot be. */
export function badRows(range: TimeRange): FeedFault {
  const message = `the gateway twice gave no sound bar for ${formatInstant(range.from)}`;
  return { code: "bad-rows", message, retry: "soon" };
}

/** The gateway says that there is nothing where it showed bars before. */
export function contradicted(range: TimeRange): FeedFault {
  const span = `${formatInstant(range.from)} to ${formatInstant(range.to)}`;
  const message = `the gateway says there is no data from ${span}, but has shown bars there`;
  return { code: "contradiction", message, retry: "soon" };
}

/** The gateway says that there is nothing, and there is evidence that this is wrong. */
export function noDataYet(range: TimeRange, because: string): FeedFault {
  const span = `${formatInstant(range.from)} to ${formatInstant(range.to)}`;
  const message = `the gateway says there is no data from ${span}, but ${because}`;
  return { code: "no-data-yet", message, retry: "later" };
}

/** Adjusted prices can only be asked for up to the present, in one answer of limited size. */
export function outOfReach(range: TimeRange): FeedFault {
  const message =
    `adjusted prices from ${formatInstant(range.from)} on do not fit into one answer of the ` +
    "gateway, and it gives them in no other way; choose larger bars, a shorter warm-up or trades";
  return { code: "out-of-reach", message, retry: "never" };
}

/**
 * How a stream ended. Of several reasons the first to report is one that time mends, then one that
 * another try may: what nothing mends ends all further tries.
 */
export function outcomeOf(isAnyDelivered: boolean, faults: readonly FeedFault[]): FeedOutcome {
  const order = ["later", "soon", "never"] as const;
  const rank = ({ retry }: FeedFault): number => order.indexOf(retry);
  const [fault] = [...faults].sort((a, b) => rank(a) - rank(b));
  if (fault !== undefined) return { kind: isAnyDelivered ? "partial" : "failed", fault };
  return { kind: isAnyDelivered ? "complete" : "empty" };
}
