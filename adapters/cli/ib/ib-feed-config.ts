import { sequencerOptions } from "../../../core/feed/seam/sequencer-options.ts";
import { historyOptions } from "../../ib/history/history-options.ts";
import { type IbFeedSettings, ibFeedSettings } from "../../ib/ib-feed-settings.ts";
import { liveOptions } from "../../ib/live/live-options.ts";
import { namingOption } from "../terminal/option-values.ts";
import type { LiveConfig } from "./live-schema.ts";
import { onlySet } from "./live-settings.ts";

/** What a network and two processes may take to carry a message, in milliseconds of our time. */
const CARRIED_MS = 50;
/** How long an answer is waited for, in milliseconds of our time. */
const ANSWER_MS = 10_000;

/**
 * How a configuration wants the stream of a series to be put together.
 * Throws `invalid-option` for lengths of time that do not go together.
 *
 * @param speed how fast the gateway's time passes. What comes over the network comes no faster for
 *   it: all that waits for it waits longer, in the gateway's time.
 */
export function feedSettings(
  { backfill, live }: LiveConfig,
  speed: number,
): Partial<IbFeedSettings> {
  const { enabled, maxMs } = backfill ?? {};
  const set = { ...onlySet(live), ...onlySet({ backfill: enabled, backfillMs: maxMs }) };
  const usual = speed > 1 ? patientSettings(speed) : {};
  const { graceMs, quietMs, staleMs } = ibFeedSettings({ ...usual, ...set });
  // Whoever waits longer for a bar means to wait as long before it counts as missing.
  const patience = { staleMs: set.staleMs ?? Math.max(staleMs, graceMs) };
  // What does not go together is refused before anything begins.
  namingOption("the live section", () => sequencerOptions({ graceMs, quietMs, ...patience }));
  return { ...usual, ...set, ...patience };
}

function patientSettings(speed: number): Partial<IbFeedSettings> {
  const lateMs = Math.ceil(CARRIED_MS * speed);
  const answerMs = Math.ceil(ANSWER_MS * speed);
  const { graceMs, staleMs } = ibFeedSettings();
  const { linkDownMs, confirmMs } = historyOptions();
  const { watchMs, silenceMs, realTimeSilenceMs, farmMs, acceptanceMs, ...most } = liveOptions();
  return {
    graceMs: graceMs + lateMs,
    staleMs: staleMs + 2 * lateMs,
    ask: { deadlineMs: answerMs, linkDownMs: linkDownMs * speed },
    history: {
      deadlineMs: answerMs,
      linkDownMs: linkDownMs * speed,
      confirmMs: confirmMs + lateMs,
    },
    live: {
      watchMs: watchMs + lateMs,
      silenceMs: silenceMs + lateMs,
      realTimeSilenceMs: realTimeSilenceMs + lateMs,
      farmMs: farmMs + lateMs,
      acceptanceMs: acceptanceMs + lateMs,
      answerMs,
      longestSilenceMs: Math.max(most.longestSilenceMs, answerMs),
    },
  };
}
