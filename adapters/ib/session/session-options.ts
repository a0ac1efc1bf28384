import { fail } from "../../../core/time/failure.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";
import { type PacingLimits, pacingLimits } from "../pacing/pacing-limits.ts";

/** How a session behaves. All times are in milliseconds. */
export interface IbSessionOptions {
  /** Gives numbers from 0 up to but not including 1; spreads attempts to connect. */
  readonly random: () => number;
  /** Names us to the gateway; 0 or more, and no other program may use it; default 1. */
  readonly clientId: number;
  /** Taken in this order while `clientId` is in use elsewhere; default none: wait for it. */
  readonly spareClientIds: readonly number[];
  /** How long a connection may take until versions are agreed on; 1 or more; default 10,000. */
  readonly connectDeadlineMs: number;
  /** How long after that requests must be welcome; 1 or more; default 10,000. */
  readonly readyDeadlineMs: number;
  /**
   * How long the gateway's clock is waited for before the link is up without it; 0 or more;
   * default 2,000.
   */
  readonly clockDeadlineMs: number;
  /** First pause between attempts, doubled each time; 1 or more; default 500. */
  readonly firstRetryMs: number;
  /** The longest pause; `firstRetryMs` or more; default 30,000. */
  readonly longestRetryMs: number;
  /** A connection that was up so long makes the pauses begin anew; 0 or more; default 10,000. */
  readonly steadyMs: number;
  /** First pause when every client id is in use, doubled each time; 1 or more; default 5,000. */
  readonly firstInUseRetryMs: number;
  /** The longest such pause; `firstInUseRetryMs` or more; default 30,000. */
  readonly longestInUseRetryMs: number;
  /** Silence after which the gateway is asked for a sign of life; 1 or more; default 15,000. */
  readonly probeMs: number;
  /** How long it has to give one before the connection is dropped; 1 or more; default 10,000. */
  readonly probeDeadlineMs: number;
  /** The gateway's clock is asked for at least this often; 1 or more; default 60,000. */
  readonly clockCheckMs: number;
  /** A clock that is further off than this is warned of; 0 or more; default 2,000. */
  readonly skewWarningMs: number;
  /** Questions that may wait; one more fails at once; 1 or more; default 10,000. */
  readonly maxWaiting: number;
  /** Limits of requests, where they differ from the defaults. */
  readonly pacing: PacingLimits;
}

const DEFAULTS: Omit<IbSessionOptions, "random" | "pacing"> = {
  clientId: 1,
  spareClientIds: [],
  connectDeadlineMs: 10_000,
  readyDeadlineMs: 10_000,
  clockDeadlineMs: 2_000,
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  steadyMs: 10_000,
  firstInUseRetryMs: 5_000,
  longestInUseRetryMs: 30_000,
  probeMs: 15_000,
  probeDeadlineMs: 10_000,
  clockCheckMs: 60_000,
  skewWarningMs: 2_000,
  maxWaiting: 10_000,
};

/** What a caller gives: the source of randomness, and whatever differs from the defaults. */
export type GivenSessionOptions = Pick<IbSessionOptions, "random"> &
  Partial<Omit<IbSessionOptions, "random" | "pacing">> & {
    readonly pacing?: Partial<PacingLimits>;
  };

/** Fills in the defaults and refuses what makes no sense with `invalid-option`. */
export function sessionOptions(given: GivenSessionOptions): IbSessionOptions {
  const options = { ...DEFAULTS, ...given, pacing: pacingLimits(given.pacing) };
  for (const id of [options.clientId, ...options.spareClientIds]) {
    requireAtLeast("clientId", id, 0);
  }
  if (
    new Set([options.clientId, ...options.spareClientIds]).size <= options.spareClientIds.length
  ) {
    fail("invalid-option", "a client id is given twice", {
      cure: "give spareClientIds that differ from each other and from clientId",
    });
  }
  requireAtLeast("connectDeadlineMs", options.connectDeadlineMs, 1);
  requireAtLeast("readyDeadlineMs", options.readyDeadlineMs, 1);
  requireAtLeast("clockDeadlineMs", options.clockDeadlineMs, 0);
  requireAtLeast("firstRetryMs", options.firstRetryMs, 1);
  requireAtLeast("longestRetryMs", options.longestRetryMs, options.firstRetryMs);
  requireAtLeast("steadyMs", options.steadyMs, 0);
  requireAtLeast("firstInUseRetryMs", options.firstInUseRetryMs, 1);
  requireAtLeast("longestInUseRetryMs", options.longestInUseRetryMs, options.firstInUseRetryMs);
  requireAtLeast("probeMs", options.probeMs, 1);
  requireAtLeast("probeDeadlineMs", options.probeDeadlineMs, 1);
  requireAtLeast("clockCheckMs", options.clockCheckMs, 1);
  requireAtLeast("skewWarningMs", options.skewWarningMs, 0);
  requireAtLeast("maxWaiting", options.maxWaiting, 1);
  return options;
}
