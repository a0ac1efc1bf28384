import { MINUTE_MS, SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { PacingLimits } from "./pacing-limits.ts";
import { Penalty } from "./penalty.ts";
import type { RequestClass, SmallRequest } from "./request-class.ts";
import { SlidingWindow } from "./sliding-window.ts";

/** What a request waits for. */
export type PacingLimit =
  | "messages"
  | "open-requests"
  | "small-bars"
  | "same-contract"
  | "identical"
  | "real-time-bars"
  | "streams"
  | "penalty"
  | "gate";

/** When a request may go as far as one limit is concerned; infinite: when another has ended. */
export interface Allowance {
  readonly at: UnixMs;
  readonly limit: PacingLimit;
}

const SMALL_WINDOW_MS = 10 * MINUTE_MS;
const SAME_CONTRACT_WINDOW_MS = 2 * SECOND_MS;
/** A gateway that complained of too many messages gets half as many for so long. */
const SLOW_MS = MINUTE_MS;

/** What has been used of every limit, and so when a request may go. */
export class PacingBudget {
  readonly #limits: PacingLimits;
  readonly #messages = new SlidingWindow(SECOND_MS);
  readonly #small: SlidingWindow;
  readonly #realTimeBars: SlidingWindow;
  readonly #historyPenalty: Penalty;
  readonly #streamPenalty: Penalty;
  /** By contract, the one used last at the end. */
  readonly #sameContract = new Map<string, { window: SlidingWindow; usedAt: UnixMs }>();
  /** When each of these requests was last sent, the latest at the end. */
  readonly #identical = new Map<string, UnixMs>();
  #slowUntil: UnixMs = Number.NEGATIVE_INFINITY;
  #openHistorical = 0;
  #openStreams = 0;

  constructor(limits: PacingLimits) {
    this.#limits = limits;
    this.#historyPenalty = new Penalty(limits.penaltyMs, limits.longestPenaltyMs);
    this.#streamPenalty = new Penalty(limits.penaltyMs, limits.longestPenaltyMs);
    this.#small = new SlidingWindow(SMALL_WINDOW_MS + limits.marginMs);
    this.#realTimeBars = new SlidingWindow(SMALL_WINDOW_MS + limits.marginMs);
  }

  /** When any message may go. */
  messageAt(now: UnixMs): UnixMs {
    const { messagesPerSecond } = this.#limits;
    if (now >= this.#slowUntil) return this.#messages.freeAt(now, messagesPerSecond);
    return this.#messages.freeAt(now, Math.floor(messagesPerSecond / 2));
  }

  /** When a request of this class may go, messages apart, and which limit says so. */
  allowance(of: RequestClass, now: UnixMs): Allowance {
    if (of.lane === "real-time-bars") return this.#streamAllowance(now);
    if (!of.isHistorical) return { at: now, limit: "messages" };
    if (this.#openHistorical >= this.#limits.openHistoricalRequests) {
      return { at: Number.POSITIVE_INFINITY, limit: "open-requests" };
    }
    const rest = restOf(this.#historyPenalty, now);
    return of.small === undefined ? rest : later(rest, this.#smallAllowance(of.small, now));
  }

  /** When this request may be asked again unchanged. */
  repeatAt(of: SmallRequest, now: UnixMs): UnixMs {
    const sentAt = this.#identical.get(of.identity);
    if (sentAt === undefined) return now;
    return Math.max(now, sentAt + this.#limits.identicalRequestMs + this.#limits.marginMs);
  }

  /** A request goes out. */
  spend(of: RequestClass, now: UnixMs): void {
    this.#messages.add(now);
    if (of.isHistorical) this.#openHistorical += 1;
    if (of.small !== undefined) this.#spendSmall(of.small, now);
    if (of.lane === "real-time-bars") {
      this.#openStreams += 1;
      this.#realTimeBars.add(now);
    }
  }

  /** An open request for history was answered or is over. */
  freeHistorical(): void {
    this.#openHistorical -= 1;
  }

  freeStream(): void {
    this.#openStreams -= 1;
  }

  /** The rest that follows a complaint about such a request; none where none is ever made. */
  penaltyOf(of: RequestClass): Penalty | undefined {
    if (of.lane === "real-time-bars") return this.#streamPenalty;
    return of.isHistorical ? this.#historyPenalty : undefined;
  }

  /** The gateway said that too many messages came. */
  slowDown(now: UnixMs): void {
    this.#slowUntil = now + SLOW_MS;
  }

  #streamAllowance(now: UnixMs): Allowance {
    if (this.#openStreams >= this.#limits.realTimeBarStreams) {
      return { at: Number.POSITIVE_INFINITY, limit: "streams" };
    }
    const at = this.#realTimeBars.freeAt(now, this.#limits.realTimeBarRequests);
    return later(restOf(this.#streamPenalty, now), { at, limit: "real-time-bars" });
  }

  #smallAllowance(of: SmallRequest, now: UnixMs): Allowance {
    const { smallBarRequests, sameContractRequests } = this.#limits;
    const any = this.#small.freeAt(now, smallBarRequests, of.weight);
    const window = this.#sameContract.get(of.contract)?.window;
    const same = window?.freeAt(now, sameContractRequests, of.weight) ?? now;
    return later({ at: any, limit: "small-bars" }, { at: same, limit: "same-contract" });
  }

  #spendSmall(of: SmallRequest, now: UnixMs): void {
    const { marginMs, identicalRequestMs } = this.#limits;
    this.#small.add(now, of.weight);
    const used = this.#sameContract.get(of.contract);
    const windowMs = SAME_CONTRACT_WINDOW_MS + marginMs;
    const window = used?.window ?? new SlidingWindow(windowMs);
    window.add(now, of.weight);
    this.#sameContract.delete(of.contract);
    this.#sameContract.set(of.contract, { window, usedAt: now });
    this.#identical.delete(of.identity);
    this.#identical.set(of.identity, now);
    for (const [contract, { usedAt }] of this.#sameContract) {
      if (usedAt > now - windowMs) break;
      this.#sameContract.delete(contract);
    }
    for (const [identity, sentAt] of this.#identical) {
      if (sentAt > now - identicalRequestMs - marginMs) break;
      this.#identical.delete(identity);
    }
  }
}

function restOf({ endsAt }: Penalty, now: UnixMs): Allowance {
  return { at: Math.max(now, endsAt), limit: "penalty" };
}

function later(a: Allowance, b: Allowance): Allowance {
  return b.at > a.at ? b : a;
}
