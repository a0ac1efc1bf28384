import { type Bar, sameBar } from "../../market/bar.ts";
import type { BarSlot } from "../../time/bar-grid.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import { type Authority, grows, outranks } from "./bar-memory.ts";

/** A bar that waits for its turn or for proof that it is complete. */
export interface HeldBar {
  readonly bar: Bar;
  readonly authority: Authority;
  readonly version: number;
  /** What time can prove a forming bar complete by: it was called final early, or restated late. */
  readonly proof: "called" | "implied" | "none";
  /** Which unbroken stretch of the live connection it came in. */
  readonly epoch: number;
  /** When it arrived. */
  readonly seenAt: UnixMs;
}

/** What became of a bar that was offered. */
export type Reception = "kept" | "absorbed" | "outranked" | "corrected";

/** At most one candidate a slot. Versions are chosen between, never merged field by field. */
export class HeldBars {
  readonly #bars = new Map<UnixMs, HeldBar>();
  #fromHistory = 0;

  get size(): number {
    return this.#bars.size;
  }

  /** How many of them history vouches for. */
  get fromHistory(): number {
    return this.#fromHistory;
  }

  get(openTime: UnixMs): HeldBar | undefined {
    return this.#bars.get(openTime);
  }

  take(openTime: UnixMs): void {
    const held = this.#bars.get(openTime);
    if (held?.authority === "history") this.#fromHistory -= 1;
    this.#bars.delete(openTime);
  }

  /** Drops every bar that opens before an instant. */
  dropBefore(at: UnixMs): void {
    for (const openTime of [...this.#bars.keys()]) if (openTime < at) this.take(openTime);
  }

  /** The stretches of slots, given in order, whose final bar is not held. */
  withoutFinal(slots: Iterable<BarSlot>): TimeRange[] {
    const stretches: TimeRange[] = [];
    let from: UnixMs | undefined;
    let to: UnixMs = 0;
    const close = (): void => {
      if (from !== undefined) stretches.push({ from, to });
      from = undefined;
    };
    for (const { openTime, closeTime } of slots) {
      const held = this.#bars.get(openTime);
      if (held !== undefined && held.authority !== "forming") {
        close();
        continue;
      }
      from ??= openTime;
      to = closeTime;
    }
    close();
    return stretches;
  }

  /** Open times of the last `count` bars of history, ascending; all when there are fewer. */
  lastOfHistory(count: number): readonly UnixMs[] {
    const known = [...this.#bars.values()].filter(({ authority }) => authority === "history");
    const openTimes = known.map(({ bar }) => bar.openTime).sort((a, b) => a - b);
    return openTimes.slice(Math.max(0, openTimes.length - count));
  }

  offer(candidate: HeldBar): Reception {
    const { openTime } = candidate.bar;
    const present = this.#bars.get(openTime);
    if (present === undefined) {
      this.#put(candidate, present);
      return "kept";
    }
    if (outranks(present.authority, candidate.authority)) {
      const agrees = candidate.authority === "forming" || sameBar(present.bar, candidate.bar);
      if (agrees) return "absorbed";
      if (candidate.version <= present.version) return "outranked";
    }
    if (candidate.authority === "forming" && present.authority === "forming") {
      // Within one connection a restatement only grows: a smaller one is an older one that lagged.
      const older =
        candidate.epoch < present.epoch ||
        (candidate.epoch === present.epoch && !grows(present.bar, candidate.bar));
      if (older) return "absorbed";
      this.#put(candidate, present);
      return "kept";
    }
    if (sameBar(present.bar, candidate.bar)) {
      if (!outranks(candidate.authority, present.authority)) return "absorbed";
      const version = Math.max(present.version, candidate.version);
      this.#put({ ...candidate, version }, present);
      return "kept";
    }
    if (candidate.version < present.version) return "outranked";
    this.#put(candidate, present);
    return present.authority !== "forming" ? "corrected" : "kept";
  }

  #put(candidate: HeldBar, present: HeldBar | undefined): void {
    if (present?.authority === "history") this.#fromHistory -= 1;
    if (candidate.authority === "history") this.#fromHistory += 1;
    this.#bars.set(candidate.bar.openTime, candidate);
  }
}
