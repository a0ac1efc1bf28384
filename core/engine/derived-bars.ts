import type { BarBatch } from "../feed/bar-source.ts";
import type { FeedEvent } from "../feed/feed-event.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";
import type { BarTeller } from "./bar-teller.ts";
import type { DerivedBar, DerivedSeries } from "./derived-series.ts";
import type { Desk } from "./desk.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunStateKeeper } from "./run-state.ts";

/** Who shows a bar, and who is asked on it. */
interface Asked {
  readonly options: Pick<RunOptions, "clock" | "driver">;
  readonly teller: BarTeller;
  readonly desk: Desk;
  readonly state: RunStateKeeper;
}

/** Takes the bars of all larger series of a run in their order, and asks the strategy on them. */
export class DerivedBars {
  readonly #derived: readonly DerivedSeries[];
  readonly #options: Pick<RunOptions, "clock" | "driver">;
  readonly #teller: BarTeller;
  readonly #desk: Desk;
  readonly #state: RunStateKeeper;
  /** Batches of the main series that wait for the word of coverage after them. */
  #waiting: BarBatch[] = [];

  constructor(derived: readonly DerivedSeries[], { options, teller, desk, state }: Asked) {
    this.#derived = derived;
    this.#options = options;
    this.#teller = teller;
    this.#desk = desk;
    this.#state = state;
  }

  /** Whether there are any larger series. */
  get areAny(): boolean {
    return this.#derived.length > 0;
  }

  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** What is made of bars of the main series may depend on the coverage that follows them. */
  wait(batch: BarBatch): void {
    this.#waiting.push(batch);
  }

  /** Makes larger bars of what waited; gives it, for the main series is to have it now. */
  handOver(covered: TimeRange | undefined): readonly BarBatch[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const derived of this.#derived) {
      for (const batch of waiting) derived.take(batch);
      if (covered !== undefined) derived.cover(covered);
    }
    return waiting;
  }

  /** Gaps and revisions of the main series change what is made of it. */
  pass(event: FeedEvent): void {
    for (const derived of this.#derived) derived.pass(event);
  }

  /** Takes and decides on what closes by an instant, one instant after the other. */
  catchUp(by: UnixMs): void {
    const { clock, driver } = this.#options;
    for (;;) {
      let at = Number.POSITIVE_INFINITY;
      for (const { nextCloseTime } of this.#derived) at = Math.min(at, nextCloseTime);
      // Deciding can stop the run, which then hears of no more bars.
      if (at > by || this.#desk.state === "STOPPED") return;
      driver?.advanceTo(Math.max(clock.now(), at));
      this.decide(this.take(at));
    }
  }

  /**
   * Updates the indicators of all derived bars that close at an instant, smallest first; those that
   * close before it were taken, and all are to be decided on.
   */
  take(at: UnixMs): DerivedBar[] {
    const taken: DerivedBar[] = [];
    for (const derived of this.#derived) {
      if (derived.nextCloseTime > at) continue;
      const { batch, index } = derived.advance();
      this.#teller.tell(derived.feed, batch, index);
      taken.push({ derived, bars: batch.bars, index, seq: this.#teller.seq });
    }
    return taken;
  }

  /** Asks the strategy on bars that were taken; what was said after them comes after that. */
  decide(due: readonly DerivedBar[]): void {
    for (const { derived, bars, index, seq } of due) {
      if (!this.#state.decides) continue;
      this.#desk.seq = seq;
      derived.onBar?.(bars.at(index), this.#desk);
    }
    for (const { derived } of due) derived.passOn();
  }
}
