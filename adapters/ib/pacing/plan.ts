import { assert } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { IbQuestion } from "../session/ib-link.ts";
import { answerKind, type LatencyEstimate } from "./latency-model.ts";
import { Pacer } from "./pacer.ts";
import type { PacingLimit } from "./pacing-budget.ts";
import type { PacingLimits } from "./pacing-limits.ts";

/** A question that is going to be asked. */
export interface PlannedRequest {
  readonly question: IbQuestion;
  /** How many bars its answer will hold; 0 where it holds none. */
  readonly bars: number;
  /**
   * The place in the list of an earlier request without whose answer this one is not asked.
   * Absent: it is asked at once.
   */
  readonly after?: number;
}

export interface RequestPlan {
  /**
   * From the first question to the last answer, in whole milliseconds; infinite when some can never
   * be asked, because more streams are planned than may be open.
   */
  readonly durationMs: number;
  /** How many messages are sent for it, cancels included. */
  readonly messages: number;
  /** What most of the time is spent on: the gateway's answers, or waiting for a limit. */
  readonly bottleneck: "answers" | PacingLimit;
}

/**
 * Predicts how long requests will take, by running them through a real pacer with nothing used yet,
 * in virtual time, against a gateway that answers after the given latency.
 *
 * @param limits as the pacer that will send them has them.
 */
export function planRequests(
  requests: readonly PlannedRequest[],
  limits: PacingLimits,
  latency: LatencyEstimate,
): RequestPlan {
  return new Rehearsal(requests, limits, latency).run();
}

class Rehearsal {
  readonly #requests: readonly PlannedRequest[];
  readonly #latency: LatencyEstimate;
  readonly #time = new VirtualTime(0);
  readonly #pacer: Pacer;
  readonly #followers = new Map<number, number[]>();
  readonly #waitedMs = new Map<"answers" | PacingLimit, number>([["answers", 0]]);
  #messages = 0;
  #answeredAt: UnixMs = 0;

  constructor(requests: readonly PlannedRequest[], limits: PacingLimits, latency: LatencyEstimate) {
    this.#requests = requests;
    this.#latency = latency;
    this.#pacer = new Pacer(this.#time, limits);
    this.#pacer.open();
  }

  run(): RequestPlan {
    for (const [index, { after }] of this.#requests.entries()) {
      if (after === undefined) continue;
      assert(after >= 0 && after < index, "a request follows an earlier one");
      const followers = this.#followers.get(after);
      if (followers === undefined) this.#followers.set(after, [index]);
      else followers.push(index);
    }
    for (const [index, { after }] of this.#requests.entries()) {
      if (after === undefined) this.#ask(index);
    }
    for (;;) {
      const waitsFor = this.#pacer.waitsFor ?? "answers";
      const before = this.#time.now();
      if (!this.#time.step()) break;
      const passedMs = this.#time.now() - before;
      this.#waitedMs.set(waitsFor, (this.#waitedMs.get(waitsFor) ?? 0) + passedMs);
    }
    const stuckOn = this.#pacer.waitsFor;
    return {
      durationMs: stuckOn === undefined ? this.#answeredAt : Number.POSITIVE_INFINITY,
      messages: this.#messages,
      bottleneck: stuckOn ?? this.#bottleneck(),
    };
  }

  #ask(index: number): void {
    const { question, bars } = this.#requests[index]!;
    const request = { ...question, requestId: index };
    const paced = this.#pacer.submit(request, () => {
      this.#messages += 1;
      const kind = answerKind(question);
      const ms = kind === undefined ? 0 : Math.round(this.#latency.expectedMs(kind, bars));
      // The answer comes in its own time, never within the call that sends the question.
      this.#time.schedule(this.#time.now() + ms, () => {
        this.#answeredAt = this.#time.now();
        paced.answered();
        if (question.kind === "head-timestamp") this.#cancel(index);
        for (const next of this.#followers.get(index) ?? []) this.#ask(next);
      });
    });
  }

  #cancel(index: number): void {
    const cancel = { kind: "cancel", of: "head-timestamp", requestId: index } as const;
    this.#pacer.submit(cancel, () => {
      this.#messages += 1;
    });
  }

  #bottleneck(): "answers" | PacingLimit {
    let longest: "answers" | PacingLimit = "answers";
    for (const [name, ms] of this.#waitedMs) {
      if (ms > this.#waitedMs.get(longest)!) longest = name;
    }
    return longest;
  }
}
