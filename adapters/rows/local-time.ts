import { DAY_MS, type DayNumber, type UnixMs } from "../../core/time/instant.ts";
import type { Zone } from "../../core/time/zone.ts";

/**
 * Turns the wall times of a file into instants. A wall time that occurs twice means its first
 * occurrence, unless that would not come after the time before it: then the second. One that the
 * zone skips is no instant.
 */
export class LocalTime {
  readonly #zone: Zone;
  #day: DayNumber = Number.NaN;
  #beforeMs = 0;
  #afterMs = 0;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** @returns the instant, or NaN for a wall time that does not exist. */
  resolve(day: DayNumber, msOfDay: number, previous: UnixMs): UnixMs {
    if (day !== this.#day) this.#enter(day);
    const wall = day * DAY_MS + msOfDay;
    const first = wall - this.#beforeMs;
    if (this.#beforeMs === this.#afterMs) return first;
    const second = wall - this.#afterMs;
    const firstExists = this.#zone.offsetMsAt(first) === this.#beforeMs;
    const secondExists = this.#zone.offsetMsAt(second) === this.#afterMs;
    if (firstExists && (first > previous || !secondExists)) return first;
    return secondExists ? second : Number.NaN;
  }

  /** The offsets a day before and a day after it: where they agree, nothing changes on this day. */
  #enter(day: DayNumber): void {
    this.#day = day;
    this.#beforeMs = this.#zone.offsetMsAt((day - 1) * DAY_MS);
    this.#afterMs = this.#zone.offsetMsAt((day + 2) * DAY_MS);
  }
}
