import type { Timer, TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";

/** Carries things one way in order, each as long under way as the others; one timer at most. */
export class DelayLine<T> {
  readonly #clock: TimerClock;
  readonly #delayMs: number;
  readonly #arrive: (item: T) => void;
  #queue: { readonly at: UnixMs; readonly item: T }[] = [];
  #timer: Timer | undefined;

  constructor(clock: TimerClock, delayMs: number, arrive: (item: T) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#arrive = arrive;
  }

  push(item: T): void {
    this.#queue.push({ at: this.#clock.now() + this.#delayMs, item });
    if (this.#timer === undefined) this.#wait();
  }

  /** What is under way never arrives. */
  clear(): void {
    this.#queue = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer = this.#clock.schedule(this.#queue[0]!.at, () => this.#deliver());
  }

  #deliver(): void {
    // The timer stays set meanwhile, so that what is sent now does not set another.
    const queue = this.#queue;
    const now = this.#clock.now();
    let count = 0;
    while (count < queue.length && queue[count]!.at <= now) {
      const { item } = queue[count]!;
      count += 1;
      this.#arrive(item);
      // It was cleared on the way.
      if (this.#queue !== queue) return;
    }
    queue.splice(0, count);
    this.#timer = undefined;
    if (queue.length > 0) this.#wait();
  }
}
