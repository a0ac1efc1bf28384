import type { Series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import { formatInstant, type UnixMs } from "../../time/instant.ts";
import type { FeedState, FeedStatus } from "../feed-event.ts";

/** The state of one stream, and what must be settled before it is up to date again. */
export class StreamState {
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #staleMs: number;
  readonly #emit: (status: FeedStatus) => void;
  #state: FeedState = "backfilling";
  /** Slots that closed by this instant must be settled. */
  #target: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(series: Series, grid: BarGrid, staleMs: number, emit: (status: FeedStatus) => void) {
    this.#series = series;
    this.#grid = grid;
    this.#staleMs = staleMs;
    this.#emit = emit;
  }

  get state(): FeedState {
    return this.#state;
  }

  get target(): UnixMs {
    return this.#target;
  }

  /** Everything that has closed by now is wanted. */
  aimAt(now: UnixMs): void {
    this.#target = this.#grid.slotClosedBy(now)?.closeTime ?? Number.NEGATIVE_INFINITY;
  }

  /** Leaves what the stream was doing, unless it is still joining history and live. */
  turn(state: FeedState, reason: string): void {
    if (this.#state !== "backfilling") this.#enter(state, reason);
  }

  /**
   * Looks at the first slot that is not settled, undefined past the calendar's end.
   * @param beforeLive is called when the stream is about to be up to date.
   */
  update(
    next: BarSlot | undefined,
    isConnected: boolean,
    now: UnixMs,
    beforeLive: () => void,
  ): void {
    if (next !== undefined && now >= next.closeTime + this.#staleMs) {
      this.aimAt(now);
      if (this.#state !== "live") return;
      this.#enter("stale", `the bar of ${formatInstant(next.openTime)} is overdue`);
    } else if (this.#state === "live") return;
    else if (isConnected && (next === undefined || next.openTime >= this.#target)) {
      beforeLive();
      this.#enter("live", "every bar that closed is accounted for");
    }
  }

  #enter(state: FeedState, reason: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#emit({ type: "status", series: this.#series, state, reason });
  }
}
