import type { Series } from "../../market/series.ts";
import type { BarSlot } from "../../time/bar-grid.ts";
import type { UnixMs } from "../../time/instant.ts";
import { RangeSet, type TimeRange } from "../../time/range.ts";
import type { GapEvent } from "../feed-event.ts";

type Outcome = GapEvent["outcome"];

interface OpenGap {
  from: UnixMs;
  to: UnixMs;
  readonly outcome: Outcome;
  readonly reason: string;
}

/**
 * Keeps what is known of slots without a bar and reports it, neighbors with one outcome as one
 * event.
 */
export class GapLedger {
  readonly #series: Series;
  readonly #emit: (event: GapEvent) => void;
  readonly #suspected = new RangeSet();
  #lost: { readonly range: TimeRange; readonly reason: string }[] = [];
  #open: OpenGap | undefined;

  constructor(series: Series, emit: (event: GapEvent) => void) {
    this.#series = series;
    this.#emit = emit;
  }

  /** These slots are overdue and being looked for. */
  suspect(range: TimeRange): void {
    if (this.#suspected.covers(range)) return;
    this.#suspected.add(range);
    const reason = "nothing was heard of it in time";
    this.#emit({ type: "gap", series: this.#series, range, outcome: "suspected", reason });
  }

  /** A bar is about to be released: ends the gap before it, and says so when it had been missed. */
  found(slot: BarSlot): void {
    const missed = this.#suspected.covers({ from: slot.openTime, to: slot.closeTime });
    if (missed) this.#note(slot, "repaired", "it was found after all");
    else this.flush();
  }

  /** The source confirms that a slot has no bar. */
  empty(slot: BarSlot): void {
    this.#note(slot, "empty", "the source confirms that there was no bar");
  }

  /** What cannot be had, from now on. */
  giveUp(range: TimeRange, reason: string): void {
    this.#lost.push({ range, reason });
  }

  /** Whether a slot was given up; notes it when so. */
  lost(slot: BarSlot): boolean {
    const found = this.#lost.find(
      ({ range }) => range.from <= slot.openTime && slot.closeTime <= range.to,
    );
    if (found === undefined) return false;
    this.#note(slot, "lost", found.reason);
    return true;
  }

  /** Reports the gap that was being gathered. */
  flush(): void {
    const gap = this.#open;
    if (gap === undefined) return;
    this.#open = undefined;
    const { from, to, outcome, reason } = gap;
    this.#emit({ type: "gap", series: this.#series, range: { from, to }, outcome, reason });
  }

  /** Forgets what lies before an instant. */
  dropBefore(at: UnixMs): void {
    this.#suspected.dropBefore(at);
    this.#lost = this.#lost.filter(({ range }) => range.to > at);
  }

  #note(slot: BarSlot, outcome: Outcome, reason: string): void {
    const gap = this.#open;
    if (gap !== undefined && gap.outcome === outcome && gap.reason === reason) {
      gap.to = slot.closeTime;
      return;
    }
    this.flush();
    this.#open = { from: slot.openTime, to: slot.closeTime, outcome, reason };
  }
}
