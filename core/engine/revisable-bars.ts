import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { loadInteger } from "../codec/saved-state.ts";
import type { Bar } from "../market/bar.ts";
import { BarColumns } from "../market/bar-columns.ts";
import { loadBars, saveBars } from "../market/saved-bars.ts";
import type { IndicatorSlot } from "./indicator-slot.ts";

/** The least distance of two checkpoints, in bars: what one costs is small beside it. */
const CHECKPOINT_EVERY = 4_096;

/** What the indicators were before the kept bar at a place. */
interface Checkpoint {
  readonly place: number;
  /** Undefined: as new ones are. */
  readonly state: Uint8Array | undefined;
}

/** What became of a bar that was to be revised. */
export type Revised = "replaced" | "corrected" | "inserted" | "out-of-reach";

/**
 * The last bars of a series, which can still be revised, and what its indicators were before some
 * of them: from the newest such checkpoint before a revised bar on, they are computed anew. So they
 * become exactly what they would be had the right bar come in the first place, indicators with an
 * endless memory as well, and what is kept does not grow with the stream.
 *
 * Where one of the indicators cannot be saved there are no checkpoints: all are then computed anew
 * from the first bar kept, as if the stream had begun there.
 */
export class RevisableBars {
  readonly #slots: readonly IndicatorSlot[];
  readonly #givenInterval: number | undefined;
  #reach: number;
  #interval: number;
  #bars = new BarColumns();
  #checkpoints: Checkpoint[] = [{ place: 0, state: undefined }];
  /** How many bars the series had when the newest bar here was kept. */
  #count = 0;

  /**
   * @param reach bars that can be revised, 1 or more.
   * @param interval bars between two checkpoints, 1 or more; default 4,096, or as many as are
   *   required where that is more.
   */
  constructor(slots: readonly IndicatorSlot[], reach: number, interval?: number) {
    this.#slots = slots;
    this.#reach = reach;
    this.#givenInterval = interval;
    this.#interval = interval ?? CHECKPOINT_EVERY;
  }

  /** Makes room for what the indicators require, so that what is computed anew is ready again. */
  require(bars: number): void {
    // The value before the last one as well.
    this.#reach = Math.max(this.#reach, bars + 1);
    // The states can be as large as the windows are long: the further apart, the fewer there are.
    this.#interval = this.#givenInterval ?? Math.max(this.#interval, bars);
  }

  /** Keeps the bar that was just taken, the `count`-th of its series. */
  keep(bars: BarColumns, index: number, count: number): void {
    // What was before bars that were not kept is not known.
    if (count !== this.#count + 1) this.#beginAnew();
    this.#count = count;
    this.#bars.push(bars.at(index));
    const { length } = this.#bars;
    const last = this.#checkpoints.at(-1);
    if (last === undefined || length - last.place >= this.#interval) this.#addCheckpoint(length);
    if (length < 2 * this.#reach) return;
    const first = this.#firstNeeded();
    // To move what is kept now and then costs less than to move it every time.
    if (2 * first >= length) this.#dropBefore(first);
  }

  /** The bars that can be revised, ascending; none when the last of `count` was not kept. */
  recent(count: number): BarColumns {
    const { length } = this.#bars;
    const from = count === this.#count ? Math.max(0, length - this.#reach) : length;
    return this.#bars.slice(from, length);
  }

  /**
   * Puts a bar in its place among the last bars of a series that has `count`, and makes all
   * indicators what they are with it.
   */
  revise(after: Bar, count: number): Revised {
    const old = this.#bars;
    const last = old.length - 1;
    const first = this.recent(count).openTime[0] ?? Number.POSITIVE_INFINITY;
    if (after.openTime < first || after.openTime > old.openTime[last]!) return "out-of-reach";
    const place = old.firstFrom(after.openTime);
    const isNew = old.openTime[place] !== after.openTime;
    if (place === last && !isNew) {
      this.#bars = withBar(old, place, place + 1, after);
      for (const slot of this.#slots) slot.replace(this.#bars, last);
      if (this.#checkpoints.at(-1)!.place > last) {
        this.#checkpoints.pop();
        this.#addCheckpoint(last + 1);
      }
      return "replaced";
    }
    const base = this.#checkpoints.findLastIndex((each) => each.place <= place);
    if (base < 0) return "out-of-reach";
    this.#bars = withBar(old, place, isNew ? place : place + 1, after);
    if (isNew) this.#count += 1;
    this.#computeFrom(base);
    return isNew ? "inserted" : "corrected";
  }

  /** Writes what is needed for all that can be revised. Every indicator can be saved. */
  save(to: ByteWriter): void {
    const first = this.#firstNeeded();
    const checkpoints = this.#checkpoints.filter(({ place }) => place >= first);
    to.float64(this.#count);
    saveBars(to, this.#bars, first);
    to.float64(checkpoints.length);
    for (const { place, state } of checkpoints) {
      to.float64(place - first).bool(state !== undefined);
      if (state !== undefined) to.blob(state);
    }
  }

  /** Reads what `save` wrote; throws `damaged-bytes` for anything else. */
  load(from: ByteReader): void {
    const owner = "the bars that can be revised";
    this.#count = loadInteger(from, 0, Number.MAX_SAFE_INTEGER, owner);
    this.#bars = loadBars(from);
    this.#checkpoints = [];
    let least = 0;
    let left = loadInteger(from, 1, this.#bars.length + 1, owner);
    for (; left > 0; left -= 1) {
      const place = loadInteger(from, least, this.#bars.length, owner);
      // A copy: what is read belongs to the reader's caller.
      const state = from.bool() ? from.blob().slice() : undefined;
      this.#checkpoints.push({ place, state });
      least = place + 1;
    }
  }

  get #canSave(): boolean {
    return this.#slots.every((slot) => slot.canSave);
  }

  #beginAnew(): void {
    this.#bars = new BarColumns();
    this.#checkpoints = this.#canSave ? [] : [{ place: 0, state: undefined }];
  }

  #addCheckpoint(place: number): void {
    if (!this.#canSave) return;
    const writer = new ByteWriter();
    for (const slot of this.#slots) slot.save(writer);
    this.#checkpoints.push({ place, state: writer.bytes });
  }

  /** Computes the indicators from a checkpoint on; later ones are taken again at their places. */
  #computeFrom(base: number): void {
    const bars = this.#bars;
    const { place: from, state } = this.#checkpoints[base]!;
    const stale = this.#checkpoints.splice(base + 1).map(({ place }) => place);
    if (state === undefined) for (const slot of this.#slots) slot.reset();
    else {
      const reader = new ByteReader(state);
      for (const slot of this.#slots) slot.load(reader);
    }
    for (let index = from; index < bars.length; index += 1) {
      for (const slot of this.#slots) slot.update(bars, index);
      if (stale[0] === index + 1) this.#addCheckpoint(stale.shift()!);
    }
  }

  /** The place of the first bar without which something that can be revised could not be. */
  #firstNeeded(): number {
    const spare = Math.max(0, this.#bars.length - this.#reach);
    if (!this.#canSave) return spare;
    return this.#checkpoints.findLast(({ place }) => place <= spare)?.place ?? 0;
  }

  #dropBefore(first: number): void {
    const bars = this.#bars;
    const kept = new BarColumns(2 * (bars.length - first));
    for (let index = first; index < bars.length; index += 1) kept.push(bars.at(index));
    this.#bars = kept;
    if (!this.#canSave) return;
    this.#checkpoints = this.#checkpoints
      .filter(({ place }) => place >= first)
      .map(({ place, state }) => ({ place: place - first, state }));
  }
}

/**
 * A copy with a bar between the first `from` ones and those from `to` on. A copy, because bars that
 * were handed out read the old columns.
 */
function withBar(bars: BarColumns, from: number, to: number, bar: Bar): BarColumns {
  const changed = new BarColumns(bars.length + 1);
  for (let index = 0; index < from; index += 1) changed.push(bars.at(index));
  changed.push(bar);
  for (let index = to; index < bars.length; index += 1) changed.push(bars.at(index));
  return changed;
}
