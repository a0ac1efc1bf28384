import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import type { Bar } from "../../market/bar.ts";
import type { UnixMs } from "../../time/instant.ts";
import { Period } from "./period.ts";

/**
 * The last periods that were settled, in order, so that they can still be corrected. It keeps as
 * many as it takes to hold a number of bars; a period without bars counts as one.
 */
export class PeriodMemory {
  readonly #capacity: number;
  readonly #periods: Period[] = [];
  /** Periods before this place were let go. */
  #first = 0;
  #weight = 0;
  #reachesBackTo: UnixMs = Number.NEGATIVE_INFINITY;

  /** @param capacity bars to remember at the least, 1 or more. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What opens before this instant was let go. */
  get reachesBackTo(): UnixMs {
    return this.#reachesBackTo;
  }

  /** Remembers the next period: it opens after all before it. */
  add(period: Period): void {
    this.#periods.push(period);
    this.#weight += weightOf(period);
    this.#letGo();
  }

  /** Remembers a period that had been passed over, in its place. */
  insert(period: Period): void {
    this.#periods.splice(this.#placeOf(period.openTime), 0, period);
    this.#weight += weightOf(period);
  }

  /** Corrects a period that it remembers. */
  amend(period: Period, bar: Bar): void {
    const before = weightOf(period);
    period.amend(bar);
    this.#weight += weightOf(period) - before;
  }

  find(openTime: UnixMs): Period | undefined {
    const found = this.#periods[this.#placeOf(openTime)];
    return found?.openTime === openTime ? found : undefined;
  }

  save(to: ByteWriter): void {
    to.float64(this.#reachesBackTo).uint32(this.#periods.length - this.#first);
    for (const period of this.#periods.slice(this.#first)) period.save(to);
  }

  /** Takes into a new one what `save` wrote. */
  load(from: ByteReader): void {
    this.#reachesBackTo = from.float64();
    for (let left = from.uint32(); left > 0; left -= 1) {
      const period = Period.load(from);
      this.#periods.push(period);
      this.#weight += weightOf(period);
    }
  }

  /** The place of the first period that opens at or after an instant. */
  #placeOf(openTime: UnixMs): number {
    let low = this.#first;
    let high = this.#periods.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#periods[middle]!.openTime < openTime) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #letGo(): void {
    const periods = this.#periods;
    for (;;) {
      const oldest = periods[this.#first]!;
      const left = this.#weight - weightOf(oldest);
      if (left < this.#capacity) break;
      this.#weight = left;
      this.#first += 1;
      this.#reachesBackTo = periods[this.#first]!.openTime;
    }
    // Moving the rest down now and then costs less than moving it every time.
    if (this.#first > 64 && this.#first * 2 > periods.length) {
      periods.splice(0, this.#first);
      this.#first = 0;
    }
  }
}

function weightOf(period: Period): number {
  return Math.max(1, period.length);
}
