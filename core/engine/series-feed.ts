import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger, loadName } from "../codec/saved-state.ts";
import type { RevisionEvent } from "../feed/feed-event.ts";
import { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import { assert } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { SeriesFacts } from "../trading/readiness.ts";
import type { SeriesHandle } from "../trading/strategy.ts";
import type { IndicatorSlot } from "./indicator-slot.ts";
import { RevisableBars } from "./revisable-bars.ts";

/** What a revision did to a series. */
export type RevisionEffect = "appended" | "replaced" | "rebuilt" | "out-of-reach";

/**
 * One series as a run sees it: its indicators, how many bars in a row it has, and the bars that can
 * be revised. After a revision every indicator is what it would be had the revised bar come in the
 * first place; see `RevisableBars`.
 */
export class SeriesFeed implements SeriesHandle {
  readonly series: Series;
  readonly slots: IndicatorSlot[] = [];
  staleReason = "";
  #required = 0;
  #count = 0;
  #contiguous = 0;
  #lastOpenTime: UnixMs = Number.NEGATIVE_INFINITY;
  #lastLostTo: UnixMs = Number.NEGATIVE_INFINITY;
  readonly #revisable: RevisableBars;

  /**
   * @param reach bars that can be revised, 1 or more; in any case one more than are required.
   * @param checkpointEvery see `RevisableBars`.
   */
  constructor(series: Series, reach: number, checkpointEvery?: number) {
    this.series = series;
    this.#revisable = new RevisableBars(this.slots, reach, checkpointEvery);
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
    this.#revisable.require(bars);
  }

  add(slot: IndicatorSlot): void {
    assert(this.#count === 0, "indicators are declared before the first bar");
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

  /** Keeps the bar that was just taken: it may yet be revised. */
  keep(bars: BarColumns, index: number): void {
    this.#revisable.keep(bars, index, this.#count);
  }

  /** The last bars, ascending, as far as they can be revised; none when the last was not kept. */
  recent(): BarColumns {
    return this.#revisable.recent(this.#count);
  }

  /** Bars were lost here: what is counted begins anew. */
  breakOff(lostTo: UnixMs): void {
    this.#contiguous = 0;
    this.#lastLostTo = lostTo;
  }

  /** Works in a correction of a bar that was taken before. */
  revise(event: RevisionEvent): RevisionEffect {
    const { after } = event;
    if (event.before === null && after.openTime > this.#lastOpenTime) {
      const bars = BarColumns.of([after]);
      this.update(bars, 0);
      this.keep(bars, 0);
      if (after.openTime < this.#lastLostTo) this.#contiguous = 0;
      return "appended";
    }
    const revised = this.#revisable.revise(after, this.#count);
    if (revised === "inserted") {
      this.#count += 1;
      if (after.openTime >= this.#lastLostTo) this.#contiguous += 1;
    }
    return revised === "inserted" || revised === "corrected" ? "rebuilt" : revised;
  }

  /** Whether all of its indicators can be saved. */
  get canSave(): boolean {
    return this.slots.every((slot) => slot.canSave);
  }

  /** Writes all that changes with its bars. Throws `cannot-save` unless `canSave`. */
  save(to: ByteWriter): void {
    to.text(this.series.key).float64(this.#count).float64(this.#contiguous);
    to.float64(this.#lastOpenTime).float64(this.#lastLostTo).text(this.staleReason);
    for (const slot of this.slots) slot.save(to);
    this.#revisable.save(to);
  }

  /** Reads what `save` of a feed with the same indicators wrote; throws `damaged-bytes`. */
  load(from: ByteReader): void {
    const { key } = this.series;
    loadName(from, key);
    this.#count = loadInteger(from, 0, Number.MAX_SAFE_INTEGER, key);
    this.#contiguous = loadInteger(from, 0, this.#count, key);
    this.#lastOpenTime = from.float64();
    this.#lastLostTo = from.float64();
    this.staleReason = from.text();
    for (const slot of this.slots) slot.load(from);
    this.#revisable.load(from);
  }
}
