import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";

/** Ranges kept at the least; with 16 bytes each, memory stays flat however long the file is. */
const RANGES_KEPT = 65_536;

/**
 * Where a file has had no bar so far, between its bars: what tells a row that comes too late apart
 * from one that repeats a bar.
 */
export class AbsentRanges {
  #from: UnixMs[] = [];
  #to: UnixMs[] = [];
  /** What lies before this instant is no longer known. */
  #knownFrom: UnixMs = Number.NEGATIVE_INFINITY;

  /** Adds a range that lies after all others; one that is empty changes nothing. */
  add(from: UnixMs, to: UnixMs): void {
    if (to <= from) return;
    this.#from.push(from);
    this.#to.push(to);
    if (this.#from.length < 2 * RANGES_KEPT) return;
    this.#knownFrom = this.#to[RANGES_KEPT - 1]!;
    this.#from = this.#from.slice(RANGES_KEPT);
    this.#to = this.#to.slice(RANGES_KEPT);
  }

  /**
   * The range in which a bar would begin; undefined where it would begin in a bar that was taken.
   * Of what is no longer known, the bar's own interval.
   */
  around(openTime: UnixMs, closeTime: UnixMs): TimeRange | undefined {
    if (openTime < this.#knownFrom) return { from: openTime, to: closeTime };
    let low = 0;
    let high = this.#to.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#to[middle]! <= openTime) low = middle + 1;
      else high = middle;
    }
    const from = this.#from[low];
    return from === undefined || from > openTime ? undefined : { from, to: this.#to[low]! };
  }
}
