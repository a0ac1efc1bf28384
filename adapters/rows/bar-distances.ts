import { type BarSize, barSizeOfMs } from "../../core/time/bar-size.ts";
import { DAY_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";

/** Distances kept apart; a file has few, and one with more is no series of bars. */
const MAX_DISTANCES = 10_000;

/** How far the rows of a file lie apart, from which the size of its bars is found. */
export class BarDistances {
  readonly #counts = new Map<number, number>();
  #previous: UnixMs = Number.NaN;

  /** Takes the time of the next row. */
  take(at: UnixMs): void {
    const distance = at - this.#previous;
    this.#previous = at;
    if (!(distance > 0)) return;
    if (this.#counts.has(distance) || this.#counts.size < MAX_DISTANCES) {
      this.#counts.set(distance, (this.#counts.get(distance) ?? 0) + 1);
    }
  }

  /**
   * The distance that most neighboring rows have, the smallest of equally common ones; undefined
   * where there is none, or where it is no bar size.
   */
  get size(): BarSize | undefined {
    let best = Number.NaN;
    let most = 0;
    for (const [distance, count] of this.#counts) {
      if (count > most || (count === most && distance < best)) {
        best = distance;
        most = count;
      }
    }
    const isSize = best % SECOND_MS === 0 && best <= DAY_MS;
    return isSize ? barSizeOfMs(best) : undefined;
  }
}
