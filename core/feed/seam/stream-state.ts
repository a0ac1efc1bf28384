import type { Series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import { formatInstant, type UnixMs } from "../../time/instant.ts";
import type { FeedState, FeedStatus } from "../feed-event.ts";

/** Hears of the state of a stream. */
export interface StateListener {
  status(status: FeedStatus): void;
  /** It is about to be up to date. */
  catchesUp(): void;
}

/** The state of one stream, and what must be settled before it is up to date again. */
export class StreamState {
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #staleMs: number;
  readonly #listener: StateListener;
  #state: FeedState = "backfilling";
  /** Slots that closed by this instant must be settled. */
  #target: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(series: Series, grid: BarGrid, staleMs: number, listener: StateListener) {
    this.#series = series;
    this.#grid = grid;
    this.#staleMs = staleMs;
    this.#listener = listener;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** What a bar is that history gives now. */
  get historyIs(): "backfill" | "repair" {
    return this.#state === "backfilling" ? "backfill" : "repair";
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

  /** Looks at the first slot that is not settled, undefined past the calendar's end. */
  update(next: BarSlot | undefined, isConnected: boolean, now: UnixMs): void {
    if (next !== undefined && now >= next.closeTime + this.#staleMs) {
      this.aimAt(now);
      if (this.#state !== "live") return;
      this.#enter("stale", `the bar of ${formatInstant(next.openTime)} is overdue`);
    } else if (this.#state === "live") return;
    else if (isConnected && (next === undefined || next.openTime >= this.#target)) {
      this.#listener.catchesUp();
      this.#enter("live", "every bar that closed is accounted for");
    }
  }

  #enter(state: FeedState, reason: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener.status({ type: "status", series: this.#series, state, reason });
  }
}
