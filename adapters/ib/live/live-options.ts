import { MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";

/**
 * How a live stream is asked for. `keep-up-to-date`: history that goes on, restating the bar in
 * progress about every 5 seconds. `real-time-bars`: bars of 5 seconds, made into larger ones here.
 */
export type LiveMode = "keep-up-to-date" | "real-time-bars";

/** How patient a live stream is. All in milliseconds. */
export interface LiveOptions {
  /**
   * How long after a session's opening, or after the close of a bar of which nothing was heard, a
   * stream may be silent before it is asked for anew; 1 or more; default 10,000. Real-time bars
   * have `realTimeSilenceMs` instead.
   */
  readonly watchMs: number;
  /**
   * A silence during the session up to this long means nothing: quiet contracts skip updates; 0 or
   * more; default 60,000.
   */
  readonly quietMs: number;
  /**
   * The longest silence during the session that is believed; at least `quietMs`; default 90,000. It
   * doubles as often as a stream that was asked for anew has nothing new to say.
   */
  readonly silenceMs: number;
  /** The same for real-time bars, which come every 5 seconds; 5,000 or more; default 15,000. */
  readonly realTimeSilenceMs: number;
  /** What `silenceMs` and `answerMs` double up to; at least each; default 1,800,000. */
  readonly longestSilenceMs: number;
  /**
   * How long after a data farm broke, or came back, a stream may be silent during the session
   * before it is asked for anew; 1 or more; default 15,000.
   */
  readonly farmMs: number;
  /**
   * How long the first bars of a stream may take before it is asked for anew; 1 or more; default
   * 60,000. It doubles from one unanswered question to the next.
   */
  readonly answerMs: number;
  /**
   * How long real-time bars must stand unrefused, while the market is closed, to count as under
   * way; 1 or more; default 5,000.
   */
  readonly acceptanceMs: number;
  /** Pause before a broken stream is asked for anew; 1 or more; default 1,000; it doubles. */
  readonly retryMs: number;
  /**
   * The longest such pause; at least `retryMs`; default 30,000. A stream that lived this long
   * begins again with the shortest.
   */
  readonly longestRetryMs: number;
}

const DEFAULT_LIVE_OPTIONS: LiveOptions = {
  watchMs: 10 * SECOND_MS,
  quietMs: MINUTE_MS,
  silenceMs: 90 * SECOND_MS,
  realTimeSilenceMs: 15 * SECOND_MS,
  longestSilenceMs: 30 * MINUTE_MS,
  farmMs: 15 * SECOND_MS,
  answerMs: MINUTE_MS,
  acceptanceMs: 5 * SECOND_MS,
  retryMs: SECOND_MS,
  longestRetryMs: 30 * SECOND_MS,
};

/** Fills in the defaults and refuses what makes no sense with `invalid-option`. */
export function liveOptions(given: Partial<LiveOptions> = {}): LiveOptions {
  const options = { ...DEFAULT_LIVE_OPTIONS, ...given };
  requireAtLeast("watchMs", options.watchMs, 1);
  requireAtLeast("quietMs", options.quietMs, 0);
  requireAtLeast("silenceMs", options.silenceMs, Math.max(1, options.quietMs));
  requireAtLeast("realTimeSilenceMs", options.realTimeSilenceMs, 5 * SECOND_MS);
  requireAtLeast("answerMs", options.answerMs, 1);
  const longest = Math.max(options.silenceMs, options.realTimeSilenceMs, options.answerMs);
  requireAtLeast("longestSilenceMs", options.longestSilenceMs, longest);
  requireAtLeast("farmMs", options.farmMs, 1);
  requireAtLeast("acceptanceMs", options.acceptanceMs, 1);
  requireAtLeast("retryMs", options.retryMs, 1);
  requireAtLeast("longestRetryMs", options.longestRetryMs, options.retryMs);
  return options;
}
