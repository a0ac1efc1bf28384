import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import type { UnixMs } from "../../time/instant.ts";
import { RangeSet, type TimeRange } from "../../time/range.ts";
import type { GapEvent } from "../feed-event.ts";
import { slotsTouching } from "../whole-slots.ts";
import { readRanges, writeRanges } from "../words/value-codec.ts";
import type { AggregateOutput } from "./aggregate-output.ts";

/** Says of whole periods what was said of the smaller slots in them. */
export class AggregateGaps {
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #output: AggregateOutput;
  readonly #suspected = new RangeSet();
  readonly #empty = new RangeSet();

  constructor(series: Series, grid: BarGrid, output: AggregateOutput) {
    this.#series = series;
    this.#grid = grid;
    this.#output = output;
  }

  /** The same gap, of this slot. */
  of(event: GapEvent, slot: BarSlot): GapEvent {
    return { ...event, series: this.#series, range: { from: slot.openTime, to: slot.closeTime } };
  }

  /** A period is suspected when a part of it is, from the one that opens at `from` on. */
  suspect(event: GapEvent, from: UnixMs): void {
    const touched = slotsTouching(this.#grid, event.range);
    if (touched === undefined) return;
    const wanted = { from: Math.max(from, touched.from), to: touched.to };
    for (const range of this.#suspected.missing(wanted)) {
      this.#output.event({ ...event, series: this.#series, range });
    }
    this.#suspected.add(wanted);
  }

  /** A bar was sent: says so when it had been suspected missing. */
  found(slot: BarSlot): void {
    if (this.#suspected.isEmpty) return;
    const range = { from: slot.openTime, to: slot.closeTime };
    if (this.#suspected.covers(range)) {
      const reason = "all of its bars were found after all";
      this.#output.event({ type: "gap", series: this.#series, range, outcome: "repaired", reason });
    }
    this.#suspected.dropBefore(slot.closeTime);
  }

  /**
   * A period is empty when all of it is.
   *
   * @param whole the range of the event together with the closed time around it.
   */
  empty(event: GapEvent, whole: TimeRange): void {
    const touched = slotsTouching(this.#grid, event.range);
    if (touched === undefined || this.#empty.covers(event.range)) return;
    this.#empty.add(whole);
    let from: UnixMs | undefined;
    let to: UnixMs = touched.from;
    for (const slot of this.#grid.slots(touched)) {
      const { openTime, closeTime } = slot;
      if (!this.#empty.covers({ from: openTime, to: closeTime })) continue;
      from ??= openTime;
      to = closeTime;
    }
    if (from !== undefined) {
      this.#output.event({ ...event, series: this.#series, range: { from, to } });
    }
    this.#empty.dropBefore(this.#grid.slotAt(event.range.to)?.openTime ?? event.range.to);
  }

  save(to: ByteWriter): void {
    writeRanges(to, this.#suspected.ranges);
    writeRanges(to, this.#empty.ranges);
  }

  /** Takes into a new one what `save` wrote. */
  load(from: ByteReader): void {
    for (const range of readRanges(from)) this.#suspected.add(range);
    for (const range of readRanges(from)) this.#empty.add(range);
  }
}
