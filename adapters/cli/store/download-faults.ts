import type { IbLink } from "../../ib/session/ib-link.ts";
import type { FaultMeaning } from "../../store/fetch/fault-meaning.ts";

/** Faults that say of certain bars that the gateway does not give them. */
const ABOUT_BARS: readonly string[] = ["bad-rows", "contradiction", "no-data-yet"];

/** Faults that the gateway's own troubles can explain, and that count as refusals without them. */
const DOUBTFUL: readonly string[] = ["no-data-yet", "history-failed"];

/**
 * What faults of Interactive Brokers mean to a download: whatever only time can mend is waited for,
 * but not a gateway in good order that denies bars again and again.
 */
export function downloadFaults(link: IbLink): FaultMeaning {
  return {
    isWaitedFor: ({ retry, code }) => {
      const isInOrder = link.state === "up" && link.brokenFarms.size === 0;
      return retry === "later" && !(isInOrder && DOUBTFUL.includes(code));
    },
    isAboutBars: ({ code }) => ABOUT_BARS.includes(code),
  };
}
