import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import { readChoice, writeChoice } from "../../codec/choice.ts";
import type { Bar } from "../../market/bar.ts";
import { BarColumns } from "../../market/bar-columns.ts";
import { loadBars, saveBars } from "../../market/saved-bars.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import type { BarOrigin } from "../bar-source.ts";
import { readBar, readRanges, writeBar, writeRanges } from "../words/value-codec.ts";
import { ORIGINS } from "../words/word-codec.ts";
import { sumVolumes } from "./volume-sum.ts";

/**
 * One slot of a larger bar size and the smaller bars in it. It borrows them from the batch they
 * came in while they came in one, and copies them once there are more.
 */
export class Period implements BarSlot {
  readonly openTime: UnixMs;
  readonly closeTime: UnixMs;
  /** Of the batch that gave the last bar. */
  origin: BarOrigin = "live";
  /** How often it was said what its bar is, at least 1. */
  version = 1;
  #bars: BarColumns | undefined;
  #from = 0;
  #to = 0;
  #owns = false;
  #sent: BarColumns | undefined;
  #sentIndex = 0;
  #lost: TimeRange[] | undefined;

  constructor(slot: BarSlot) {
    this.openTime = slot.openTime;
    this.closeTime = slot.closeTime;
  }

  /** How many bars it holds. */
  get length(): number {
    return this.#to - this.#from;
  }

  /** What was sent of it last; null before. */
  get sent(): Bar | null {
    return this.#sent?.at(this.#sentIndex) ?? null;
  }

  /** Whether a part of it was ever declared lost. */
  get hasLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Adds the bars `from` to `to`, exclusive, of some columns: they follow those it has. */
  extend(bars: BarColumns, from: number, to: number, origin: BarOrigin): void {
    this.origin = origin;
    if (this.#bars === undefined) {
      this.#bars = bars;
      this.#from = from;
      this.#to = to;
      return;
    }
    const own = this.#own();
    appendBars(own, bars, from, to);
    this.#to = own.length;
  }

  /** Puts a bar in the place of the one that opens with it, or between its neighbors. */
  amend(bar: Bar): void {
    const before = this.#bars ?? new BarColumns(1);
    const amended = new BarColumns(this.length + 1);
    let place = this.#from;
    while (place < this.#to && before.openTime[place]! < bar.openTime) place += 1;
    appendBars(amended, before, this.#from, place);
    amended.push(bar);
    if (place < this.#to && before.openTime[place] === bar.openTime) place += 1;
    appendBars(amended, before, place, this.#to);
    this.#bars = amended;
    this.#owns = true;
    this.#from = 0;
    this.#to = amended.length;
  }

  /** A part of it cannot be had. */
  lose(range: TimeRange): void {
    this.#lost ??= [];
    this.#lost.push(range);
  }

  /** Whether a slot that was declared lost still has no bar. */
  isIncomplete(grid: BarGrid): boolean {
    for (const { from, to } of this.#lost ?? []) {
      const range = { from: Math.max(from, this.openTime), to: Math.min(to, this.closeTime) };
      for (const slot of grid.slots(range)) if (!this.#has(slot.openTime)) return true;
    }
    return false;
  }

  /** Appends its bar to some columns and remembers that this is what was sent. At least one bar. */
  sendTo(out: BarColumns): void {
    const { open, high, low, close, volume } = this.#bars!;
    const from = this.#from;
    const to = this.#to;
    let highest = high[from]!;
    let lowest = low[from]!;
    for (let index = from + 1; index < to; index += 1) {
      if (high[index]! > highest) highest = high[index]!;
      if (low[index]! < lowest) lowest = low[index]!;
    }
    this.#sent = out;
    this.#sentIndex = out.length;
    const total = sumVolumes(volume, from, to);
    out.append(this.openTime, this.closeTime, open[from]!, highest, lowest, close[to - 1]!, total);
  }

  /** Writes all of it, with the bars it has borrowed. */
  save(to: ByteWriter): void {
    writeChoice(to.float64(this.openTime).float64(this.closeTime), ORIGINS, this.origin);
    saveBars(to.float64(this.version), this.#bars ?? new BarColumns(0), this.#from, this.#to);
    const { sent } = this;
    to.bool(sent !== null);
    if (sent !== null) writeBar(to, sent);
    writeRanges(to, this.#lost ?? []);
  }

  /** A period as `save` wrote it; throws `damaged-bytes`. */
  static load(from: ByteReader): Period {
    const period = new Period({ openTime: from.float64(), closeTime: from.float64() });
    period.origin = readChoice(from, ORIGINS);
    period.version = from.float64();
    const bars = loadBars(from);
    if (bars.length > 0) {
      period.#bars = bars;
      period.#to = bars.length;
      period.#owns = true;
    }
    if (from.bool()) period.#sent = BarColumns.of([readBar(from)]);
    for (const range of readRanges(from)) period.lose(range);
    return period;
  }

  #has(openTime: UnixMs): boolean {
    for (let index = this.#from; index < this.#to; index += 1) {
      if (this.#bars!.openTime[index] === openTime) return true;
    }
    return false;
  }

  #own(): BarColumns {
    if (this.#owns) return this.#bars!;
    const own = new BarColumns();
    appendBars(own, this.#bars!, this.#from, this.#to);
    this.#bars = own;
    this.#from = 0;
    this.#owns = true;
    return own;
  }
}

/** Appends the bars `from` to `to`, exclusive, of some columns to others. */
function appendBars(target: BarColumns, bars: BarColumns, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    target.append(
      bars.openTime[index]!,
      bars.closeTime[index]!,
      bars.open[index]!,
      bars.high[index]!,
      bars.low[index]!,
      bars.close[index]!,
      bars.volume[index]!,
    );
  }
}
