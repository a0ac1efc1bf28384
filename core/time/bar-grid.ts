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
 * since midnight on the exchange's wall clock. The two agree where the opening is such a multiple.
 */
export type GridAlignment = "session" | "clock";

/**
 * The bars that must exist on a calendar. No bar spans a break; one that a segment's end (or, with
 * clock alignment, its opening) cuts is shorter. A daily bar spans its whole session, breaks included.
 */
export class BarGrid {
  readonly calendar: TradingCalendar;
  readonly size: BarSize;
  readonly alignment: GridAlignment;
  // The stretch last looked at: slots come in order, so nearly every question falls into it.
  #from: UnixMs = 0;
  #to: UnixMs = 0;
  #anchor: UnixMs = 0;

  constructor(calendar: TradingCalendar, size: BarSize, alignment: GridAlignment = "session") {
    this.calendar = calendar;
    this.size = size;
    this.alignment = alignment;
  }

  /** Whether a bar opens exactly at an instant. */
  opensAt(at: UnixMs): boolean {
    return this.#enter(at) && this.#slotFrom(at) === at;
  }

  /** The slot that contains an instant; undefined while the exchange is closed. */
  slotAt(at: UnixMs): BarSlot | undefined {
    if (!this.#enter(at)) return undefined;
    const openTime = this.#slotFrom(at);
    return { openTime, closeTime: this.#slotTo(openTime) };
  }

  /** The close of the bar that opens at `openTime`; throws when none does. */
  closeOf(openTime: UnixMs): UnixMs {
    if (!this.opensAt(openTime)) {
      fail(
        "off-grid",
        `no ${this.size.label} bar of ${this.calendar.name} opens at ${formatInstant(openTime)}`,
      );
    }
    return this.#slotTo(openTime);
  }

  /** The slot that opens at `at`, else the first one to open after it; undefined past the end. */
  slotAtOrAfter(at: UnixMs): BarSlot | undefined {
    if (this.#enter(at)) {
      const openTime = this.#slotFrom(at);
      if (openTime === at) return { openTime, closeTime: this.#slotTo(openTime) };
      const closeTime = this.#slotTo(openTime);
      if (closeTime < this.#to) return { openTime: closeTime, closeTime: this.#slotTo(closeTime) };
      return this.#firstFrom(this.#to);
    }
    return this.#firstFrom(at);
  }

  /** The slot with the latest close at or before `at`; undefined before the first. */
  slotClosedBy(at: UnixMs): BarSlot | undefined {
    let stretch = this.#stretchBefore(at);
    while (stretch !== undefined) {
      this.#keep(stretch);
      if (stretch.to <= at) {
        const openTime = this.#slotFrom(stretch.to - 1);
        return { openTime, closeTime: stretch.to };
      }
      const closeTime = this.#slotFrom(at);
      if (closeTime > stretch.from) {
        return { openTime: this.#slotFrom(closeTime - 1), closeTime };
      }
      stretch = this.#stretchBefore(stretch.from);
    }
    return undefined;
  }

  /** The slot that follows the one opening at `openTime`. */
  next(openTime: UnixMs): BarSlot | undefined {
    return this.slotAtOrAfter(this.closeOf(openTime));
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

  /** How many slots open within a range. */
  count(range: TimeRange): number {
    let total = 0;
    for (const _slot of this.slots(range)) total += 1;
    return total;
  }

  /** Makes the stretch around `at` the current one; false while the exchange is closed. */
  #enter(at: UnixMs): boolean {
    if (at >= this.#from && at < this.#to) return true;
    const stretch = this.#stretchAtOrAfter(at);
    if (stretch === undefined || stretch.from > at) return false;
    this.#keep(stretch);
    return true;
  }

  #firstFrom(at: UnixMs): BarSlot | undefined {
    const stretch = this.#stretchAtOrAfter(at);
    if (stretch === undefined) return undefined;
    this.#keep(stretch);
    return { openTime: stretch.from, closeTime: this.#slotTo(stretch.from) };
  }

  #keep(stretch: Segment): void {
    this.#from = stretch.from;
    this.#to = stretch.to;
    this.#anchor =
      this.alignment === "session" || this.#isDaily
        ? stretch.from
        : wallTime(this.calendar.zone, localDay(this.calendar.zone, stretch.from), 0);
  }

  get #isDaily(): boolean {
    return this.size.ms === DAY_MS;
  }

  /** The opening of the slot around `at`, which lies in the current stretch. */
  #slotFrom(at: UnixMs): UnixMs {
    if (this.#isDaily) return this.#from;
    const boundary = at - ((at - this.#anchor) % this.size.ms);
    return boundary < this.#from ? this.#from : boundary;
  }

  /** The close of the slot that opens at `openTime` in the current stretch. */
  #slotTo(openTime: UnixMs): UnixMs {
    if (this.#isDaily) return this.#to;
    const boundary = openTime - ((openTime - this.#anchor) % this.size.ms) + this.size.ms;
    return boundary > this.#to ? this.#to : boundary;
  }

  /** Like the calendar's segments, but a daily grid takes a session as one stretch. */
  #stretchAtOrAfter(at: UnixMs): Segment | undefined {
    const segment = this.calendar.segmentAtOrAfter(at);
    if (segment === undefined || !this.#isDaily) return segment;
    // A session's first segment can lie before `at` when `at` falls into its lunch break.
    return this.#wholeSession(segment);
  }

  #stretchBefore(at: UnixMs): Segment | undefined {
    const segment = this.calendar.segmentBefore(at);
    return segment === undefined || !this.#isDaily ? segment : this.#wholeSession(segment);
  }

  #wholeSession(segment: Segment): Segment {
    const segments = this.calendar.sessionOn(segment.day)!.segments;
    return { from: segments[0]!.from, to: segments[segments.length - 1]!.to, day: segment.day };
  }
}
