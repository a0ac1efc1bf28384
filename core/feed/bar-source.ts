import type { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";
import type { FeedEvent } from "./feed-event.ts";

/** Where a bar came from on its way to the strategy. */
export type BarOrigin = "backfill" | "live" | "repair" | "replay";

/** What is asked of a source. */
export interface BarQuery {
  readonly series: Series;
  /** Only bars that open at or after this instant. Absent: from the source's own beginning. */
  readonly from?: UnixMs;
  /**
   * Only bars that open before this instant. Absent: to the source's end, or for ever when live.
   */
  readonly to?: UnixMs;
  /**
   * How many final bars before the present the asker needs to warm up, 0 or more. A source that
   * joins history and live (`splice`) fetches them; others ignore it.
   */
  readonly warmUpBars?: number;
  /**
   * The last bars that the asker has had of this series, ascending, when it goes on where it once
   * stopped: all of them close by `from`. A source that joins history and live takes what comes of
   * them again for a repetition or a correction; others ignore it.
   */
  readonly known?: BarColumns;
}

/** One or more bars of one series, oldest first, open times strictly ascending. */
export interface BarBatch {
  readonly series: Series;
  readonly bars: BarColumns;
  /**
   * A `final` bar is what the source holds to be the whole truth of its interval. A `forming` one
   * RESTATES the whole interval so far; a source that cannot restate must not send forming bars.
   */
  readonly finality: "final" | "forming";
  readonly origin: BarOrigin;
  /** 1 for what is said first; a source that knowingly corrects a bar counts up. */
  readonly version: number;
}

/** How a source ended. No two of these have one shape. */
export type FeedOutcome =
  /** Everything that was asked for was delivered. */
  | { readonly kind: "complete" }
  /** The source answered, and there are no bars in the range. */
  | { readonly kind: "empty" }
  /** Some of it was delivered, as the coverage says; `fault` tells why not the rest. */
  | { readonly kind: "partial"; readonly fault: FeedFault }
  /** Nothing was delivered. */
  | { readonly kind: "failed"; readonly fault: FeedFault };

/** What went wrong at a source, as a value. */
export interface FeedFault {
  /** Stable and in kebab-case: `pacing-violation`, `timeout`, `no-permission`, `disconnected`. */
  readonly code: string;
  /** What happened, where, and what to do, for a person. */
  readonly message: string;
  /** Whether asking again can help. */
  readonly retry: "soon" | "later" | "never";
}

/** Receives what a source sends. Calls never overlap, and none comes after `end` or `close`. */
export interface BarSink {
  bars(batch: BarBatch): void;
  /**
   * "What I gave you for this range is all there is": every slot of the range that closed is among
   * the bars sent before, or had no bar, or was declared lost by a gap event before. Ranges may
   * come in any order and may overlap.
   */
  coverage(range: TimeRange): void;
  /** State of the connection, gaps, revisions, progress: see `FeedEvent`. */
  event(event: FeedEvent): void;
  end(outcome: FeedOutcome): void;
}

/** An open stream. */
export interface Subscription {
  /** Ends it: the sink hears nothing more, not even `end`. Safe to call twice. */
  close(): void;
  /** Asks a source that can wait (a file) to hold back; a live one goes on. */
  pause(): void;
  resume(): void;
}

/**
 * A stream of bars: history, live bars, a file, or all of them as one. `open` may deliver at once,
 * before it returns, or later; a finite source ends, a live one goes on until it is closed.
 */
export interface BarSource {
  /**
   * True for a live source that only ever restates forming bars and never calls one final: the last
   * restatement of a bar then counts as final once its close and a grace period have passed, if it
   * came shortly before the close. Default false: only a bar that is called final is taken for it.
   */
  readonly impliesFinals?: boolean;
  open(query: BarQuery, sink: BarSink): Subscription;
}
