import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";

/**
 * What a file may claim to be all there is: between its first and its last bar every bar there was,
 * but for the places of rows that were left out. Such a row could have been any bar between its
 * sound neighbors, so nothing between their bars is claimed.
 */
export class CoverageClaims {
  readonly #from: UnixMs;
  readonly #to: UnixMs;
  /** Where the stretch not yet claimed begins; undefined before the first bar and after a hole. */
  #start: UnixMs | undefined;
  #lastClose: UnixMs = Number.NEGATIVE_INFINITY;
  #isHolePending = false;
  #hasHole = false;
  #claimed: TimeRange[] = [];

  /** Only what lies in `[from, to)` is claimed, and beyond `to` the rest of its last bar. */
  constructor(from: UnixMs, to: UnixMs) {
    this.#from = from;
    this.#to = to;
  }

  /** Whether rows were left out that could have been wanted bars. */
  get hasHole(): boolean {
    return this.#hasHole || this.#isHolePending;
  }

  /** A sound bar that opens before the end of the range. */
  bar(openTime: UnixMs, closeTime: UnixMs): void {
    if (this.#isHolePending) this.#closeHole(openTime);
    this.#start ??= openTime;
    this.#lastClose = closeTime;
  }

  /** A row was left out. */
  hole(): void {
    this.#isHolePending = true;
  }

  /** The file goes on with a bar at or after the end of the range. */
  end(openTime: UnixMs): void {
    if (this.#isHolePending) this.#closeHole(openTime);
    else if (this.#start !== undefined) {
      this.#claim(this.#start, Math.max(this.#to, this.#lastClose));
      this.#start = undefined;
    }
  }

  /** The ranges that can be claimed by now and were not before. */
  take(): readonly TimeRange[] {
    if (this.#start !== undefined) {
      this.#claim(this.#start, this.#lastClose);
      this.#start = this.#lastClose;
    }
    const claimed = this.#claimed;
    this.#claimed = [];
    return claimed;
  }

  #closeHole(nextOpen: UnixMs): void {
    if (this.#start !== undefined) this.#claim(this.#start, this.#lastClose);
    this.#start = undefined;
    this.#isHolePending = false;
    if (nextOpen > this.#from) this.#hasHole = true;
  }

  #claim(from: UnixMs, to: UnixMs): void {
    const start = Math.max(from, this.#from);
    if (to > start) this.#claimed.push({ from: start, to });
  }
}
