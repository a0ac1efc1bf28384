import type { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import { assert } from "../../time/failure.ts";
import type { UnixMs } from "../../time/instant.ts";
import { RangeSet, type TimeRange } from "../../time/range.ts";
import type { BarBatch, BarSink } from "../bar-source.ts";
import type { FeedState } from "../feed-event.ts";
import { wholeSlots } from "../whole-slots.ts";
import { BarIntake, type IntakeWindow } from "./bar-intake.ts";
import { GapLedger } from "./gap-ledger.ts";
import type { HeldBar } from "./held-bars.ts";
import { Inquiries } from "./inquiries.ts";
import { ReleaseBuffer } from "./release-buffer.ts";
import { type SequencerOptions, sequencerOptions } from "./sequencer-options.ts";
import { StreamState } from "./stream-state.ts";

/** Where a sequencer sends what it has put in order: everything of a sink but the end. */
export type SequencerOutput = Pick<BarSink, "bars" | "coverage" | "event">;

/**
 * The seam: puts what history and a live stream say of one series into a single order, each bar
 * once.
 *
 * A bar is released when every slot before it is settled: released, confirmed to have no bar, or
 * declared lost. It has no I/O and no clock: instants come in with the calls, and what it wants
 * fetched is asked of it with `takeRequests`. See docs/architecture.md, "The seam".
 */
export class BarSequencer {
  readonly series: Series;
  readonly grid: BarGrid;
  readonly #options: SequencerOptions;
  readonly #output: SequencerOutput;
  readonly #intake: BarIntake;
  readonly #gaps: GapLedger;
  readonly #out: ReleaseBuffer;
  readonly #state: StreamState;
  readonly #covered = new RangeSet();
  readonly #inquiries = new Inquiries();
  /** The first slot that is not settled; undefined when the calendar has no more. */
  #next: BarSlot | undefined;
  #calendarVersion = 0;
  #start: UnixMs;
  readonly #end: UnixMs;
  #lastClose: UnixMs = 0;
  #holding = true;
  #connected = true;
  #finishing = false;

  /** @param from the first slot to settle is the one that opens at or after this instant. */
  constructor(
    series: Series,
    grid: BarGrid,
    from: UnixMs,
    output: SequencerOutput,
    options: Partial<SequencerOptions> = {},
    to: UnixMs = Number.POSITIVE_INFINITY,
  ) {
    this.#end = to;
    this.series = series;
    this.grid = grid;
    this.#options = sequencerOptions(options);
    this.#output = output;
    this.#intake = new BarIntake(series, grid, this.#options, {
      event: (event) => this.#output.event(event),
      distrust: (range, reason) => this.#gaps.giveUp(range, reason),
    });
    this.#gaps = new GapLedger(series, (event) => {
      // A gap is told between the bars before it and those behind it.
      this.#out.flush();
      this.#output.event(event);
    });
    this.#state = new StreamState(series, grid, this.#options.staleMs, {
      status: (status) => this.#output.event(status),
      catchesUp: () => this.#certify(),
    });
    this.#out = new ReleaseBuffer(series, (batch) => this.#output.bars(batch));
    this.#start = from;
    this.#next = this.#slotFrom(from);
  }

  get state(): FeedState {
    return this.#state.state;
  }

  /** Bars of history that are held back: what a backfill has gathered so far. */
  get backfilled(): number {
    return this.#intake.held.fromHistory;
  }

  /** The opening of the first slot that is not settled; undefined past the calendar's end. */
  get nextOpenTime(): UnixMs | undefined {
    return this.#next?.openTime;
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  get isFetching(): boolean {
    return this.#inquiries.areOpen;
  }

  /** Whether nothing can come any more: every slot of the query, or of the calendar, is settled. */
  get isThrough(): boolean {
    return !this.#holding && this.#next === undefined;
  }

  get anyReleased(): boolean {
    return this.#out.anyReleased;
  }

  /** While still holding: begins at another instant, earlier (an extension) or later. */
  startAt(from: UnixMs): void {
    assert(this.#holding, "a sequencer moves its start only before it released anything");
    this.#start = from;
    this.#next = this.#slotFrom(from);
    if (this.#next !== undefined) this.#intake.held.dropBefore(this.#next.openTime);
  }

  /** While still holding: bars that went out before; what comes of them again is about them. */
  know(bars: BarColumns): void {
    this.#intake.know(bars);
  }

  /** While still holding: begins with the last `count` of the bars that history gave. */
  keepLast(count: number): void {
    const first = this.#intake.held.lastOfHistory(count)[0];
    if (first !== undefined) this.startAt(first);
  }

  release(now: UnixMs): void {
    this.#holding = false;
    this.#state.aimAt(now);
    this.#settle(now);
  }

  /** Takes bars that history calls final and whose time it covers. */
  history(batch: BarBatch, now: UnixMs): void {
    this.#intake.take(batch, "history", now, this.#window());
    this.#settle(now);
  }

  /** Notes that history has said all there is to say of a range. */
  cover(range: TimeRange, now: UnixMs): void {
    // A bar that had not closed when history spoke may still appear, and of a slot that a range
    // only touches nothing was said.
    this.#covered.add(wholeSlots(this.grid, { from: range.from, to: Math.min(range.to, now) }));
    this.#settle(now);
  }

  live(batch: BarBatch, now: UnixMs): void {
    this.#intake.take(batch, "live", now, this.#window());
    this.#settle(now);
  }

  /** The live stream broke: what was forming can no longer become final by itself. */
  interrupt(reason: string, now: UnixMs): void {
    this.#connected = false;
    this.#intake.breakOff();
    this.#state.turn("interrupted", reason);
    this.#settle(now);
  }

  /** The live stream is back; whatever closed meanwhile is wanted at once. */
  resume(now: UnixMs): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#state.aimAt(now);
    this.#state.turn("recovering", "the live stream is back");
    this.#settle(now);
  }

  tick(now: UnixMs): void {
    this.#settle(now);
  }

  /** Everything that has closed is wanted at once: the live stream has ended. */
  finish(now: UnixMs): void {
    this.#finishing = true;
    this.#state.aimAt(now);
    this.#settle(now);
  }

  /** A range cannot be had: its slots without a bar are lost. */
  giveUp(range: TimeRange, reason: string, now: UnixMs): void {
    this.#gaps.giveUp(range, reason);
    this.#settle(now);
  }

  /** What should be fetched from history, since the last call. */
  takeRequests(): TimeRange[] {
    return this.#inquiries.take();
  }

  /** A fetch that was requested is over; what it did not cover may be asked for again. */
  fetchEnded(range: TimeRange, now: UnixMs): void {
    this.#inquiries.ended(range);
    this.#settle(now);
  }

  /** The next instant after `now` at which time alone can change something. */
  deadlineAfter(now: UnixMs): UnixMs | undefined {
    if (this.#holding || this.#next === undefined) return undefined;
    const { closeTime } = this.#next;
    if (now < closeTime) return closeTime;
    if (now < closeTime + this.#options.graceMs) return closeTime + this.#options.graceMs;
    if (now < closeTime + this.#options.staleMs) return closeTime + this.#options.staleMs;
    return undefined;
  }

  #window(): IntakeWindow {
    return { start: this.#start, next: this.#next?.openTime, end: this.#end };
  }

  /** Settles slot after slot as far as it can be done, and says what is missing. */
  #settle(now: UnixMs): void {
    if (this.grid.calendar.version !== this.#calendarVersion) this.#followCalendar();
    if (this.#holding) return;
    const from = this.#next;
    // A process that stood still finds out together that a bar is overdue and what it was.
    if (this.#state.state === "live") this.#state.update(from, this.#connected, now);
    while (this.#next !== undefined && this.#next.closeTime <= now) {
      const slot: BarSlot = this.#next;
      const held = this.#intake.finalOf(slot, now, this.#connected, this.#finishing);
      if (held !== undefined) this.#releaseBar(held, slot);
      else if (!this.#passOver(slot)) break;
      this.#lastClose = slot.closeTime;
      this.#next = this.#slotFrom(slot.closeTime);
    }
    this.#out.flush();
    this.#gaps.flush();
    if (from !== undefined && from !== this.#next) this.#advanced(from.openTime);
    this.#askForMissing(now);
    this.#state.update(this.#next, this.#connected, now);
  }

  /** A calendar can learn that a session closes early, or not at all, while it is waited for. */
  #followCalendar(): void {
    this.#calendarVersion = this.grid.calendar.version;
    if (this.#next !== undefined) this.#next = this.#slotFrom(this.#next.openTime);
  }

  #releaseBar(held: HeldBar, slot: BarSlot): void {
    this.#intake.release(held);
    this.#gaps.found(slot);
    this.#out.add(held.bar, held.authority === "history" ? this.#state.historyIs : "live");
  }

  /** Settles a slot without a bar; false when nothing entitles us to. */
  #passOver(slot: BarSlot): boolean {
    const range = { from: slot.openTime, to: slot.closeTime };
    if (this.#gaps.lost(slot)) {
      // What was given up stays so, whatever is covered.
    } else if (this.#covered.covers(range)) {
      // Before the first bar there is nothing that a missing one could interrupt.
      if (this.#out.anyReleased || this.#intake.knowsBars) this.#gaps.empty(slot);
      else this.#start = slot.closeTime;
    } else {
      return false;
    }
    this.#intake.held.take(slot.openTime);
    return true;
  }

  #advanced(from: UnixMs): void {
    const to = this.#next?.openTime ?? this.#lastClose;
    this.#covered.dropBefore(to);
    this.#gaps.dropBefore(to);
    this.#output.coverage({ from, to });
  }

  /** The first slot from an instant on that is within the query. */
  #slotFrom(at: UnixMs): BarSlot | undefined {
    const slot = this.grid.slotAtOrAfter(at);
    return slot !== undefined && slot.openTime < this.#end ? slot : undefined;
  }

  #certify(): void {
    const certificate = this.#out.takeCertificate();
    if (certificate !== undefined) this.#output.event(certificate);
  }

  /** Asks for the slots that should have been heard of by now. */
  #askForMissing(now: UnixMs): void {
    const next = this.#next;
    if (next === undefined || next.closeTime > now || this.#inquiries.areOpen) return;
    // While the link is down asking is pointless; the moment it is back, everything is asked for.
    if (!this.#connected && !this.#finishing) return;
    const overdueBy = Math.max(now - this.#options.graceMs, this.#state.target);
    const last = this.grid.slotClosedBy(overdueBy);
    if (last === undefined || last.openTime < next.openTime) return;
    for (const range of this.#covered.missing({ from: next.openTime, to: last.closeTime })) {
      this.#inquiries.ask(range);
      const unheard = this.#intake.held.withoutFinal(this.grid.slots(range));
      for (const each of unheard) this.#gaps.suspect(each);
    }
  }
}
