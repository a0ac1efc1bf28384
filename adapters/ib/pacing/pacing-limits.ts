import { fail } from "../../../core/time/failure.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";

/**
 * What a gateway lets a client ask, as Interactive Brokers documents it for bars. Every limit holds
 * in any window of its length, wherever it begins.
 */
export interface PacingLimits {
  /**
   * Messages in any second, cancels and probes included; 2 or more; default 45. A gateway allows
   * 50 (half the market data lines), and drops a client that goes over it three times.
   */
  readonly messagesPerSecond: number;
  /**
   * Requests for history that are open at once: those whose answer has not come, the first page of
   * a stream included; 1 or more; default 40. A gateway allows 50.
   */
  readonly openHistoricalRequests: number;
  /**
   * Requests for bars of 30 seconds or less in any 10 minutes, where one for bid and ask counts
   * twice; when history begins counts as well; 2 or more; default 60, the gateway's own limit.
   */
  readonly smallBarRequests: number;
  /**
   * Of these, how many for one contract, exchange and price type in any 2 seconds; 2 or more;
   * default 5: a gateway refuses the sixth.
   */
  readonly sameContractRequests: number;
  /**
   * Milliseconds before one of these may be asked again unchanged; 0 or more; default 15,000, the
   * gateway's own limit.
   */
  readonly identicalRequestMs: number;
  /**
   * New streams of 5-second bars in any 10 minutes; 1 or more; default 60, the gateway's own limit.
   */
  readonly realTimeBarRequests: number;
  /**
   * Streams of 5-second bars that are open at once, since each takes a market data line; 1 or more.
   * Default: not limited here; a gateway (100 lines on most accounts) refuses one too many, and
   * says so, while a stream over this limit waits until another ends.
   */
  readonly realTimeBarStreams: number;
  /**
   * Milliseconds by which every window above but the second is taken to be longer, because a
   * network squeezes requests together; 0 or more; default 250.
   */
  readonly marginMs: number;
  /**
   * How long history, or new streams of 5-second bars, rest after the gateway complained of their
   * pace, in milliseconds; 1 or more; default 15,000. It doubles from complaint to complaint and
   * halves with every answer.
   */
  readonly penaltyMs: number;
  /** The longest such rest, in milliseconds; `penaltyMs` or more; default 600,000. */
  readonly longestPenaltyMs: number;
}

const DEFAULT_PACING_LIMITS: PacingLimits = {
  messagesPerSecond: 45,
  openHistoricalRequests: 40,
  smallBarRequests: 60,
  sameContractRequests: 5,
  identicalRequestMs: 15_000,
  realTimeBarRequests: 60,
  realTimeBarStreams: Number.POSITIVE_INFINITY,
  marginMs: 250,
  penaltyMs: 15_000,
  longestPenaltyMs: 600_000,
};

/** Fills in the defaults and refuses what makes no sense with `invalid-option`. */
export function pacingLimits(given: Partial<PacingLimits> = {}): PacingLimits {
  const limits = { ...DEFAULT_PACING_LIMITS, ...given };
  requireAtLeast("messagesPerSecond", limits.messagesPerSecond, 2);
  requireAtLeast("openHistoricalRequests", limits.openHistoricalRequests, 1);
  // A request for bid and ask counts twice, and must be able to go out at all.
  requireAtLeast("smallBarRequests", limits.smallBarRequests, 2);
  requireAtLeast("sameContractRequests", limits.sameContractRequests, 2);
  requireAtLeast("identicalRequestMs", limits.identicalRequestMs, 0);
  requireAtLeast("realTimeBarRequests", limits.realTimeBarRequests, 1);
  requireStreams(limits.realTimeBarStreams);
  requireAtLeast("marginMs", limits.marginMs, 0);
  requireAtLeast("penaltyMs", limits.penaltyMs, 1);
  requireAtLeast("longestPenaltyMs", limits.longestPenaltyMs, limits.penaltyMs);
  return limits;
}

function requireStreams(streams: number): void {
  if (streams === Number.POSITIVE_INFINITY) return;
  if (Number.isSafeInteger(streams) && streams >= 1) return;
  fail("invalid-option", `realTimeBarStreams is ${streams}`, {
    cure: "give a whole number of at least 1, or leave it out for no limit",
  });
}
