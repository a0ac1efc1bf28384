import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";
import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedFault,
  FeedOutcome,
  Subscription,
} from "./bar-source.ts";
import { clipped, NearWords, partOf } from "./near-words.ts";

/**
 * A history made of two: what the near one (a store) covers comes from there, and the far one (a
 * gateway) is asked for the rest alone, hole by hole, the oldest first. Bars come in ascending
 * order where both give them so. What the near source says of a range that it does not cover in the
 * end does not count: the far one is asked for it.
 *
 * It ends as the far source does, and without a fault where that was not needed; of several faults
 * the most hopeful counts, since asking again can help there. A query that is open on either side
 * goes to the far source as it is.
 *
 * @param nearFailed told why the near source did not have all, in its own word.
 */
export function inTurn(
  near: BarSource,
  far: BarSource,
  nearFailed: (fault: FeedFault) => void = () => {},
): BarSource {
  return {
    open: (query, sink) => {
      const { from, to } = query;
      if (from === undefined || to === undefined) return far.open(query, sink);
      const turns = new Turns(query, { from, to }, far, sink);
      turns.start(near, nearFailed);
      return turns;
    },
  };
}

const HOPE = { soon: 2, later: 1, never: 0 } as const;

/** One open stream of two sources in turn. */
class Turns implements Subscription {
  readonly #query: BarQuery;
  readonly #far: BarSource;
  readonly #sink: BarSink;
  readonly #words: NearWords;
  /** Up to where everything was told that will be. */
  #toldTo: UnixMs;
  /** What the far source is still to be asked for; undefined as long as the near one speaks. */
  #holes: TimeRange[] | undefined;
  /** The source whose turn it is. */
  #active: Subscription | undefined;
  /** Counts turns, so that nothing counts that a source says after its own. */
  #turn = 0;
  #fault: FeedFault | undefined;
  #anyBars = false;
  #anyTold = false;
  #isBusy = false;
  #isTelling = false;
  #isPaused = false;
  #isClosed = false;

  constructor(query: BarQuery, range: TimeRange, far: BarSource, sink: BarSink) {
    this.#query = query;
    this.#far = far;
    this.#sink = sink;
    this.#words = new NearWords(range);
    this.#toldTo = range.from;
  }

  start(near: BarSource, nearFailed: (fault: FeedFault) => void): void {
    this.#ask(near, this.#query, {
      bars: (batch) => this.#words.bars(batch),
      coverage: (range) => {
        this.#words.cover(range);
        this.#tellNear();
      },
      event: (event) => {
        if (event.type === "gap") this.#words.gap(event);
        else this.#sink.event(event);
      },
      end: (outcome) => {
        if ("fault" in outcome) nearFailed(outcome.fault);
        this.#holes = this.#words.holes;
        this.#goOn();
      },
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#active?.close();
  }

  pause(): void {
    this.#isPaused = true;
    this.#active?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#tellNear();
    this.#active?.resume();
    this.#goOn();
  }

  /** Gives a source its turn; what it says then is heard until its end. */
  #ask(source: BarSource, query: BarQuery, sink: BarSink): void {
    this.#turn += 1;
    const turn = this.#turn;
    const isCurrent = (): boolean => !this.#isClosed && this.#turn === turn;
    const subscription = source.open(query, {
      bars: (batch) => {
        if (isCurrent()) sink.bars(batch);
      },
      coverage: (range) => {
        if (isCurrent()) sink.coverage(range);
      },
      event: (event) => {
        if (isCurrent()) sink.event(event);
      },
      end: (outcome) => {
        if (!isCurrent()) return;
        this.#turn += 1;
        this.#active = undefined;
        sink.end(outcome);
      },
    });
    if (!isCurrent()) {
      subscription.close();
      return;
    }
    this.#active = subscription;
    if (this.#isPaused) subscription.pause();
  }

  /** Whatever can be told and asked now, between the turns of two sources. */
  #goOn(): void {
    // A source that answers at once leads back here; the loop further out goes on by itself.
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isFree) {
      this.#tellNear();
      // A word that was told can have paused or closed the stream.
      if (this.#isFree) this.#askNext();
    }
    this.#isBusy = false;
  }

  /** Whether nobody speaks and nothing holds us back. */
  get #isFree(): boolean {
    const isWaiting = this.#holes === undefined || this.#active !== undefined;
    return !(isWaiting || this.#isTelling || this.#isPaused || this.#isClosed);
  }

  #askNext(): void {
    const hole = this.#holes!.shift();
    if (hole === undefined) this.#end();
    else this.#fill(hole);
  }

  #fill(hole: TimeRange): void {
    this.#ask(
      this.#far,
      { ...this.#query, ...hole },
      {
        bars: (batch) => {
          const part = partOf(batch, hole);
          if (part !== undefined) this.#tellBars(part);
        },
        coverage: (range) => {
          const part = clipped(range, hole);
          if (part.from < part.to) this.#tellCoverage(part);
        },
        event: (event) => this.#sink.event(event),
        end: (outcome) => {
          this.#note(outcome);
          this.#toldTo = hole.to;
          this.#goOn();
        },
      },
    );
  }

  /** What the near source has covered from here on; paused, it goes no further than a part. */
  #tellNear(): void {
    // A word of ours can lead back here; the loop further out goes on by itself.
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (!this.#isPaused && !this.#isClosed) {
      const part = this.#words.takeFrom(this.#toldTo);
      if (part === undefined) break;
      this.#toldTo = part.range.to;
      for (const gap of part.gaps) if (!this.#isClosed) this.#sink.event(gap);
      for (const batch of part.batches) if (!this.#isClosed) this.#tellBars(batch);
      if (!this.#isClosed) this.#tellCoverage(part.range);
    }
    this.#isTelling = false;
  }

  #tellBars(batch: BarBatch): void {
    this.#anyBars = true;
    this.#anyTold = true;
    this.#sink.bars(batch);
  }

  #tellCoverage(range: TimeRange): void {
    this.#anyTold = true;
    this.#sink.coverage(range);
  }

  #note(outcome: FeedOutcome): void {
    if (!("fault" in outcome)) return;
    const { fault } = outcome;
    if (this.#fault === undefined || HOPE[fault.retry] > HOPE[this.#fault.retry]) {
      this.#fault = fault;
    }
  }

  #end(): void {
    this.close();
    const fault = this.#fault;
    if (fault === undefined) this.#sink.end({ kind: this.#anyBars ? "complete" : "empty" });
    else this.#sink.end({ kind: this.#anyTold ? "partial" : "failed", fault });
  }
}
