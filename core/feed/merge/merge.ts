import type { Series } from "../../market/series.ts";
import { fail } from "../../time/failure.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import { requireAtLeast } from "../../time/requirement.ts";
import type { BarBatch, BarQuery, BarSource, FeedOutcome, Subscription } from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import { MergeRun } from "./merge-run.ts";

/** A source and what is asked of it. Every input of a merge asks for another series. */
export interface MergeInput {
  readonly source: BarSource;
  readonly query: BarQuery;
}

/** How far the streams of a merge may be apart. */
export interface MergeOptions {
  /**
   * Bars of one series that may wait for the others before its source is asked to hold back, 1 or
   * more; default 8,192. One more batch can come then, and a source that cannot wait goes on.
   */
  readonly waitingBars?: number;
}

/** Receives what a merge puts in order. Calls never overlap; none comes after `end` or `close`. */
export interface MergeSink {
  /**
   * The bars `from` to `to`, exclusive, of a batch, which is not copied: one bar, or several none
   * of which closes together with a bar of another series, so that each is an instant of its own.
   * Bars come by close time, then the smaller bar size first, then by the key of the series.
   */
  bars(batch: BarBatch, from: number, to: number): void;
  /** As in `BarSink`, for one series, after the bars it speaks of. */
  coverage(series: Series, range: TimeRange): void;
  /**
   * Gaps, revisions and continuity keep their place among the bars of their series; others do not
   * wait.
   */
  event(event: FeedEvent): void;
  /**
   * Every bar of every series that closes at or before this instant was given. It is said after
   * each batch of bars (of bars that close together, after the last), and when coverage alone moves
   * on.
   */
  settled(upTo: UnixMs): void;
  /** All have ended: how each did, by the key of its series, in the order of the inputs. */
  end(outcomes: ReadonlyMap<string, FeedOutcome>): void;
}

/**
 * Merges streams of final bars into one, in a total order that does not depend on who spoke when.
 *
 * A bar goes out when every other open stream is settled up to its close, by a bar or by coverage.
 * A stream that ended holds nobody back. Each must be in order itself, as splices, aggregates and
 * files are; a bar behind what its own stream had settled is rejected as `too-old`. Forming bars
 * are left out. Streams that lead are paused, so memory stays bounded over sources that can wait.
 * All are opened before the first bar goes out, and then asked to go on: a source may open paused.
 */
export function mergeSources(
  inputs: readonly MergeInput[],
  sink: MergeSink,
  options: MergeOptions = {},
): Subscription {
  const waitingBars = options.waitingBars ?? 8_192;
  requireAtLeast("waitingBars", waitingBars, 1);
  const keys = new Set<string>();
  for (const { query } of inputs) {
    const { key } = query.series;
    if (keys.has(key)) {
      fail("duplicate-series", `two inputs of a merge ask for ${key}`, {
        cure: "open a series once and share its bars",
      });
    }
    keys.add(key);
  }
  const run = new MergeRun(inputs, sink, waitingBars);
  run.start();
  return run;
}
