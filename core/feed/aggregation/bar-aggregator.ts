import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import { loadName } from "../../codec/saved-state.ts";
import type { Bar } from "../../market/bar.ts";
import type { BarColumns } from "../../market/bar-columns.ts";
import { type Series, series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import type { Clock } from "../../time/clock.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import { requireAtLeast } from "../../time/requirement.ts";
import type { BarBatch, BarSink, FeedOutcome } from "../bar-source.ts";
import type { FeedEvent, GapEvent, RevisionEvent } from "../feed-event.ts";
import { requireDivides, slotsTouching, wholeSlots } from "../whole-slots.ts";
import { AggregateGaps } from "./aggregate-gaps.ts";
import { AggregateOutput } from "./aggregate-output.ts";
import { AggregateReach } from "./aggregate-reach.ts";
import { AggregateRejections } from "./aggregate-rejections.ts";
import { Period } from "./period.ts";
import { PeriodMemory } from "./period-memory.ts";

/** What goes into an aggregator, and what is to come out. */
export interface BarAggregatorOptions {
  /** The series of the bars that come in. */
  readonly base: Series;
  /** Its bars that must exist. */
  readonly baseGrid: BarGrid;
  /** The bars to make, on the same calendar: longer ones, whose size the base size divides. */
  readonly grid: BarGrid;
  /**
   * Tells the present, beyond which coverage settles nothing. Needed over a source that covers all
   * it was asked for, bars that have not closed included; a splice or a file does not.
   */
  readonly clock?: Clock;
  /**
   * How many base bars back a correction can reach, 1 or more; default 4,096, as many as a
   * sequencer corrects. A correction of an older one is rejected as `too-old`.
   */
  readonly rememberedBars?: number;
}

/**
 * Makes larger bars of smaller ones: takes the words of one series, gives those of another.
 *
 * What comes in is in order, as splices and files give it: a final bar or a `lost` gap settles all
 * before it. Forming bars are ignored. A period is sent when a base bar closes exactly at its
 * close, else when a later bar or coverage passes its close; it is never sent unless the stream is
 * known to reach back to its opening, and the unfinished one at the end is not sent. While that is
 * not known of the first period, everything waits for the next word of coverage (or, at the most,
 * for the next live bar, the end, or 4,096 bars), so that the order of the words makes no
 * difference.
 *
 * A period of which a part is lost is lost; one in which nothing traded is passed on as coverage. A
 * correction of a base bar corrects the pending period in silence, and one that was sent by a
 * revision. Status and progress speak of the larger series, and count base bars; rejections and
 * continuity certificates are about base bars and pass as they are.
 */
export class BarAggregator implements BarSink {
  /** The series of the bars it makes. */
  readonly series: Series;
  readonly #base: Series;
  readonly #baseGrid: BarGrid;
  readonly #grid: BarGrid;
  readonly #clock: Clock | undefined;
  readonly #sink: BarSink;
  readonly #output: AggregateOutput;
  readonly #gaps: AggregateGaps;
  readonly #rejections: AggregateRejections;
  readonly #memory: PeriodMemory;
  readonly #reach: AggregateReach;
  #pending: Period | undefined;
  /** Base slots that close by this instant are settled. */
  #settledTo: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(options: BarAggregatorOptions, sink: BarSink) {
    const { base, baseGrid, grid } = options;
    requireDivides(base.size, grid.size);
    const rememberedBars = options.rememberedBars ?? 4_096;
    requireAtLeast("rememberedBars", rememberedBars, 1);
    this.#base = base;
    this.#baseGrid = baseGrid;
    this.#grid = grid;
    this.#clock = options.clock;
    this.#sink = sink;
    this.series = series(base.instrument, grid.size, base.priceType, base.scope);
    this.#output = new AggregateOutput(this.series, sink);
    this.#gaps = new AggregateGaps(this.series, grid, this.#output);
    this.#rejections = new AggregateRejections(base, grid, this.#output);
    this.#reach = new AggregateReach(baseGrid, grid);
    this.#memory = new PeriodMemory(rememberedBars);
  }

  bars(batch: BarBatch): void {
    if (batch.finality === "forming") return;
    if (batch.series.key !== this.#base.key) {
      const reason = `it belongs to ${batch.series.key}; series never mix`;
      for (const bar of batch.bars) this.#rejections.say(bar, "wrong-series", reason);
      return;
    }
    if (batch.origin === "live" && this.#output.hasWaited) this.#decideFirst();
    const { bars } = batch;
    let index = 0;
    while (index < bars.length) {
      const period = this.#periodAt(bars.openTime[index]!, bars.closeTime[index]!);
      const end = period === undefined ? index : this.#endWithin(period, bars, index);
      if (end === index) {
        this.#rejections.outOfPlace(bars.at(index), this.#settledTo);
        index += 1;
      } else {
        period!.extend(bars, index, end, batch.origin);
        this.#settledTo = bars.closeTime[end - 1]!;
        if (this.#settledTo === period!.closeTime) this.#settlePending();
        index = end;
      }
    }
    this.#output.flush();
    if (this.#output.isFull) this.#decideFirst();
  }

  coverage(range: TimeRange): void {
    const { from, to } = range;
    const heard = this.#reach.add({ from, to: Math.min(to, this.#clock?.now() ?? to) });
    if (heard === undefined) return;
    if (this.#output.isHolding) this.#decideFirst();
    this.#settleTo(heard.to);
    this.#output.flush();
    for (const fresh of this.#reach.takeFresh(heard)) this.#output.coverage(fresh);
    this.#reach.dropBefore(this.#memory.reachesBackTo);
  }

  event(event: FeedEvent): void {
    if (event.series.key !== this.#base.key) this.#sink.event(event);
    else if (event.type === "gap") this.#gap(event);
    else if (event.type === "revision") this.#revision(event);
    else if (event.type === "rejection" || event.type === "continuity") this.#sink.event(event);
    else this.#sink.event({ ...event, series: this.series });
  }

  end(outcome: FeedOutcome): void {
    if (this.#output.isHolding) this.#decideFirst();
    this.#output.end(outcome);
  }

  /** Writes where it stands between two words: all that it goes on from. */
  save(to: ByteWriter): void {
    to.text(this.series.key)
      .float64(this.#settledTo)
      .bool(this.#pending !== undefined);
    this.#pending?.save(to);
    for (const part of [this.#memory, this.#reach, this.#gaps, this.#output]) part.save(to);
  }

  /**
   * Takes into a new one what `save` of one with the same options wrote: it goes on exactly as that
   * one does. Throws `damaged-bytes` for anything else; it is then good for nothing.
   */
  load(from: ByteReader): void {
    loadName(from, this.series.key);
    this.#settledTo = from.float64();
    if (from.bool()) this.#pending = Period.load(from);
    for (const part of [this.#memory, this.#reach, this.#gaps]) part.load(from);
    this.#output.load(from, this.#base);
  }

  /** The period that a bar falls into; undefined where there is none, or it has been passed. */
  #periodAt(openTime: UnixMs, closeTime: UnixMs): Period | undefined {
    if (openTime < this.#settledTo) return undefined;
    if (this.#pending !== undefined && openTime < this.#pending.closeTime) return this.#pending;
    const slot = this.#grid.slotAt(openTime);
    if (slot === undefined || closeTime > slot.closeTime) return undefined;
    return this.#begin(slot, openTime);
  }

  /** Turns to a later period; settles the one before, which the source has left. */
  #begin(slot: BarSlot, heardFrom: UnixMs): Period {
    if (this.#pending !== undefined) this.#settlePending();
    const period = new Period(slot);
    this.#pending = period;
    if (!this.#reach.hasBegun) {
      this.#reach.begin(slot, heardFrom);
      if (!this.#reach.owns(slot)) this.#output.hold();
    }
    return period;
  }

  /**
   * The index after the last bar, from `index` on, that follows in order and lies in the period.
   */
  #endWithin(period: Period, bars: BarColumns, index: number): number {
    const { openTime, closeTime } = bars;
    const { length } = bars;
    const close = period.closeTime;
    let end = index;
    let before = this.#settledTo;
    while (end < length && openTime[end]! >= before && closeTime[end]! <= close) {
      before = closeTime[end]!;
      end += 1;
    }
    return end;
  }

  #settleTo(at: UnixMs): void {
    if (at > this.#settledTo) this.#settledTo = at;
    if (this.#pending !== undefined && this.#pending.closeTime <= at) this.#settlePending();
  }

  #settlePending(): void {
    const period = this.#pending!;
    this.#pending = undefined;
    this.#memory.add(period);
    if (period.hasLost) {
      if (this.#reach.owns(period)) this.#restate(period);
    } else if (this.#reach.owns(period)) {
      this.#output.add(period);
      this.#gaps.found(period);
    } else if (this.#output.isHolding) {
      this.#output.addFirst(period);
    }
  }

  #decideFirst(): void {
    this.#output.release(this.#reach.decide());
  }

  #gap(event: GapEvent): void {
    const { range, outcome } = event;
    if (outcome === "suspected") {
      const pending = this.#pending;
      const from = pending?.hasLost ? pending.closeTime : this.#reach.firstOwnFrom(range.from);
      this.#gaps.suspect(event, from);
    } else if (outcome === "lost") {
      this.#lose(event);
    } else if (outcome === "empty") {
      this.#settleTo(range.to);
      this.#gaps.empty(event, wholeSlots(this.#baseGrid, range));
    }
    // What was repaired is said when the larger bar goes out.
    this.#output.flush();
  }

  #lose(event: GapEvent): void {
    const { range } = event;
    const touched = slotsTouching(this.#grid, range);
    if (touched === undefined) return;
    let from: UnixMs | undefined;
    for (const slot of this.#grid.slots(touched)) {
      if (slot.closeTime <= this.#settledTo) continue;
      const period =
        this.#pending?.openTime === slot.openTime
          ? this.#pending
          : this.#begin(slot, Math.max(slot.openTime, range.from));
      const declared = period.hasLost;
      period.lose(range);
      if (declared) continue;
      if (this.#reach.owns(slot)) from ??= slot.openTime;
      else if (this.#output.isHolding) this.#output.eventOfFirst(this.#gaps.of(event, slot));
    }
    const { to } = touched;
    if (from !== undefined)
      this.#output.event(this.#gaps.of(event, { openTime: from, closeTime: to }));
    this.#settleTo(range.to);
  }

  #revision(event: RevisionEvent): void {
    const { after } = event;
    const slot = this.#grid.slotAt(after.openTime);
    if (slot === undefined || after.closeTime > slot.closeTime) {
      this.#rejections.offGrid(after);
      return;
    }
    if (this.#output.isHolding) this.#decideFirst();
    if (after.openTime >= this.#settledTo) {
      const reason = "it corrects a bar that has not been passed yet";
      this.#rejections.say(after, "conflict", reason);
    } else if (slot.closeTime > this.#settledTo) {
      // A late bar can be the first of the period in progress.
      (this.#pending ?? this.#begin(slot, after.openTime)).amend(after);
    } else if (slot.openTime < this.#memory.reachesBackTo) {
      const reason = "the bars it was sent with are no longer remembered";
      this.#rejections.say(after, "too-old", reason);
    } else if (this.#reach.owns(slot)) {
      this.#correct(slot, after);
    }
  }

  #correct(slot: BarSlot, after: Bar): void {
    let period = this.#memory.find(slot.openTime);
    if (period === undefined) {
      period = new Period(slot);
      this.#memory.insert(period);
    }
    this.#memory.amend(period, after);
    this.#restate(period);
  }

  /** Says what a period has become, when it has become whole. */
  #restate(period: Period): void {
    if (!period.isIncomplete(this.#baseGrid)) this.#output.restate(period);
  }
}
