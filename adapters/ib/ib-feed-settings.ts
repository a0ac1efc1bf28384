import type { BarSource } from "../../core/feed/bar-source.ts";
import { SECOND_MS } from "../../core/time/instant.ts";
import type { ResolveOptions } from "./contracts/resolve-contract.ts";
import type { HistoryOptions } from "./history/history-options.ts";
import type { LiveMode, LiveOptions } from "./live/live-options.ts";

/** How the stream of one series is put together. All times in milliseconds. */
export interface IbFeedSettings {
  /** How live bars are had; default `keep-up-to-date`. */
  readonly mode: LiveMode;
  /** Whether the warm-up is fetched from history; default true. Repair is done either way. */
  readonly backfill: boolean;
  /**
   * How long that may take before the run warms up on live bars; 1 or more; default: until as many
   * live bars have closed as it needs.
   */
  readonly backfillMs?: number;
  /** How long after its close a bar may still be restated; 0 or more; default 3,000. */
  readonly graceMs: number;
  /**
   * A bar counts as complete without asking history when its last restatement came so shortly
   * before its close, or after it; 0 or more; default 0: only the one that comes after.
   */
  readonly quietMs: number;
  /** How long after its close a missing bar makes the stream stale; default 15,000. */
  readonly staleMs: number;
  /**
   * How long after its close a bar is fetched again, to find what was corrected since; 0: never;
   * default 90,000.
   */
  readonly settleMs: number;
  /**
   * What stands before the gateway's history where bars are fetched: a store that has some of them.
   * Default: nothing. What is fetched again to find corrections comes from the gateway in any case.
   */
  readonly stored?: (history: BarSource) => BarSource;
  /** How patiently contract and sessions are asked for. */
  readonly ask: ResolveOptions;
  /** How history is asked for. */
  readonly history: Partial<HistoryOptions>;
  /** How patient the live stream is. */
  readonly live: Partial<LiveOptions>;
}

const DEFAULTS: IbFeedSettings = {
  mode: "keep-up-to-date",
  backfill: true,
  graceMs: 3 * SECOND_MS,
  quietMs: 0,
  staleMs: 15 * SECOND_MS,
  settleMs: 90 * SECOND_MS,
  ask: {},
  history: {},
  live: {},
};

/** Fills in the defaults. What makes no sense is refused where it is used. */
export function ibFeedSettings(given: Partial<IbFeedSettings> = {}): IbFeedSettings {
  return { ...DEFAULTS, ...given };
}
