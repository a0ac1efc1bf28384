import type { BarSize } from "./bar-size.ts";
import { fail } from "./failure.ts";
import { DAY_MS, formatInstant, type UnixMs } from "./instant.ts";
import type { TimeRange } from "./range.ts";
import type { Segment, TradingCalendar } from "./trading-calendar.ts";
import { localDay, wallTime } from "./zone.ts";

/** The place of one bar on a grid: the half-open interval `[openTime, closeTime)`. */
export interface BarSlot {
  readonly openTime: UnixMs;
  readonly closeTime: UnixMs;
}

/**
 * Where bar boundaries lie inside a segment: counted from its opening, or at multiples of the size
 * since midnight on the exchange's wall clock, of the day on which the segment opens. The two agree
 * where the opening is such a multiple.
 */
export type GridAlignment = "session" | "clock";

/** How many slots of a long range there were, at a version of the calendar. */
interface Counted extends TimeRange {
  readonly version: number;
  readonly total: number;
}

/** From this length on a range has so many sessions that its count is remembered. */
const LONG_MS = 28 * DAY_MS;
const MOST_COUNTED = 4;

/**
 * The bars that must exist on a calendar. No bar spans a break; one that a segment's end (or, with
 * clock alignment, its opening) cuts is shorter. A daily bar spans its whole session, breaks
 * included.
 */
export class BarGrid {
  readonly calendar: TradingCalendar;
  readonly size: BarSize;
  readonly alignment: GridAlignment;
  readonly #isDaily: boolean;
  // The stretch last looked at: slots come in order, so nearly every question falls into it, unless
  // the calendar has changed since.
  #from: UnixMs = 0;
  #to: UnixMs = 0;
  #anchor: UnixMs = 0;
  #version = 0;
  /** What was counted last: plans ask for the same years again and again. */
  readonly #counted: Counted[] = [];

  constructor(calendar: TradingCalendar, size: BarSize, alignment: GridAlignment = "session") {
    this.calendar = calendar;
    this.size = size;
    this.alignment = alignment;
    this.#isDaily = size.ms === DAY_MS;
  }

  /** Whether a bar opens exactly at an instant. */
  opensAt(at: UnixMs): boolean {
    return this.#enter(at) && this.#openOf(at) === at;
  }

  /** The slot that contains an instant; undefined while the exchange is closed. */
  slotAt(at: UnixMs): BarSlot | undefined {
    return this.#enter(at) ? this.#slot(this.#openOf(at)) : undefined;
  }

  /** The close of the bar that opens at `openTime`; throws `off-grid` when none does. */
  closeOf(openTime: UnixMs): UnixMs {
    if (!this.opensAt(openTime)) {
      const grid = `${this.size.label} bar of ${this.calendar.name}`;
      fail("off-grid", `no ${grid} opens at ${formatInstant(openTime)}`);
    }
    return this.#closeOf(openTime);
  }

  /** The slot that opens at `at`, else the first one to open after it; undefined past the end. */
  slotAtOrAfter(at: UnixMs): BarSlot | undefined {
    if (!this.#enter(at)) return this.#firstFrom(at);
    const openTime = this.#openOf(at);
    if (openTime === at) return this.#slot(at);
    const closeTime = this.#closeOf(openTime);
    return closeTime < this.#to ? this.#slot(closeTime) : this.#firstFrom(closeTime);
  }

  /** The slot with the latest close at or before `at`; undefined before the first. */
  slotClosedBy(at: UnixMs): BarSlot | undefined {
    const isInside = at > this.#from && at <= this.#to && this.#version === this.calendar.version;
    if (!isInside && !this.#enterBefore(at)) return undefined;
    // The first slot of the stretch can still be open at `at`: the one sought is then further back.
    const closeTime = at >= this.#to ? this.#to : this.#openOf(at);
    if (closeTime === this.#from && !this.#enterBefore(closeTime)) return undefined;
    const end = Math.min(closeTime, this.#to);
    return { openTime: this.#openOf(end - 1), closeTime: end };
  }

  /**
   * The slot that follows the one opening at `openTime`; throws `off-grid` when none opens there.
   */
  next(openTime: UnixMs): BarSlot | undefined {
    const closeTime = this.closeOf(openTime);
    return closeTime < this.#to ? this.#slot(closeTime) : this.#firstFrom(closeTime);
  }

  /** The slot that precedes the one opening at `openTime`. */
  previous(openTime: UnixMs): BarSlot | undefined {
    return this.slotClosedBy(openTime);
  }

  /** The n-th slot back among those closed at `at`: 1 is the last one closed. n is 1 or more. */
  nthBack(at: UnixMs, n: number): BarSlot | undefined {
    let slot = this.slotClosedBy(at);
    for (let left = n - 1; left > 0 && slot !== undefined; left -= 1) {
      slot = this.slotClosedBy(slot.openTime);
    }
    return slot;
  }

  /** The n-th slot to open at or after `at`: 1 is the first one. n is 1 or more. */
  nthForward(at: UnixMs, n: number): BarSlot | undefined {
    let slot = this.slotAtOrAfter(at);
    for (let left = n - 1; left > 0 && slot !== undefined; left -= 1) {
      slot = this.slotAtOrAfter(slot.closeTime);
    }
    return slot;
  }

  /** The slots that open within a range, ascending. */
  *slots(range: TimeRange): Generator<BarSlot> {
    let slot = this.slotAtOrAfter(range.from);
    while (slot !== undefined && slot.openTime < range.to) {
      yield slot;
      slot = this.slotAtOrAfter(slot.closeTime);
    }
  }

  /** How many slots open within a range. Costs by the session, not by the slot. */
  count(range: TimeRange): number {
    if (range.to - range.from < LONG_MS) return this.#count(range);
    const { from, to } = range;
    const { version } = this.calendar;
    for (const each of this.#counted) {
      if (each.from === from && each.to === to && each.version === version) return each.total;
    }
    const total = this.#count(range);
    this.#counted.unshift({ from, to, version, total });
    this.#counted.length = Math.min(this.#counted.length, MOST_COUNTED);
    return total;
  }

  #count(range: TimeRange): number {
    let total = 0;
    const first = this.slotAtOrAfter(range.from);
    if (first === undefined) return total;
    let from = first.openTime;
    for (const segment of this.calendar.segmentsFrom(from)) {
      const stretch = this.#stretchOf(segment);
      // Of a daily grid, all segments of a day are one stretch.
      if (stretch.to <= from) continue;
      from = Math.max(from, stretch.from);
      if (from >= range.to) break;
      this.#keep(stretch);
      const last = this.#openOf(Math.min(stretch.to, range.to) - 1);
      total += this.#indexOf(last) - this.#indexOf(from) + 1;
      from = stretch.to;
    }
    return total;
  }

  /** Makes the stretch around `at` the current one; false while the exchange is closed. */
  #enter(at: UnixMs): boolean {
    if (at >= this.#from && at < this.#to && this.#version === this.calendar.version) return true;
    const stretch = this.#stretchAtOrAfter(at);
    if (stretch === undefined || stretch.from > at) return false;
    this.#keep(stretch);
    return true;
  }

  /** Makes the last stretch that begins before `at` the current one; false when there is none. */
  #enterBefore(at: UnixMs): boolean {
    const segment = this.calendar.segmentBefore(at);
    if (segment === undefined) return false;
    this.#keep(this.#stretchOf(segment));
    return true;
  }

  #firstFrom(at: UnixMs): BarSlot | undefined {
    const stretch = this.#stretchAtOrAfter(at);
    if (stretch === undefined) return undefined;
    this.#keep(stretch);
    return this.#slot(stretch.from);
  }

  #keep(stretch: TimeRange): void {
    this.#from = stretch.from;
    this.#to = stretch.to;
    this.#anchor = stretch.from;
    this.#version = this.calendar.version;
    if (this.alignment === "clock" && !this.#isDaily) {
      const { zone } = this.calendar;
      this.#anchor = wallTime(zone, localDay(zone, stretch.from), 0);
    }
  }

  /** How many whole bars lie between the anchor and an instant of the current stretch. */
  #indexOf(at: UnixMs): number {
    return this.#isDaily ? 0 : Math.floor((at - this.#anchor) / this.size.ms);
  }

  /** The opening of the slot around `at`, which lies in the current stretch. */
  #openOf(at: UnixMs): UnixMs {
    return Math.max(this.#from, this.#anchor + this.#indexOf(at) * this.size.ms);
  }

  /** The close of the slot around `at`, which lies in the current stretch. */
  #closeOf(at: UnixMs): UnixMs {
    if (this.#isDaily) return this.#to;
    return Math.min(this.#to, this.#anchor + (this.#indexOf(at) + 1) * this.size.ms);
  }

  #slot(openTime: UnixMs): BarSlot {
    return { openTime, closeTime: this.#closeOf(openTime) };
  }

  #stretchAtOrAfter(at: UnixMs): TimeRange | undefined {
    const segment = this.calendar.segmentAtOrAfter(at);
    return segment === undefined ? undefined : this.#stretchOf(segment);
  }

  /** The segment itself, or for a daily grid its whole session, which can begin before `at`. */
  #stretchOf(segment: Segment): TimeRange {
    if (!this.#isDaily) return segment;
    const { segments } = this.calendar.sessionOn(segment.day)!;
    return { from: segments[0]!.from, to: segments[segments.length - 1]!.to };
  }
}
