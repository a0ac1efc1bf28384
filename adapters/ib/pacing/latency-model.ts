import type { IbQuestion } from "../session/ib-link.ts";

/** What takes its own time to answer. History up to the present is far faster than older one. */
export type AnswerKind =
  | "current-time"
  | "contract-details"
  | "schedule"
  | "head-timestamp"
  | "recent-history"
  | "dated-history";

/** How long an answer takes: `baseMs` and `barMs` more for each bar of it, in milliseconds. */
export interface Latency {
  readonly baseMs: number;
  readonly barMs: number;
}

/** Tells how long a gateway will take. */
export interface LatencyEstimate {
  /** In milliseconds, 0 or more, for an answer of so many bars. */
  expectedMs(kind: AnswerKind, bars: number): number;
}

/** What is assumed of a gateway that has not answered yet: a usual one, over the internet. */
const ASSUMED: Readonly<Record<AnswerKind, Latency>> = {
  "current-time": { baseMs: 20, barMs: 0 },
  "contract-details": { baseMs: 150, barMs: 0 },
  schedule: { baseMs: 300, barMs: 0 },
  "head-timestamp": { baseMs: 300, barMs: 0 },
  "recent-history": { baseMs: 300, barMs: 0.1 },
  "dated-history": { baseMs: 1_500, barMs: 0.5 },
};

/** What an answer weighs after one more has come: about the last ten count. */
const KEPT = 0.9;

/** Sums of all answers of one kind, older ones weighing ever less. */
class Sums {
  weight = 0;
  bars = 0;
  ms = 0;
  barsBars = 0;
  barsMs = 0;

  add(bars: number, ms: number): void {
    this.weight = this.weight * KEPT + 1;
    this.bars = this.bars * KEPT + bars;
    this.ms = this.ms * KEPT + ms;
    this.barsBars = this.barsBars * KEPT + bars * bars;
    this.barsMs = this.barsMs * KEPT + bars * ms;
  }

  /** The straight line nearest to all answers (weighted least squares), neither part below 0. */
  line(): Latency {
    const meanBars = this.bars / this.weight;
    const meanMs = this.ms / this.weight;
    const variance = this.barsBars / this.weight - meanBars * meanBars;
    const covariance = this.barsMs / this.weight - meanBars * meanMs;
    // Answers of one length do not tell what a bar costs: all of it is taken for the base.
    const slope = variance < 1 ? 0 : Math.max(0, covariance / variance);
    const barMs = meanBars > 0 ? Math.min(slope, meanMs / meanBars) : 0;
    return { baseMs: Math.max(0, meanMs - barMs * meanBars), barMs };
  }
}

/** Learns from answers how long a gateway takes, kind by kind. */
export class LatencyModel implements LatencyEstimate {
  readonly #sums = new Map<AnswerKind, Sums>();

  /** An answer of so many bars came after `ms` milliseconds. */
  learn(kind: AnswerKind, bars: number, ms: number): void {
    let sums = this.#sums.get(kind);
    if (sums === undefined) {
      sums = new Sums();
      this.#sums.set(kind, sums);
    }
    sums.add(bars, ms);
  }

  /**
   * What was never asked is taken to be as much faster or slower than assumed as the answers that
   * came were on average.
   */
  expectedMs(kind: AnswerKind, bars: number): number {
    const known = this.#sums.get(kind)?.line();
    if (known !== undefined) return known.baseMs + known.barMs * bars;
    return assumedMs(kind, bars) * this.#factor();
  }

  #factor(): number {
    let sum = 0;
    for (const [kind, { weight, bars, ms }] of this.#sums) {
      sum += ms / weight / assumedMs(kind, bars / weight);
    }
    return this.#sums.size === 0 ? 1 : sum / this.#sums.size;
  }
}

function assumedMs(kind: AnswerKind, bars: number): number {
  return ASSUMED[kind].baseMs + ASSUMED[kind].barMs * bars;
}

/** The kind of a question's answer; undefined for a stream that has none but its events. */
export function answerKind(question: IbQuestion): AnswerKind | undefined {
  switch (question.kind) {
    case "real-time-bars":
      return undefined;
    case "history":
      return question.end === "" ? "recent-history" : "dated-history";
    default:
      return question.kind;
  }
}
