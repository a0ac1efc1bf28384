import type { MachineTime } from "../../../adapters/system/machine-time.ts";

interface Wake {
  readonly at: number;
  readonly action: () => void;
}

/** A machine whose clocks a test moves: its timers follow the steady clock, as real ones do. */
export class FakeMachine implements MachineTime {
  longestDelayMs = 0;
  #wallMs: number;
  #steadyMs = 0.5;
  #wakes: Wake[] = [];

  constructor(wallMs: number) {
    this.#wallMs = wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  steadyMs(): number {
    return this.#steadyMs;
  }

  wake(delayMs: number, action: () => void): () => void {
    this.longestDelayMs = Math.max(this.longestDelayMs, delayMs);
    const wake = { at: this.#steadyMs + delayMs, action };
    this.#wakes.push(wake);
    return () => {
      this.#wakes = this.#wakes.filter((each) => each !== wake);
    };
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#wakes.length;
  }

  /** Both clocks go on; timers that were waiting and come due run, each at its time. */
  pass(ms: number): void {
    const end = this.#steadyMs + ms;
    for (;;) {
      const due = this.#wakes.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#wakes = this.#wakes.filter((each) => each !== due);
      this.#moveTo(Math.max(due.at, this.#steadyMs));
      due.action();
      if (ms === 0) return;
    }
    if (end > this.#steadyMs) this.#moveTo(end);
  }

  /** Someone sets the wall clock by so much. */
  set(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** The machine sleeps: on waking only the wall clock has gone on. */
  suspend(ms: number): void {
    this.#wallMs += ms;
  }

  #moveTo(steadyMs: number): void {
    this.#wallMs += steadyMs - this.#steadyMs;
    this.#steadyMs = steadyMs;
  }
}
