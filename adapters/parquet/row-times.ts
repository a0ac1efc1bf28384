import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import { UTC, type Zone } from "../../core/time/zone.ts";
import type { Stamp } from "../rows/bar-placement.ts";
import { LocalTime } from "../rows/local-time.ts";
import type { TimeKind } from "./column-types.ts";

/** Makes instants of the times of one column, one after another. */
export class RowTimes implements Stamp {
  readonly #kind: TimeKind;
  readonly #zone: Zone;
  readonly #local: LocalTime;
  readonly #needsDay: boolean;
  #previous: UnixMs = Number.NEGATIVE_INFINITY;
  at: UnixMs = Number.NaN;
  day = Number.NaN;
  msOfDay = Number.NaN;

  /** @param needsDay whether anyone asks for the day of an instant, which costs. */
  constructor(kind: TimeKind, zone: Zone | undefined, needsDay: boolean) {
    this.#kind = kind;
    this.#zone = zone ?? UTC;
    this.#local = new LocalTime(this.#zone);
    this.#needsDay = needsDay;
  }

  /** Takes the value of a row; false for a wall time that the zone skips. */
  take(value: number): boolean {
    this.at = value;
    if (this.#kind === "date") {
      this.day = value / DAY_MS;
    } else if (this.#kind === "local") {
      this.#split(value);
      this.at = this.#local.resolve(this.day, this.msOfDay, this.#previous);
      if (Number.isNaN(this.at)) return false;
    } else if (this.#needsDay && this.#kind === "utc") {
      this.#split(value + this.#zone.offsetMsAt(value));
    }
    if (this.at > this.#previous) this.#previous = this.at;
    return true;
  }

  #split(wall: number): void {
    this.day = Math.floor(wall / DAY_MS);
    this.msOfDay = wall - this.day * DAY_MS;
  }
}
