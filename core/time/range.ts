import type { UnixMs } from "./instant.ts";

/** A half-open span of time: `from` belongs to it, `to` does not. Empty when they are equal. */
export interface TimeRange {
  readonly from: UnixMs;
  readonly to: UnixMs;
}

/** A set of instants kept as sorted, disjoint, non-touching half-open ranges. */
export class RangeSet {
  #ranges: TimeRange[] = [];

  /** The ranges in ascending order. */
  get ranges(): readonly TimeRange[] {
    return this.#ranges;
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Adds a range; one that is empty or reversed changes nothing. */
  add(range: TimeRange): void {
    if (range.to <= range.from) return;
    let { from, to } = range;
    const kept: TimeRange[] = [];
    let placed = false;
    for (const each of this.#ranges) {
      if (each.to < from) kept.push(each);
      else if (each.from > to) {
        if (!placed) {
          kept.push({ from, to });
          placed = true;
        }
        kept.push(each);
      } else {
        from = Math.min(from, each.from);
        to = Math.max(to, each.to);
      }
    }
    if (!placed) kept.push({ from, to });
    this.#ranges = kept;
  }

  /** Removes every instant before `at`. */
  dropBefore(at: UnixMs): void {
    const first = this.#ranges[0];
    if (first === undefined || first.from >= at) return;
    const kept: TimeRange[] = [];
    for (const each of this.#ranges) {
      if (each.to > at) kept.push({ from: Math.max(each.from, at), to: each.to });
    }
    this.#ranges = kept;
  }

  /** Whether every instant of `range` is in the set; true for an empty range. */
  covers(range: TimeRange): boolean {
    if (range.to <= range.from) return true;
    for (const each of this.#ranges) {
      if (each.from <= range.from && range.to <= each.to) return true;
    }
    return false;
  }

  /** The parts of `range` that are not in the set, ascending. */
  missing(range: TimeRange): TimeRange[] {
    const holes: TimeRange[] = [];
    let from = range.from;
    for (const each of this.#ranges) {
      if (each.to <= from) continue;
      if (each.from >= range.to) break;
      if (each.from > from) holes.push({ from, to: each.from });
      from = each.to;
    }
    if (from < range.to) holes.push({ from, to: range.to });
    return holes;
  }
}
