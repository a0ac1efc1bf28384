import { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
import type { Timer, TimerClock } from "../../time/clock.ts";
import { RangeSet, type TimeRange } from "../../time/range.ts";
import { requireAtLeast } from "../../time/requirement.ts";
import type { BarBatch, BarSource, FeedFault, FeedOutcome, Subscription } from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import { wholeSlots } from "../whole-slots.ts";

/** How hard a range of history is tried for. */
export interface FetchOptions {
  /**
   * Milliseconds of silence after which a request is given up and made anew; 1 or more; default
   * 60,000.
   */
  readonly silenceMs: number;
  /**
   * How often a range is tried before it is lost; 1 or more; default 8. A fault that only time can
   * mend (`retry: "later"`, such as a lost connection) does not count.
   */
  readonly attempts: number;
  /** Pause before the second try, in milliseconds; it doubles from try to try; default 1,000. */
  readonly retryMs: number;
  /** The longest pause, in milliseconds; default 60,000. */
  readonly longestRetryMs: number;
}

const DEFAULT_FETCH_OPTIONS: FetchOptions = {
  silenceMs: 60_000,
  attempts: 8,
  retryMs: 1_000,
  longestRetryMs: 60_000,
};

/** Fills in the defaults and refuses what makes no sense. */
export function fetchOptions(given: Partial<FetchOptions> = {}): FetchOptions {
  const options = { ...DEFAULT_FETCH_OPTIONS, ...given };
  requireAtLeast("silenceMs", options.silenceMs, 1);
  requireAtLeast("attempts", options.attempts, 1);
  requireAtLeast("retryMs", options.retryMs, 0);
  requireAtLeast("longestRetryMs", options.longestRetryMs, options.retryMs);
  return options;
}

/** Hears of a fetch. */
export interface FetchListener {
  bars(batch: BarBatch): void;
  coverage(range: TimeRange): void;
  event(event: FeedEvent): void;
  /**
   * Over: `missing` is what could not be had, ascending, with the last fault when there is some.
   */
  done(missing: readonly TimeRange[], fault: FeedFault | undefined): void;
}

/**
 * Fetches one range from history and does not let go of it: an answer that never comes, is partial
 * or fails is asked for again, only for what is still missing, with growing pauses and a last try.
 */
export class RangeFetch {
  readonly range: TimeRange;
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #history: BarSource;
  readonly #clock: TimerClock;
  readonly #options: FetchOptions;
  readonly #listener: FetchListener;
  readonly #covered = new RangeSet();
  #unconfirmed: BarBatch[] = [];
  #subscription: Subscription | undefined;
  #timer: Timer | undefined;
  /** Counts requests, so that a word from one that was given up is not taken for the next one's. */
  #request = 0;
  #tries = 0;
  #failures = 0;
  #closed = false;

  constructor(
    range: TimeRange,
    series: Series,
    grid: BarGrid,
    history: BarSource,
    clock: TimerClock,
    options: FetchOptions,
    listener: FetchListener,
  ) {
    this.range = range;
    this.#series = series;
    this.#grid = grid;
    this.#history = history;
    this.#clock = clock;
    this.#options = options;
    this.#listener = listener;
  }

  start(): void {
    this.#tries += 1;
    this.#ask();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  get missing(): readonly TimeRange[] {
    return this.#covered.missing(this.range);
  }

  #ask(): void {
    const wanted = this.missing[0];
    if (wanted === undefined) {
      this.#finish(undefined);
      return;
    }
    this.#request += 1;
    const request = this.#request;
    const isCurrent = (): boolean => !this.#closed && this.#request === request;
    this.#listen();
    const subscription = this.#history.open(
      { series: this.#series, from: wanted.from, to: wanted.to },
      {
        bars: (batch) => {
          if (!isCurrent()) return;
          this.#listen();
          this.#unconfirmed.push(batch);
        },
        coverage: (range) => {
          if (!isCurrent()) return;
          this.#confirm(range, wanted);
        },
        event: (event) => {
          if (isCurrent() && event.type === "rejection") this.#listener.event(event);
        },
        end: (outcome) => {
          if (isCurrent()) this.#ended(outcome, wanted);
        },
      },
    );
    if (isCurrent()) this.#subscription = subscription;
    else subscription.close();
  }

  /** What history shows counts once it says that it has told all of that time, and not before. */
  #confirm(range: TimeRange, wanted: TimeRange): void {
    const confirmed = {
      from: Math.max(range.from, wanted.from),
      to: Math.min(range.to, wanted.to),
    };
    // Of a slot that it covers in part, and of what was not asked for, nothing was confirmed.
    const whole = wholeSlots(this.#grid, confirmed);
    if (!this.#covered.covers(whole)) {
      this.#covered.add(whole);
      this.#tries = 1;
      this.#failures = 0;
    }
    const batches = this.#unconfirmed;
    this.#unconfirmed = [];
    for (const batch of batches) {
      const [inside, outside] = divided(batch, {
        from: whole.from,
        to: Math.min(whole.to, confirmed.to),
      });
      if (outside !== undefined) this.#unconfirmed.push(outside);
      if (inside !== undefined && !this.#closed) this.#listener.bars(inside);
    }
    if (!this.#closed) this.#listener.coverage(confirmed);
  }

  /** Starts the wait for a next word anew. */
  #listen(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(this.#clock.now() + this.#options.silenceMs, () => {
      const message = `history did not answer for ${this.#options.silenceMs} ms`;
      this.#failed({ code: "timeout", message, retry: "soon" });
    });
  }

  #ended(outcome: FeedOutcome, wanted: TimeRange): void {
    this.#drop();
    if (outcome.kind === "failed" || outcome.kind === "partial") {
      this.#failed(outcome.fault);
      return;
    }
    if (this.#covered.covers(wanted)) {
      this.#ask();
      return;
    }
    const message = "history called itself complete but does not cover what was asked";
    this.#failed({ code: "incomplete", message, retry: "soon" });
  }

  #failed(fault: FeedFault): void {
    this.#drop();
    if (fault.retry === "soon") this.#failures += 1;
    if (fault.retry === "never" || this.#failures >= this.#options.attempts) {
      this.#finish(fault);
      return;
    }
    const { retryMs, longestRetryMs } = this.#options;
    let pauseMs = retryMs;
    for (let doubled = 1; doubled < this.#tries && pauseMs < longestRetryMs; doubled += 1) {
      pauseMs *= 2;
    }
    const at = this.#clock.now() + Math.min(pauseMs, longestRetryMs);
    this.#timer = this.#clock.schedule(at, () => this.start());
  }

  #finish(fault: FeedFault | undefined): void {
    this.close();
    this.#listener.done(this.missing, fault);
  }

  /** Lets go of the request under way and of its timer. */
  #drop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#unconfirmed = [];
    this.#request += 1;
  }
}

/** A batch divided into the bars that open within a range and the others. */
function divided(batch: BarBatch, range: TimeRange): [BarBatch | undefined, BarBatch | undefined] {
  const { bars } = batch;
  const isInside = (index: number): boolean =>
    bars.openTime[index]! >= range.from && bars.openTime[index]! < range.to;
  let count = 0;
  for (let index = 0; index < bars.length; index += 1) if (isInside(index)) count += 1;
  if (count === bars.length) return [batch, undefined];
  if (count === 0) return [undefined, batch];
  const inside = new BarColumns(count);
  const outside = new BarColumns(bars.length - count);
  for (let index = 0; index < bars.length; index += 1) {
    (isInside(index) ? inside : outside).push(bars.at(index));
  }
  return [
    { ...batch, bars: inside },
    { ...batch, bars: outside },
  ];
}
