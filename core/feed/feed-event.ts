import type { Bar, BarFault } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";

/**
 * The state of a stream. `backfilling` until history reaches the present, then `live`.
 * `interrupted` while the source is down, `recovering` while what was missed is fetched, `stale`
 * when a bar that must exist is overdue although nobody reports a fault.
 */
export type FeedState = "backfilling" | "live" | "interrupted" | "recovering" | "stale";

/** A stream changed its state. */
export interface FeedStatus {
  readonly type: "status";
  readonly series: Series;
  readonly state: FeedState;
  readonly reason: string;
}

/** How far the backfill is. `expected` can rise when holes make it reach further back. */
export interface BackfillProgress {
  readonly type: "progress";
  readonly series: Series;
  readonly bars: number;
  readonly expected: number;
}

/**
 * Slots without a bar. `suspected`: overdue, being looked for. `repaired`: it was found after all.
 * `empty`: history confirms that nothing traded. `lost`: it cannot be had; the reason says why.
 */
export interface GapEvent {
  readonly type: "gap";
  readonly series: Series;
  readonly range: TimeRange;
  readonly outcome: "suspected" | "repaired" | "empty" | "lost";
  readonly reason: string;
}

/** A bar that was already sent turned out different. It is never sent a second time as a bar. */
export interface RevisionEvent {
  readonly type: "revision";
  readonly series: Series;
  /** 2 for the first correction. */
  readonly version: number;
  /** What was sent, or null where the slot had been declared to have no bar. */
  readonly before: Bar | null;
  readonly after: Bar;
}

/** A bar that was not let through, and why. The stream goes on without it. */
export interface RejectionEvent {
  readonly type: "rejection";
  readonly series: Series;
  readonly bar: Bar;
  readonly fault:
    | BarFault
    | "off-grid"
    | "from-the-future"
    | "too-old"
    | "overflow"
    | "conflict"
    | "wrong-series";
  readonly reason: string;
}

/** Proof of the hand-off: what history gave, so that anyone can compare it with the truth. */
export interface ContinuityCertificate {
  readonly type: "continuity";
  readonly series: Series;
  readonly count: number;
  /** Open time of the first and of the last bar. */
  readonly first: UnixMs;
  readonly last: UnixMs;
  /**
   * SHA-256 in hex over one `openTime,open,high,low,close,volume` line a bar, see docs/trace.md.
   */
  readonly hash: string;
}

/** Everything that a source can say besides bars, coverage and its end. */
export type FeedEvent =
  | FeedStatus
  | BackfillProgress
  | GapEvent
  | RevisionEvent
  | RejectionEvent
  | ContinuityCertificate;
