import { fail } from "../../../core/time/failure.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";

/** How history is asked for. */
export interface HistoryOptions {
  /** Bars a page at the most, 1 to 4,000; default 2,000. */
  readonly pageBars: number;
  /** Milliseconds of silence before a page is asked for again; 1 or more; default 20,000. */
  readonly deadlineMs: number;
  /** How often a page is asked for; 1 or more; default 3. */
  readonly attempts: number;
  /**
   * For so long after its close a slot without a bar is not held to be empty, unless a later bar is
   * in the answer; in milliseconds, 0 or more; default 30,000.
   */
  readonly settleMs: number;
  /**
   * No bar is asked for sooner after its close: its last trades may still be missing then; in
   * milliseconds, 0 or more; default 3,000.
   */
  readonly freshMs: number;
  /**
   * Pause in milliseconds before an answer that is not believed is asked for once more; 0 or more;
   * default 1,000.
   */
  readonly confirmMs: number;
  /** Milliseconds to wait for the link; 1 or more; default 45,000. */
  readonly linkDownMs: number;
}

/** The client library's decoder takes time with the square of the bars: this many take 0.1 s. */
export const MOST_BARS = 4_000;

/** Bars a page, unless told otherwise. */
export const DEFAULT_PAGE_BARS = 2_000;

const DEFAULTS: HistoryOptions = {
  pageBars: DEFAULT_PAGE_BARS,
  deadlineMs: 20_000,
  attempts: 3,
  settleMs: 30_000,
  freshMs: 3_000,
  confirmMs: 1_000,
  linkDownMs: 45_000,
};

/** Fills in the defaults and refuses what makes no sense. */
export function historyOptions(given: Partial<HistoryOptions> = {}): HistoryOptions {
  const options = { ...DEFAULTS, ...given };
  requireAtLeast("pageBars", options.pageBars, 1);
  if (options.pageBars > MOST_BARS) {
    fail("invalid-option", `pageBars is ${options.pageBars}`, {
      cure: `give a whole number of at most ${MOST_BARS}`,
    });
  }
  requireAtLeast("deadlineMs", options.deadlineMs, 1);
  requireAtLeast("attempts", options.attempts, 1);
  requireAtLeast("settleMs", options.settleMs, 0);
  requireAtLeast("freshMs", options.freshMs, 0);
  requireAtLeast("confirmMs", options.confirmMs, 0);
  requireAtLeast("linkDownMs", options.linkDownMs, 1);
  return options;
}
