import type { UnixMs } from "../time/instant.ts";

/**
 * INITIALIZING → WARMING_UP → READY ⇄ SUSPENDED → STOPPED. Only READY lets orders out.
 * It is computed from facts at every event and never set.
 */
export type RunState = "INITIALIZING" | "WARMING_UP" | "READY" | "SUSPENDED" | "STOPPED";

/** A change of state and why it came. */
export interface StateChange {
  readonly at: UnixMs;
  readonly from: RunState;
  readonly to: RunState;
  readonly reason: string;
  /** Bars counted and needed, of the series that is furthest from ready. */
  readonly bars: number;
  readonly required: number;
}

/** What readiness is computed from, for one series. */
export interface SeriesFacts {
  readonly key: string;
  /** Final bars without a lost one between them, up to the latest. */
  readonly contiguousBars: number;
  readonly requiredBars: number;
  /** Why the series is not up to date; empty when it is. */
  readonly staleReason: string;
}

/**
 * Whether decisions may be made at all, and whether they may be acted on, with the reason if not.
 */
export interface Readiness {
  /** Every indicator is what it would be in a run that never stopped. */
  readonly complete: boolean;
  /** Complete, and up to date. */
  readonly ready: boolean;
  readonly reason: string;
  readonly bars: number;
  readonly required: number;
}

/** Computes readiness from the facts of all series; at least one. */
export function readinessOf(facts: readonly SeriesFacts[]): Readiness {
  let furthest = facts[0]!;
  let stale: SeriesFacts | undefined;
  for (const each of facts) {
    if (shortfall(each) > shortfall(furthest)) furthest = each;
    if (each.staleReason !== "" && stale === undefined) stale = each;
  }
  const { contiguousBars: bars, requiredBars: required } = furthest;
  const complete = bars >= required;
  if (!complete) {
    const reason = `${bars} of ${required} bars of ${furthest.key}`;
    return { complete, ready: false, reason, bars, required };
  }
  if (stale !== undefined) {
    return { complete, ready: false, reason: stale.staleReason, bars, required };
  }
  return { complete, ready: true, reason: `${bars} bars, up to date`, bars, required };
}

function shortfall(facts: SeriesFacts): number {
  return facts.requiredBars - facts.contiguousBars;
}
