import type { BarSource, FeedFault } from "../../../core/feed/bar-source.ts";

/** What the faults of a source of history mean to whoever wants all of it. */
export interface FaultMeaning {
  /** Whether it is waited for as long as it takes, such as for a connection; asked each time. */
  readonly isWaitedFor: (fault: FeedFault) => boolean;
  /** Whether it says that certain bars cannot be had; other faults mean that nothing can. */
  readonly isAboutBars: (fault: FeedFault) => boolean;
}

/**
 * A source of which faults count as attempts where they are not to be waited for, although the
 * source hopes that time will mend them.
 *
 * @param heard is told each fault after which history is asked again.
 */
export function countingFaults(
  source: BarSource,
  { isWaitedFor }: FaultMeaning,
  heard: (fault: FeedFault) => void,
): BarSource {
  return {
    open: (query, sink) =>
      source.open(query, {
        bars: (batch) => sink.bars(batch),
        coverage: (range) => sink.coverage(range),
        event: (event) => sink.event(event),
        end: (outcome) => {
          if (outcome.kind !== "partial" && outcome.kind !== "failed") {
            sink.end(outcome);
            return;
          }
          const { fault } = outcome;
          const counts = fault.retry === "later" && !isWaitedFor(fault);
          if (fault.retry !== "never") heard(fault);
          sink.end(counts ? { ...outcome, fault: { ...fault, retry: "soon" } } : outcome);
        },
      }),
  };
}
