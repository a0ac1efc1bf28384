import type { ClockDriver, Timer, TimerClock } from "./clock.ts";
import { assert } from "./failure.ts";
import type { UnixMs } from "./instant.ts";

class Entry implements Timer {
  action: (() => void) | undefined;
  readonly at: UnixMs;
  readonly order: number;

  constructor(at: UnixMs, order: number, action: () => void) {
    this.at = at;
    this.order = order;
    this.action = action;
  }

  cancel(): void {
    this.action = undefined;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/**
 * Time that moves only when it is told to: a queue of actions in a binary heap, ordered by instant
 * and then by scheduling. A simulated hour costs what happens in it and nothing else.
 */
export class VirtualTime implements TimerClock, ClockDriver {
  /**
   * A number from the first: a field that began as `undefined` would box every instant it holds.
   */
  #now: UnixMs = 0;
  #heap: Entry[] = [];
  #scheduled = 0;

  constructor(start: UnixMs) {
    this.#now = start;
  }

  now(): UnixMs {
    return this.#now;
  }

  schedule(at: UnixMs, action: () => void): Timer {
    assert(!Number.isNaN(at), "an action is scheduled at an instant");
    const entry = new Entry(Math.max(at, this.#now), this.#scheduled++, action);
    this.#push(entry);
    return entry;
  }

  /** The instant of the next action, or undefined when nothing is scheduled. */
  get nextAt(): UnixMs | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].action === undefined) this.#pop();
    return this.#heap[0]?.at;
  }

  advanceTo(at: UnixMs): void {
    assert(at >= this.#now, "time never goes back");
    if (this.#heap.length > 0) this.#runDue(at);
    // An action can have advanced time itself, and further.
    if (at > this.#now) this.#now = at;
  }

  /** Runs the next action and moves the present to it; false when there is none. */
  step(): boolean {
    if (this.nextAt === undefined) return false;
    const entry = this.#pop();
    this.#now = entry.at;
    const action = entry.action;
    entry.action = undefined;
    action?.();
    return true;
  }

  #runDue(by: UnixMs): void {
    for (let next = this.nextAt; next !== undefined && next <= by; next = this.nextAt) this.step();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}
