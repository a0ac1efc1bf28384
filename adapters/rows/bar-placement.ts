import type { BarGrid } from "../../core/time/bar-grid.ts";
import type { BarSize } from "../../core/time/bar-size.ts";
import { BarlineError } from "../../core/time/failure.ts";
import {
  DAY_MS,
  type DayNumber,
  formatDay,
  formatInstant,
  type UnixMs,
} from "../../core/time/instant.ts";
import { UTC, wallTime, type Zone } from "../../core/time/zone.ts";

/** A time as a file gives it. */
export interface Stamp {
  /** The instant that it names; for a date, midnight UTC. */
  readonly at: UnixMs;
  /** The civil day as written; NaN for times that count from an epoch. */
  readonly day: DayNumber;
  /** Milliseconds after midnight as written; NaN for dates and for times from an epoch. */
  readonly msOfDay: number;
}

/** Finds the interval of the bar that a time in the file names. */
export class BarPlacement {
  readonly #size: BarSize;
  readonly #grid: BarGrid | undefined;
  readonly #zone: Zone;
  readonly #isClose: boolean;
  openTime: UnixMs = Number.NaN;
  closeTime: UnixMs = Number.NaN;

  constructor(
    size: BarSize,
    grid: BarGrid | undefined,
    zone: Zone | undefined,
    label: "open" | "close",
  ) {
    this.#size = size;
    this.#grid = grid;
    this.#zone = zone ?? UTC;
    this.#isClose = label === "close";
  }

  /**
   * Fills `openTime` and `closeTime`; false where the grid has no such bar. A date names the
   * trading day whatever the label; so does an opening written as midnight where daily bars have
   * a grid.
   */
  place(stamp: Stamp): boolean {
    if (Number.isNaN(stamp.msOfDay) && !Number.isNaN(stamp.day)) return this.#placeDay(stamp.day);
    const grid = this.#grid;
    if (grid === undefined) {
      this.openTime = this.#isClose ? stamp.at - this.#size.ms : stamp.at;
      this.closeTime = this.openTime + this.#size.ms;
      return true;
    }
    if (this.#isClose) {
      const slot = grid.slotAt(stamp.at - 1);
      this.openTime = slot?.openTime ?? Number.NaN;
      this.closeTime = slot?.closeTime ?? Number.NaN;
      return this.closeTime === stamp.at;
    }
    this.openTime = stamp.at;
    if (grid.opensAt(stamp.at)) {
      this.closeTime = grid.closeOf(stamp.at);
      return true;
    }
    return this.#size.ms === DAY_MS && stamp.msOfDay === 0 && this.#placeDay(stamp.day);
  }

  /** Why `place` said false, as the end of a sentence. */
  explain(stamp: Stamp): string {
    const { calendar, size } = this.#grid!;
    if (Number.isNaN(stamp.msOfDay) && !Number.isNaN(stamp.day)) {
      return `${calendar.name} has no session on ${formatDay(stamp.day)}`;
    }
    try {
      calendar.requireKnown(stamp.at);
    } catch (error) {
      if (error instanceof BarlineError) return error.message;
      throw error;
    }
    const verb = this.#isClose ? "closes" : "opens";
    return `no ${size.label} bar of ${calendar.name} ${verb} at ${formatInstant(stamp.at)}`;
  }

  #placeDay(day: DayNumber): boolean {
    if (this.#grid === undefined) {
      this.openTime = wallTime(this.#zone, day, 0);
      this.closeTime = wallTime(this.#zone, day + 1, 0);
      return true;
    }
    const segments = this.#grid.calendar.sessionOn(day)?.segments;
    this.openTime = segments?.[0]?.from ?? Number.NaN;
    this.closeTime = segments?.at(-1)?.to ?? Number.NaN;
    return segments !== undefined;
  }
}
