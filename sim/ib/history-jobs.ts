import type { Timer } from "../../core/time/clock.ts";
import type { GatewayState } from "./gateway-state.ts";

/** What an open request is for. */
export type JobKind = "history" | "kept-up-to-date" | "schedule" | "head-timestamp";

interface Job {
  readonly kind: JobKind;
  /** Absent once it is answered, and where it never will be. */
  timer: Timer | undefined;
}

/** The requests for history that are open on one connection. */
export class HistoryJobs {
  readonly #state: GatewayState;
  readonly #jobs = new Map<number, Job>();

  constructor(state: GatewayState) {
    this.#state = state;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Of those, how many become streams. */
  get becomingStreams(): number {
    return [...this.#jobs.values()].filter(({ kind }) => kind === "kept-up-to-date").length;
  }

  has(requestId: number): boolean {
    return this.#jobs.has(requestId);
  }

  kindOf(requestId: number): JobKind | undefined {
    return this.#jobs.get(requestId)?.kind;
  }

  /**
   * Opens a request that is answered after a while, infinite for never. One for a head timestamp
   * stays open until it is cancelled; all others end when they are answered.
   */
  open(requestId: number, kind: JobKind, delayMs: number, answer: () => void): void {
    const job: Job = { kind, timer: undefined };
    this.#jobs.set(requestId, job);
    if (delayMs === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#state;
    job.timer = clock.schedule(clock.now() + delayMs, () => {
      job.timer = undefined;
      if (kind !== "head-timestamp") this.#jobs.delete(requestId);
      answer();
    });
  }

  /** Ends a request without an answer; whether there was one. */
  cancel(requestId: number): boolean {
    this.#jobs.get(requestId)?.timer?.cancel();
    return this.#jobs.delete(requestId);
  }

  /** Ends all without an answer; their ids, in the order they were asked. */
  cancelAll(): readonly number[] {
    const ids = [...this.#jobs.keys()];
    for (const id of ids) this.cancel(id);
    return ids;
  }
}
