import type { Bar } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import type { BarGrid, BarSlot } from "../time/bar-grid.ts";
import { assert } from "../time/failure.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";
import { RangeSet, type TimeRange } from "../time/range.ts";
import { refuse } from "./bar-admission.ts";
import { type Authority, BarMemory } from "./bar-memory.ts";
import type { BarBatch, BarOrigin, BarSink } from "./bar-source.ts";
import type { FeedState, RejectionEvent } from "./feed-event.ts";
import { GapLedger } from "./gap-ledger.ts";
import { type HeldBar, HeldBars } from "./held-bars.ts";
import { ReleaseBuffer } from "./release-buffer.ts";
import { type SequencerOptions, sequencerOptions } from "./sequencer-options.ts";

/** Where a sequencer sends what it has put in order: everything of a sink but the end. */
export type SequencerOutput = Pick<BarSink, "bars" | "coverage" | "event">;

/**
 * The seam: puts what history and a live stream say of one series into a single order, each bar once.
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
  readonly #held = new HeldBars();
  readonly #memory: BarMemory;
  readonly #gaps: GapLedger;
  readonly #out: ReleaseBuffer;
  readonly #covered = new RangeSet();
  readonly #requested: TimeRange[] = [];
  #asked: TimeRange[] = [];
  /** The first slot that is not settled; undefined when the calendar has no more. */
  #next: BarSlot | undefined;
  #start: UnixMs;
  #holding = true;
  #state: FeedState = "backfilling";
  #connected = true;
  #epoch = 0;
  #newestLiveOpen = Number.NEGATIVE_INFINITY;
  /** Slots that closed by this instant must be settled before the stream is up to date. */
  #target: UnixMs = Number.NEGATIVE_INFINITY;
  #finishing = false;

  /** @param from the first slot to settle is the one that opens at or after this instant. */
  constructor(
    series: Series,
    grid: BarGrid,
    from: UnixMs,
    output: SequencerOutput,
    options: Partial<SequencerOptions> = {},
  ) {
    this.series = series;
    this.grid = grid;
    this.#options = sequencerOptions(options);
    this.#output = output;
    this.#memory = new BarMemory(this.#options.rememberedBars);
    this.#gaps = new GapLedger(series, (event) => this.#output.event(event));
    this.#out = new ReleaseBuffer(series, (batch) => this.#output.bars(batch));
    this.#start = from;
    this.#next = grid.slotAtOrAfter(from);
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Bars of history that are held back: what a backfill has gathered so far. */
  get backfilled(): number {
    return this.#held.fromHistory;
  }

  /** The opening of the first slot that is not settled; undefined past the calendar's end. */
  get nextOpenTime(): UnixMs | undefined {
    return this.#next?.openTime;
  }

  /** While still holding: begins at another instant, earlier (an extension) or later. */
  startAt(from: UnixMs): void {
    assert(this.#holding, "a sequencer moves its start only before it released anything");
    this.#start = from;
    this.#next = this.grid.slotAtOrAfter(from);
    if (this.#next !== undefined) this.#held.dropBefore(this.#next.openTime);
  }

  /** While still holding: begins with the last `count` of the bars that history gave. */
  keepLast(count: number): void {
    const first = this.#held.lastOfHistory(count)[0];
    if (first !== undefined) this.startAt(first);
  }

  /** Stops holding: from here on bars go out as soon as they may. */
  release(now: UnixMs): void {
    this.#holding = false;
    this.#aimAt(now);
    this.#settle(now);
  }

  /** Takes bars that history calls final and whose time it covers. */
  history(batch: BarBatch, now: UnixMs): void {
    this.#take(batch, batch.finality === "final" ? "history" : "forming", now);
    this.#settle(now);
  }

  /** Notes that history has said all there is to say of a range. */
  cover(range: TimeRange, now: UnixMs): void {
    // A bar that had not closed when history spoke may still appear.
    this.#covered.add({ from: range.from, to: Math.min(range.to, now) });
    this.#settle(now);
  }

  /** Takes bars of the live stream, forming or final. */
  live(batch: BarBatch, now: UnixMs): void {
    this.#take(batch, batch.finality === "final" ? "live" : "forming", now);
    this.#settle(now);
  }

  /** The live stream broke: what was forming can no longer become final by itself. */
  interrupt(reason: string, now: UnixMs): void {
    this.#connected = false;
    this.#epoch += 1;
    this.#newestLiveOpen = Number.NEGATIVE_INFINITY;
    if (this.#state !== "backfilling") this.#enter("interrupted", reason);
    this.#settle(now);
  }

  /** The live stream is back; whatever closed meanwhile is wanted at once. */
  resume(now: UnixMs): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#aimAt(now);
    if (this.#state !== "backfilling") this.#enter("recovering", "the live stream is back");
    this.#settle(now);
  }

  /** Lets time pass. */
  tick(now: UnixMs): void {
    this.#settle(now);
  }

  /** Everything that has closed is wanted at once: the live stream has ended. */
  finish(now: UnixMs): void {
    this.#finishing = true;
    this.#aimAt(now);
    this.#settle(now);
  }

  /** A range cannot be had: its slots without a bar are lost. */
  giveUp(range: TimeRange, reason: string, now: UnixMs): void {
    this.#gaps.giveUp(range, reason);
    this.#settle(now);
  }

  /** What should be fetched from history, since the last call. */
  takeRequests(): TimeRange[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  /** A fetch that was requested is over; what it did not cover may be asked for again. */
  fetchEnded(range: TimeRange, now: UnixMs): void {
    const index = this.#requested.findIndex(
      (each) => each.from === range.from && each.to === range.to,
    );
    if (index >= 0) this.#requested.splice(index, 1);
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

  #take(batch: BarBatch, authority: Authority, now: UnixMs): void {
    for (let index = 0; index < batch.bars.length; index += 1) {
      const bar = batch.bars.at(index);
      const { series, grid } = this;
      const refusal = refuse(bar, batch.series, series, grid, now, this.#options.futureMs);
      if (refusal !== undefined) {
        this.#reject(bar, refusal.fault, refusal.reason);
        continue;
      }
      if (authority !== "history" && bar.openTime > this.#newestLiveOpen) {
        this.#newestLiveOpen = bar.openTime;
      }
      // Called final before our clock reached its close, it may be half formed: it needs more proof.
      const early = authority !== "forming" && bar.closeTime > now;
      const trusted = early ? "forming" : authority;
      // What history shows of an open bar is never restated by the stream: it proves nothing.
      const epoch = authority === "history" && early ? -1 : this.#epoch;
      const passed = this.#next === undefined || bar.openTime < this.#next.openTime;
      if (passed) this.#again(bar, trusted, batch.version);
      else {
        const provable = early || this.#options.impliedFinals;
        const { version } = batch;
        this.#hold({ bar, authority: trusted, version, provable, epoch, seenAt: now });
      }
    }
  }

  #reject(bar: Bar, fault: RejectionEvent["fault"], reason: string): void {
    this.#output.event({ type: "rejection", series: this.series, bar, fault, reason });
  }

  #hold(candidate: HeldBar): void {
    const { bar } = candidate;
    if (this.#held.size >= this.#options.heldBars && this.#held.get(bar.openTime) === undefined) {
      this.#reject(bar, "overflow", `${this.#options.heldBars} bars are held back already`);
      return;
    }
    const before = this.#held.get(bar.openTime);
    const reception = this.#held.offer(candidate);
    if (reception === "outranked") {
      this.#reject(bar, "conflict", "history says otherwise, and history is taken");
    } else if (reception === "corrected" && before !== undefined) {
      this.#reject(before.bar, "conflict", `${candidate.authority} says otherwise, and is taken`);
    }
  }

  /** A bar of a slot that is settled: a repetition, a correction, or one that came too late. */
  #again(bar: Bar, authority: Authority, version: number): void {
    if (bar.openTime < this.#start) return;
    const thought = this.#memory.review(bar, authority, version);
    if (thought.kind === "too-old") {
      this.#reject(bar, "too-old", `only ${this.#options.rememberedBars} bars can be corrected`);
    } else if (thought.kind === "conflict") {
      this.#reject(bar, "conflict", "history said otherwise, and history was taken");
    } else if (thought.kind === "revision") {
      const { version: revised, before } = thought;
      const { series } = this;
      this.#output.event({ type: "revision", series, version: revised, before, after: bar });
    }
  }

  /** Settles slot after slot as far as it can be done, and says what is missing. */
  #settle(now: UnixMs): void {
    if (this.#holding) return;
    const from = this.#next?.openTime;
    while (this.#next !== undefined && this.#next.closeTime <= now) {
      const slot: BarSlot = this.#next;
      const held = this.#held.get(slot.openTime);
      if (held !== undefined && this.#isFinal(held, slot, now)) this.#releaseBar(held, slot);
      else if (!this.#passOver(slot)) break;
      this.#next = this.grid.slotAtOrAfter(slot.closeTime);
    }
    this.#out.flush();
    this.#gaps.flush();
    if (from !== undefined && from !== this.#next?.openTime) this.#advanced(from);
    this.#askForMissing(now);
    this.#updateState(now);
  }

  /** Whether a held bar is the whole truth of its slot, which has closed. */
  #isFinal(held: HeldBar, slot: BarSlot, now: UnixMs): boolean {
    if (held.authority !== "forming") return true;
    if (!held.provable || held.epoch !== this.#epoch || !this.#connected) return false;
    // Its last restatement may still be on its way: even a newer bar does not shorten the grace.
    if (now < slot.closeTime + this.#options.graceMs) return false;
    const newerSeen = this.#newestLiveOpen >= slot.closeTime;
    return newerSeen || held.seenAt >= slot.closeTime - this.#options.quietMs;
  }

  #releaseBar(held: HeldBar, slot: BarSlot): void {
    this.#held.take(slot.openTime);
    this.#gaps.found(slot);
    this.#out.add(held.bar, this.#originOf(held));
    this.#memory.add(held.bar, held.authority === "history" ? "history" : "live");
  }

  #originOf(held: HeldBar): BarOrigin {
    if (held.authority !== "history") return "live";
    return this.#state === "backfilling" ? "backfill" : "repair";
  }

  /** Settles a slot without a bar; false when nothing entitles us to. */
  #passOver(slot: BarSlot): boolean {
    const range = { from: slot.openTime, to: slot.closeTime };
    if (this.#covered.covers(range)) {
      // Before the first bar there is nothing that a missing one could interrupt.
      if (this.#out.anyReleased) this.#gaps.empty(slot);
      else this.#start = slot.closeTime;
    } else if (!this.#gaps.lost(slot)) {
      return false;
    }
    this.#held.take(slot.openTime);
    this.#out.flush();
    return true;
  }

  #advanced(from: UnixMs): void {
    const to = this.#next?.openTime ?? this.grid.slotClosedBy(Number.MAX_SAFE_INTEGER)!.closeTime;
    this.#covered.dropBefore(to);
    this.#gaps.dropBefore(to);
    this.#output.coverage({ from, to });
  }

  /** Asks for the slots that should have been heard of by now. */
  #askForMissing(now: UnixMs): void {
    const next = this.#next;
    if (next === undefined || next.closeTime > now || this.#requested.length > 0) return;
    // While the link is down asking is pointless; the moment it is back, everything is asked for.
    if (!this.#connected && !this.#finishing) return;
    const overdueBy = Math.max(now - this.#options.graceMs, Math.min(this.#target, now));
    const last = this.grid.slotClosedBy(overdueBy);
    if (last === undefined || last.openTime < next.openTime) return;
    const wanted = { from: next.openTime, to: last.closeTime };
    for (const range of this.#covered.missing(wanted)) {
      const slot = this.grid.slotAtOrAfter(range.from);
      if (slot === undefined || slot.openTime >= range.to) continue;
      this.#requested.push(range);
      this.#asked.push(range);
      this.#gaps.suspect(range);
    }
  }

  #updateState(now: UnixMs): void {
    const next = this.#next;
    const caughtUp = next === undefined || next.openTime >= this.#target;
    if (this.#state === "live") {
      if (next === undefined || now < next.closeTime + this.#options.staleMs) return;
      this.#aimAt(now);
      this.#enter("stale", `the bar of ${formatInstant(next.openTime)} is overdue`);
    } else if (caughtUp && this.#connected) {
      const certificate = this.#out.takeCertificate();
      if (certificate !== undefined) this.#output.event(certificate);
      this.#enter("live", "every bar that closed is accounted for");
    }
  }

  #aimAt(now: UnixMs): void {
    this.#target = this.grid.slotClosedBy(now)?.closeTime ?? Number.NEGATIVE_INFINITY;
  }

  #enter(state: FeedState, reason: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#output.event({ type: "status", series: this.series, state, reason });
  }
}
