import type { Series } from "../../market/series.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
import type { TimerClock } from "../../time/clock.ts";
import { requireAtLeast } from "../../time/requirement.ts";
import type { BarQuery, BarSink, BarSource, Subscription } from "../bar-source.ts";
import { type FetchOptions, fetchOptions } from "./range-fetch.ts";
import { type SecondLookOptions, secondLookOptions } from "./second-look.ts";
import { type SequencerOptions, sequencerOptions } from "./sequencer-options.ts";
import { SpliceRun } from "./splice-run.ts";

/** What a splice is made of. Everything but the sources, the grid and the clock has a default. */
export interface SpliceOptions {
  /** Serves ranges of the past; absent when there is none, and then nothing can be repaired. */
  readonly history?: BarSource;
  /**
   * What is asked when bars that went out are compared once more; default `history`. Where a store
   * stands before that, it must be what is behind the store.
   */
  readonly origin?: BarSource;
  /** The stream of the present. */
  readonly live: BarSource;
  /** The bars that must exist. */
  readonly grid: (series: Series) => BarGrid;
  readonly clock: TimerClock;
  /** Whether to fetch the warm-up from history; default true. Repair is done either way. */
  readonly backfill?: boolean;
  /**
   * How long the backfill may take, in milliseconds, before the run goes on with what there is and
   * warms up on live bars; 1 or more. While the live link is down it waits on. Default: until as
   * many live bars have closed as the warm-up needs, at least 120,000; before that giving up would
   * gain nothing.
   */
  readonly backfillMs?: number;
  readonly sequencer?: Partial<SequencerOptions>;
  readonly fetch?: Partial<FetchOptions>;
  /** Whether and when bars that went out are compared with history once more; default never. */
  readonly secondLook?: Partial<SecondLookOptions>;
}

/** The options with every default filled in. */
export interface SpliceSettings {
  readonly history: BarSource | undefined;
  readonly origin: BarSource | undefined;
  readonly live: BarSource;
  readonly clock: TimerClock;
  readonly backfill: boolean;
  readonly backfillMs: number | undefined;
  readonly sequencer: SequencerOptions;
  readonly fetch: FetchOptions;
  readonly secondLook: SecondLookOptions;
}

/**
 * Joins history and live bars into one stream that a consumer cannot tell from either.
 *
 * It subscribes to the live source first and holds it back, fetches history through the moment of
 * subscription, reaching further back while bars are missing, and releases both in the order of the
 * grid. Later interruptions are repaired the same way. A run warms up with `query.warmUpBars`.
 */
export function splice(options: SpliceOptions): BarSource {
  const { history, live, grid, clock } = options;
  const settings: SpliceSettings = {
    history,
    origin: options.origin ?? history,
    live,
    clock,
    backfill: options.backfill ?? true,
    backfillMs: options.backfillMs,
    sequencer: sequencerOptions({
      impliedFinals: live.impliesFinals ?? false,
      ...options.sequencer,
    }),
    fetch: fetchOptions(options.fetch),
    secondLook: secondLookOptions(options.secondLook),
  };
  requireAtLeast("backfillMs", settings.backfillMs ?? 1, 1);
  return {
    open(query: BarQuery, sink: BarSink): Subscription {
      const run = new SpliceRun(query, sink, grid(query.series), settings);
      run.start();
      return run;
    },
  };
}
