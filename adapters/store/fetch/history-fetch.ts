import type { BarBatch, BarSource, FeedFault } from "../../../core/feed/bar-source.ts";
import { overlapping } from "../../../core/feed/overlapping.ts";
import {
  type FetchListener,
  type FetchOptions,
  fetchOptions,
  RangeFetch,
} from "../../../core/feed/seam/range-fetch.ts";
import type { Bar } from "../../../core/market/bar.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { TimerClock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { BarStore } from "../bars/bar-store.ts";
import type { BarUpdate } from "../bars/bar-update.ts";
import type { LostRange } from "../bars/coverage.ts";
import type { SeriesAbout } from "../bars/series-about.ts";
import type { OrderedStore } from "../port/ordered-store.ts";
import { countingFaults, type FaultMeaning } from "./fault-meaning.ts";
import { joinedBatches } from "./joined-batches.ts";
import { completeBefore, lastBefore } from "./known-before.ts";
import { missingSlots } from "./missing-slots.ts";

/** What a fetch is made of. */
export interface HistoryFetchParts {
  readonly store: OrderedStore;
  readonly bars: BarStore;
  /** What the series is; another object once more is known of its calendar. */
  readonly about: () => SeriesAbout;
  readonly grid: BarGrid;
  readonly history: BarSource;
  readonly clock: TimerClock;
  /** Where the bars come from, such as `ib`. */
  readonly source: string;
  /** What becomes of a fault. */
  readonly meaning: FaultMeaning;
  /** How hard it is tried. */
  readonly options?: Partial<FetchOptions>;
}

/** How far a fetch is. */
export interface HistoryFetchFigures {
  /** Slots that are wanted, and how many are settled: stored, known to be empty, or lost. */
  readonly slots: number;
  readonly settled: number;
  /** Bars that came. */
  readonly bars: number;
  /** Rows of history that were no bars of the series, and were left out. */
  readonly rejected: number;
  readonly lost: readonly LostRange[];
}

/** How a fetch ended. */
export type HistoryFetchEnd =
  /** All is settled. */
  | { readonly kind: "through" }
  /** History cannot be had, for a reason that is not about some bars. */
  | { readonly kind: "refused"; readonly fault: FeedFault }
  /** It could not be stored. */
  | { readonly kind: "failed"; readonly error: unknown };

/** Hears of a fetch. */
export interface HistoryFetchListener {
  /** Something more is settled, and is on the disk. */
  stored(): void;
  /** It is tried again, after a pause. */
  waits(fault: FeedFault): void;
  /** Over: the last word. */
  done(end: HistoryFetchEnd): void;
}

/** A part of what is wanted. `isSuspect`: history has failed at it already. */
interface Part {
  readonly range: TimeRange;
  readonly isSuspect: boolean;
}

/** So many slots are given up at once, at the most: others around them may still be had. */
const SUSPECT_SLOTS = 2_000;
/** How often a part is tried that history has failed at. */
const SUSPECT_ATTEMPTS = 2;

/**
 * Fetches ranges of history into a store, the newest range first. Whatever history confirms is
 * stored at once, each confirmation with its bars in one transaction, so that a fetch that ends
 * anywhere can be begun anew with what is then missing. Bars that cannot be had are stored as lost,
 * with the reason; so is what was stored before, once history tells it in other prices.
 */
export class HistoryFetch {
  readonly #parts: HistoryFetchParts;
  readonly #listener: HistoryFetchListener;
  readonly #history: BarSource;
  readonly #options: FetchOptions;
  /** What is left, the next one last. */
  readonly #queue: Part[];
  readonly #wanted: readonly TimeRange[];
  readonly #settled = new RangeSet();
  readonly #lost: LostRange[] = [];
  readonly #slots: number;
  #settledSlots = 0;
  #bars = 0;
  #rejected = 0;
  #batches: BarBatch[] = [];
  #declared: SeriesAbout | undefined;
  #fetch: RangeFetch | undefined;
  #isStarting = false;
  #isOver = false;

  /** @param ranges of whole slots, ascending and disjoint. */
  constructor(
    parts: HistoryFetchParts,
    ranges: readonly TimeRange[],
    listener: HistoryFetchListener,
  ) {
    this.#parts = parts;
    this.#listener = listener;
    const compared = overlapping(parts.history, {
      knownBefore: (at) => this.#knownBefore(at),
      readjusted: (known, _told, factor) => this.#loseBefore(known.closeTime, factor),
    });
    this.#history = countingFaults(compared, parts.meaning, (fault) => {
      if (!this.#isOver) listener.waits(fault);
    });
    this.#options = fetchOptions(parts.options);
    this.#wanted = ranges;
    this.#queue = ranges.map((range) => ({ range, isSuspect: false }));
    this.#slots = ranges.reduce((sum, range) => sum + parts.grid.count(range), 0);
  }

  get figures(): HistoryFetchFigures {
    return {
      slots: this.#slots,
      settled: this.#settledSlots,
      bars: this.#bars,
      rejected: this.#rejected,
      lost: this.#lost,
    };
  }

  start(): void {
    this.#next();
  }

  /** Ends it without a word. What came is stored. */
  close(): void {
    this.#isOver = true;
    this.#fetch?.close();
  }

  #next(): void {
    this.#fetch = undefined;
    // A history that answers at once has the loop further out go on.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (!this.#isOver && this.#fetch === undefined) {
      const part = this.#queue.pop();
      if (part === undefined) this.#end({ kind: "through" });
      else this.#begin(part);
    }
    this.#isStarting = false;
  }

  #begin(part: Part): void {
    const { about, grid, clock } = this.#parts;
    const attempts = part.isSuspect
      ? Math.min(SUSPECT_ATTEMPTS, this.#options.attempts)
      : this.#options.attempts;
    const listener: FetchListener = {
      bars: (batch) => {
        this.#batches.push(batch);
      },
      coverage: (range) => this.#cover(range),
      event: () => {
        this.#rejected += 1;
      },
      done: (missing, fault) => this.#done(part, missing, fault),
    };
    this.#batches = [];
    this.#fetch = new RangeFetch(
      part.range,
      about().series,
      grid,
      this.#history,
      clock,
      { ...this.#options, attempts },
      listener,
    );
    this.#fetch.start();
  }

  #cover(range: TimeRange): void {
    const bars = joinedBatches(this.#batches);
    this.#batches = [];
    if (!this.#store({ bars, covered: [range] })) return;
    this.#bars += bars.length;
    this.#settle(range);
  }

  #done(part: Part, missing: readonly TimeRange[], fault: FeedFault | undefined): void {
    const { grid, meaning } = this.#parts;
    const left = missing.flatMap((range) => missingSlots(grid, NOTHING_KNOWN, range));
    if (fault === undefined || left.length === 0) this.#next();
    else if (!meaning.isAboutBars(fault)) this.#end({ kind: "refused", fault });
    else this.#giveUp(part, left, fault);
  }

  /**
   * The newest part of what is left is what history failed at: that one is tried once more, alone,
   * and then lost. The rest may still be had.
   */
  #giveUp({ isSuspect }: Part, left: readonly TimeRange[], { message }: FeedFault): void {
    if (isSuspect) {
      this.#lose(left.map((range) => ({ range, reason: message })));
      this.#next();
      return;
    }
    const newest = left.at(-1)!;
    const rest = left.slice(0, -1);
    const first = this.#parts.grid.nthBack(newest.to, SUSPECT_SLOTS);
    const from = Math.max(newest.from, first?.openTime ?? newest.from);
    if (from > newest.from) rest.push({ from: newest.from, to: from });
    for (const range of rest) this.#queue.push({ range, isSuspect: false });
    this.#queue.push({ range: { from, to: newest.to }, isSuspect: true });
    this.#next();
  }

  #knownBefore(at: UnixMs): Bar | undefined {
    try {
      return lastBefore(this.#parts.bars, this.#parts.about().series.key, at);
    } catch (error) {
      this.#end({ kind: "failed", error });
      return undefined;
    }
  }

  /** What is stored of the time before is of other prices: it is to be fetched again. */
  #loseBefore(at: UnixMs, factor: number): void {
    const { bars, about } = this.#parts;
    const shown = Number(factor.toPrecision(4));
    const reason = `all prices were multiplied by ${shown} since, as by a split`;
    const ranges = completeBefore(bars, about().series.key, at);
    this.#lose(ranges.map((range) => ({ range, reason })));
  }

  #lose(lost: readonly LostRange[]): void {
    if (!this.#store({ lost })) return;
    this.#lost.push(...lost);
    for (const { range } of lost) this.#settle(range);
  }

  /** Whether it was stored. */
  #store(news: Pick<BarUpdate, "bars" | "covered" | "lost">): boolean {
    const { store, bars, about, source, clock } = this.#parts;
    const receivedAt = Math.floor(clock.now());
    const current = about();
    try {
      store.write((writer) => {
        if (current !== this.#declared) bars.declare(writer, current);
        bars.update(writer, current.series.key, { ...news, source, receivedAt });
      });
    } catch (error) {
      this.#end({ kind: "failed", error });
      return false;
    }
    this.#declared = current;
    return true;
  }

  #settle(range: TimeRange): void {
    for (const wanted of this.#wanted) {
      const part = { from: Math.max(wanted.from, range.from), to: Math.min(wanted.to, range.to) };
      if (part.from >= part.to) continue;
      for (const fresh of this.#settled.missing(part)) {
        this.#settledSlots += this.#parts.grid.count(fresh);
      }
      this.#settled.add(part);
    }
    this.#listener.stored();
  }

  #end(end: HistoryFetchEnd): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.done(end);
  }
}

const NOTHING_KNOWN = { complete: [], lost: [] };
