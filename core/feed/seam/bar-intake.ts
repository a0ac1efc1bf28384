import type { Bar } from "../../market/bar.ts";
import type { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import type { BarBatch } from "../bar-source.ts";
import type { RejectionEvent, RevisionEvent } from "../feed-event.ts";
import { refuse } from "./bar-admission.ts";
import { type Authority, BarMemory } from "./bar-memory.ts";
import { type HeldBar, HeldBars } from "./held-bars.ts";
import type { SequencerOptions } from "./sequencer-options.ts";

/** Which slots an intake is to wait for, and which it has behind it. */
export interface IntakeWindow {
  /** Bars that open before this were never asked for. */
  readonly start: UnixMs;
  /** The first slot that is not settled; undefined when all are. */
  readonly next: UnixMs | undefined;
  /** Bars that open at or after this are not wanted. */
  readonly end: UnixMs;
}

/** Hears what an intake has to say besides the bars that it holds. */
export interface IntakeListener {
  event(event: RejectionEvent | RevisionEvent): void;
  /** History showed something that cannot be: its coverage does not mean that nothing traded. */
  distrust(range: TimeRange, reason: string): void;
}

/**
 * Where bars come in: refuses what cannot be, holds what must wait for its turn or for proof, and
 * tells what comes after its slot was settled: a repetition, a correction, or a late bar.
 */
export class BarIntake {
  readonly held = new HeldBars();
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #options: SequencerOptions;
  readonly #listener: IntakeListener;
  readonly #memory: BarMemory;
  /** Counts the unbroken stretches of the live connection. */
  #epoch = 0;
  #newestLiveOpen: UnixMs = Number.NEGATIVE_INFINITY;
  /** The first bar that went out before this stream began. */
  #knownFrom: UnixMs = Number.POSITIVE_INFINITY;

  constructor(series: Series, grid: BarGrid, options: SequencerOptions, listener: IntakeListener) {
    this.#series = series;
    this.#grid = grid;
    this.#options = options;
    this.#listener = listener;
    this.#memory = new BarMemory(options.rememberedBars);
  }

  /** Whether bars went out before this stream began. */
  get knowsBars(): boolean {
    return this.#knownFrom < Number.POSITIVE_INFINITY;
  }

  /** Remembers bars that went out before this stream began, at least one, ascending. */
  know(bars: BarColumns): void {
    this.#knownFrom = bars.openTime[0]!;
    for (const bar of bars) this.#memory.add(bar, "live");
  }

  /** The live connection broke: what was forming can no longer become final by itself. */
  breakOff(): void {
    this.#epoch += 1;
    this.#newestLiveOpen = Number.NEGATIVE_INFINITY;
  }

  take(batch: BarBatch, speaker: "live" | "history", now: UnixMs, window: IntakeWindow): void {
    const { futureMs } = this.#options;
    for (const bar of batch.bars) {
      const refusal = refuse(bar, batch.series, this.#series, this.#grid, now, futureMs);
      if (refusal === undefined) {
        if (bar.openTime < window.end) this.#admit(bar, batch, speaker, now, window);
        continue;
      }
      this.#reject(bar, refusal.fault, refusal.reason);
      if (speaker === "history") this.#distrust(bar, batch.series, refusal.reason, now);
    }
  }

  /** The bar that is the whole truth of a slot which has closed; undefined while there is none. */
  finalOf(
    slot: BarSlot,
    now: UnixMs,
    isConnected: boolean,
    isEnding: boolean,
  ): HeldBar | undefined {
    const held = this.held.get(slot.openTime);
    if (held === undefined || held.authority !== "forming") return held;
    if (held.proof === "none" || held.epoch !== this.#epoch || !isConnected) return undefined;
    // Its last restatement may still be on its way: even a newer bar does not shorten the grace.
    if (!isEnding && now < slot.closeTime + this.#options.graceMs) return undefined;
    // A newer bar does not prove that no restatement of this one was lost: only its being called
    // final, or one that came shortly before the close, does.
    const isCalled = held.proof === "called";
    const isFollowed = isCalled && this.#newestLiveOpen >= slot.closeTime;
    // What is called final by a clock that is a little ahead of ours is not half formed.
    const { quietMs, graceMs } = this.#options;
    const isFresh =
      held.seenAt >= slot.closeTime - (isCalled ? Math.max(quietMs, graceMs) : quietMs);
    return isFollowed || isFresh ? held : undefined;
  }

  /** Gives a bar up to be released, and remembers it. */
  release(held: HeldBar): void {
    this.held.take(held.bar.openTime);
    this.#memory.add(held.bar, held.authority, held.version);
  }

  #admit(
    bar: Bar,
    { finality, version }: BarBatch,
    speaker: "live" | "history",
    now: UnixMs,
    window: IntakeWindow,
  ): void {
    if (speaker === "live" && bar.openTime > this.#newestLiveOpen) {
      this.#newestLiveOpen = bar.openTime;
    }
    // Called final before our clock reached its close, it may be half formed: it needs more proof.
    const isEarly = finality === "final" && bar.closeTime > now;
    const authority: Authority = finality === "final" && !isEarly ? speaker : "forming";
    if (window.next === undefined || bar.openTime < window.next) {
      const begun = Math.min(window.start, this.#knownFrom);
      if (bar.openTime >= begun) this.#again(bar, authority, version);
      return;
    }
    const proof = isEarly ? "called" : this.#options.impliedFinals ? "implied" : "none";
    // What history shows of an open bar is never restated by the stream: it proves nothing.
    const epoch = speaker === "history" ? -1 : this.#epoch;
    this.#hold({ bar, authority, version, proof, epoch, seenAt: now }, window.next);
  }

  #hold(candidate: HeldBar, next: UnixMs): void {
    const { bar } = candidate;
    const before = this.held.get(bar.openTime);
    // History was asked for what it says, and what all wait for must come in.
    const isExtra = candidate.authority !== "history" && bar.openTime !== next;
    if (isExtra && before === undefined && this.held.size >= this.#options.heldBars) {
      this.#reject(bar, "overflow", `${this.#options.heldBars} bars are held back already`);
      return;
    }
    const reception = this.held.offer(candidate);
    if (reception === "outranked") {
      this.#reject(
        bar,
        "conflict",
        `${before!.authority} says otherwise in a word that outweighs it`,
      );
    } else if (reception === "corrected" && before !== undefined) {
      this.#reject(before.bar, "conflict", `${candidate.authority} says otherwise, and is taken`);
    }
  }

  /** A bar of a slot that is settled: a repetition, a correction, or one that came too late. */
  #again(bar: Bar, authority: Authority, said: number): void {
    const thought = this.#memory.review(bar, authority, said);
    if (thought.kind === "too-old") {
      this.#reject(bar, "too-old", `only ${this.#options.rememberedBars} bars can be corrected`);
    } else if (thought.kind === "conflict") {
      this.#reject(bar, "conflict", "history said otherwise, and history was taken");
    } else if (thought.kind === "revision") {
      const { version, before } = thought;
      const series = this.#series;
      this.#listener.event({ type: "revision", series, version, before, after: bar });
    }
  }

  #distrust(bar: Bar, of: Series, reason: string, now: UnixMs): void {
    if (of.key !== this.#series.key || !this.#grid.opensAt(bar.openTime)) return;
    const range = { from: bar.openTime, to: this.#grid.closeOf(bar.openTime) };
    if (range.to <= now) this.#listener.distrust(range, reason);
  }

  #reject(bar: Bar, fault: RejectionEvent["fault"], reason: string): void {
    this.#listener.event({ type: "rejection", series: this.#series, bar, fault, reason });
  }
}
