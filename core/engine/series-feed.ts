import type { RevisionEvent } from "../feed/feed-event.ts";
import { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { SeriesFacts } from "../trading/readiness.ts";
import type { SeriesHandle } from "../trading/strategy.ts";
import type { IndicatorSlot } from "./indicator-slot.ts";

/** What a revision did to a series. */
export type RevisionEffect = "appended" | "replaced" | "rebuilt" | "out-of-reach";

/**
 * One series as a run sees it: its indicators, how many bars in a row it has, and the bars it keeps
 * so that a revision can be worked in. After a revision every indicator is what it would be had the
 * revised bar come in the first place.
 */
export class SeriesFeed implements SeriesHandle {
  readonly series: Series;
  readonly slots: IndicatorSlot[] = [];
  staleReason = "";
  #required = 0;
  #count = 0;
  #contiguous = 0;
  #lastOpenTime: UnixMs = Number.NEGATIVE_INFINITY;
  #kept = new BarColumns();
  #keepAtMost: number;
  #lastLostTo: UnixMs = Number.NEGATIVE_INFINITY;

  /** @param keepAtMost bars kept for revisions, 1 or more. */
  constructor(series: Series, keepAtMost: number) {
    this.series = series;
    this.#keepAtMost = keepAtMost;
  }

  get count(): number {
    return this.#count;
  }

  get required(): number {
    return this.#required;
  }

  get contiguous(): number {
    return this.#contiguous;
  }

  get lastOpenTime(): UnixMs {
    return this.#lastOpenTime;
  }

  /** Where the latest lost stretch ended; minus infinity when none was lost. */
  get lostTo(): UnixMs {
    return this.#lastLostTo;
  }

  facts(): SeriesFacts {
    return {
      key: this.series.key,
      contiguousBars: this.#contiguous,
      requiredBars: this.#required,
      staleReason: this.staleReason,
    };
  }

  require(bars: number): void {
    if (bars > this.#required) this.#required = bars;
    // What is rebuilt from the bars kept must be ready again, the value before it as well.
    this.#keepAtMost = Math.max(this.#keepAtMost, bars + 1);
  }

  add(slot: IndicatorSlot): void {
    this.slots.push(slot);
    this.require(slot.indicator.warmUp);
  }

  /** Takes the next final bar. */
  update(bars: BarColumns, index: number): void {
    const { slots } = this;
    for (let each = 0; each < slots.length; each += 1) slots[each]!.update(bars, index);
    this.#count += 1;
    this.#contiguous += 1;
    this.#lastOpenTime = bars.openTime[index]!;
  }

  /** Keeps a bar that may yet be revised. */
  keep(bars: BarColumns, index: number): void {
    this.#kept.push(bars.at(index));
    if (this.#kept.length >= 2 * this.#keepAtMost) this.#kept = tail(this.#kept, this.#keepAtMost);
  }

  /** Bars were lost here: what is counted begins anew. */
  breakOff(lostTo: UnixMs): void {
    this.#contiguous = 0;
    this.#lastLostTo = lostTo;
  }

  /** Works in a correction of a bar that was taken before. */
  revise(event: RevisionEvent): RevisionEffect {
    const { after } = event;
    const old = this.#kept;
    const first = old.length === 0 ? Number.POSITIVE_INFINITY : old.openTime[0]!;
    if (event.before === null && after.openTime > this.#lastOpenTime) {
      const bars = BarColumns.of([after]);
      this.update(bars, 0);
      this.keep(bars, 0);
      if (after.openTime < this.#lastLostTo) this.#contiguous = 0;
      return "appended";
    }
    if (after.openTime < first || after.openTime > this.#lastOpenTime) return "out-of-reach";
    // Bars that were handed out read the old columns, so the correction goes into new ones.
    const kept = new BarColumns(old.length + 1);
    let placed = false;
    for (const bar of old) {
      if (!placed && bar.openTime >= after.openTime) {
        kept.push(after);
        placed = true;
      }
      if (bar.openTime !== after.openTime) kept.push(bar);
    }
    this.#kept = kept;
    const last = kept.length - 1;
    if (event.before !== null && after.openTime === this.#lastOpenTime) {
      for (const slot of this.slots) slot.replace(kept, last);
      return "replaced";
    }
    for (const slot of this.slots) slot.reset();
    for (let index = 0; index <= last; index += 1) {
      for (const slot of this.slots) slot.update(kept, index);
    }
    if (event.before === null) {
      this.#count += 1;
      if (after.openTime >= this.#lastLostTo) this.#contiguous += 1;
    }
    return "rebuilt";
  }
}

function tail(bars: BarColumns, length: number): BarColumns {
  const kept = new BarColumns(length * 2);
  for (let index = bars.length - length; index < bars.length; index += 1) kept.push(bars.at(index));
  return kept;
}
