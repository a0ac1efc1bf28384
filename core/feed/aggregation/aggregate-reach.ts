import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import type { UnixMs } from "../../time/instant.ts";
import { RangeSet, type TimeRange } from "../../time/range.ts";
import { wholeSlots } from "../whole-slots.ts";
import { readRanges, writeRanges } from "../words/value-codec.ts";

/** What a stream of base bars vouches for, and so which of the larger periods are full. */
export class AggregateReach {
  readonly #baseGrid: BarGrid;
  readonly #grid: BarGrid;
  /** What was covered, in whole base slots; and what of it was passed on. */
  readonly #known = new RangeSet();
  readonly #passed = new RangeSet();
  #first: { readonly slot: BarSlot; readonly heardFrom: UnixMs } | undefined;
  /** Periods that open before this instant are none of ours: their beginning was not heard. */
  #ownFrom: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(baseGrid: BarGrid, grid: BarGrid) {
    this.#baseGrid = baseGrid;
    this.#grid = grid;
  }

  /** Whether a first period was begun. */
  get hasBegun(): boolean {
    return this.#first !== undefined;
  }

  /** Begins the first period, of which something is heard from an instant on. */
  begin(slot: BarSlot, heardFrom: UnixMs): void {
    this.#first = { slot, heardFrom };
    this.decide();
  }

  /** Whether the first period is full, by what is known now: the answer stays. */
  decide(): boolean {
    const { slot, heardFrom } = this.#first!;
    const full = this.#known.covers({ from: slot.openTime, to: heardFrom });
    this.#ownFrom = full ? slot.openTime : slot.closeTime;
    return full;
  }

  /** Takes coverage of base bars; returns the whole base slots of it, undefined without any. */
  add(range: TimeRange): TimeRange | undefined {
    const heard = wholeSlots(this.#baseGrid, range);
    if (heard.to <= heard.from) return undefined;
    this.#known.add(heard);
    return heard;
  }

  /** The whole periods around a range that was added, as far as they were not passed on before. */
  takeFresh(heard: TimeRange): TimeRange[] {
    const around = this.#known.ranges.find(({ from, to }) => from <= heard.from && heard.to <= to);
    const whole = wholeSlots(this.#grid, around!);
    const fresh = this.#passed.missing(whole);
    this.#passed.add(whole);
    return fresh;
  }

  /** Whether the stream is known to have passed all of a settled slot. */
  owns(slot: BarSlot): boolean {
    return (
      slot.openTime >= this.#ownFrom ||
      this.#known.covers({ from: slot.openTime, to: slot.closeTime })
    );
  }

  /** The opening of the first period that is ours when base bars from an instant on are missing. */
  firstOwnFrom(at: UnixMs): UnixMs {
    if (this.#first !== undefined) return this.#ownFrom;
    const slot = this.#grid.slotAt(at);
    if (slot === undefined) return at;
    return this.#known.covers({ from: slot.openTime, to: at }) ? slot.openTime : slot.closeTime;
  }

  /** Forgets what lies before an instant. */
  dropBefore(at: UnixMs): void {
    this.#known.dropBefore(at);
    this.#passed.dropBefore(at);
  }

  save(to: ByteWriter): void {
    writeRanges(to, this.#known.ranges);
    writeRanges(to, this.#passed.ranges);
    const first = this.#first;
    to.float64(this.#ownFrom).bool(first !== undefined);
    if (first === undefined) return;
    const { slot, heardFrom } = first;
    to.float64(slot.openTime).float64(slot.closeTime).float64(heardFrom);
  }

  /** Takes into a new one what `save` wrote. */
  load(from: ByteReader): void {
    for (const range of readRanges(from)) this.#known.add(range);
    for (const range of readRanges(from)) this.#passed.add(range);
    this.#ownFrom = from.float64();
    if (!from.bool()) return;
    const slot = { openTime: from.float64(), closeTime: from.float64() };
    this.#first = { slot, heardFrom: from.float64() };
  }
}
