import type { Timer, TimerClock } from "../../time/clock.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import { naturalWarmUpEnd, planBackfill } from "../backfill-plan.ts";
import type { BarQuery, BarSource, FeedFault } from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import type { BarSequencer } from "./bar-sequencer.ts";
import { type FetchOptions, RangeFetch } from "./range-fetch.ts";

interface BackfillOptions {
  readonly query: BarQuery;
  readonly sequencer: BarSequencer;
  readonly history: BarSource;
  readonly clock: TimerClock;
  readonly fetch: FetchOptions;
  /**
   * Milliseconds after which it makes do with what there is, unless the live link is down then;
   * undefined: when enough live bars have closed instead.
   */
  readonly limitMs: number | undefined;
  /** Runs what moves the sequencer, with the present. */
  readonly hear: (action: (now: UnixMs) => void) => void;
  readonly event: (event: FeedEvent) => void;
  /** Called once, before the sequencer is released. */
  readonly done: () => void;
}

/** The least time that history has, unless its limit is stated. */
const LEAST_LIMIT_MS = 120_000;

/** The least number of slots by which it reaches further into the past. */
const LEAST_EXTENSION = 8;

/**
 * Fetches the warm-up while the sequencer holds everything back, reaches further into the past as
 * long as bars are missing (a slot without trades is no bar), and then lets the sequencer go.
 */
export class Backfill {
  readonly #options: BackfillOptions;
  readonly #wanted: number;
  #limitMs = 0;
  #fetch: RangeFetch | undefined;
  #deadline: Timer | undefined;
  #from: UnixMs | undefined;
  /** How many slots it reaches further next time, at the least; it doubles. */
  #stretch = LEAST_EXTENSION;
  /** Slots at the far end of history that had no bar. */
  #emptySlots = 0;
  readonly #holes: { readonly range: TimeRange; readonly reason: string }[] = [];

  constructor(options: BackfillOptions) {
    this.#options = options;
    this.#wanted = options.query.warmUpBars ?? 0;
  }

  start(): void {
    const { sequencer, query, clock } = this.#options;
    const now = clock.now();
    const plan = planBackfill(sequencer.grid, now, this.#wanted);
    const to = sequencer.grid.slotClosedBy(now)?.closeTime;
    const first = sequencer.grid.slotAtOrAfter(query.from ?? now)?.openTime ?? now;
    const from = Math.min(plan?.range.from ?? Number.POSITIVE_INFINITY, first);
    if (to === undefined || from >= to) {
      this.#finish();
      return;
    }
    const natural = naturalWarmUpEnd(sequencer.grid, now, this.#wanted) ?? now;
    const { limitMs } = this.#options;
    this.#limitMs = limitMs ?? Math.max(LEAST_LIMIT_MS, natural - now);
    // What was missed since the asker stopped is waited for, as after an interruption: to give it
    // up would cost another warm-up.
    if (limitMs !== undefined || query.known === undefined) this.#limit(now + this.#limitMs);
    this.#reach({ from, to });
  }

  close(): void {
    this.#deadline?.cancel();
    this.#fetch?.close();
  }

  #reach(range: TimeRange): void {
    const { sequencer, query, history, clock, fetch, hear, event } = this.#options;
    this.#from = range.from;
    sequencer.startAt(range.from);
    const before = sequencer.backfilled;
    this.#fetch = new RangeFetch(range, query.series, sequencer.grid, history, clock, fetch, {
      bars: (batch) => {
        hear((now) => sequencer.history(batch, now));
        this.#reportProgress();
      },
      coverage: (covered) => hear((now) => sequencer.cover(covered, now)),
      event,
      done: (missing, fault) => this.#reached(missing, fault, sequencer.backfilled - before),
    });
    this.#fetch.start();
  }

  #reached(missing: readonly TimeRange[], fault: FeedFault | undefined, added: number): void {
    const { sequencer } = this.#options;
    this.#noteHoles(missing, fault?.message ?? "history does not have it");
    const short = this.#wanted - sequencer.backfilled;
    if (added > 0) this.#emptySlots = 0;
    // As long a stretch without a bar as was asked for: history begins here.
    const exhausted = missing.length > 0 || this.#emptySlots >= this.#wanted;
    const slots = Math.max(short, this.#stretch);
    const further =
      short > 0 && !exhausted ? planBackfill(sequencer.grid, this.#from!, slots) : undefined;
    if (further === undefined) {
      this.#finish();
      return;
    }
    this.#stretch *= 2;
    this.#emptySlots += further.slots;
    this.#reach({ from: further.range.from, to: this.#from! });
  }

  #limit(at: UnixMs): void {
    this.#deadline = this.#options.clock.schedule(at, () => {
      // While the link is down no live bar comes either: giving up would gain nothing.
      if (this.#options.sequencer.isConnected) this.#giveUp();
      else this.#limit(at + this.#limitMs);
    });
  }

  /** The time is up: what is still missing counts as not to be had. */
  #giveUp(): void {
    const reason = `the backfill took longer than ${this.#limitMs} ms`;
    this.#noteHoles(this.#fetch!.missing, reason);
    this.#finish();
  }

  #noteHoles(missing: readonly TimeRange[], reason: string): void {
    for (const range of missing) this.#holes.push({ range, reason });
  }

  /** Starts the stream behind a hole at its head; a hole inside it is declared. */
  #finish(): void {
    this.close();
    const { sequencer, done, hear } = this.#options;
    let start = this.#from;
    this.#holes.sort((a, b) => a.range.from - b.range.from);
    for (const { range, reason } of this.#holes) {
      if (range.from !== start) continue;
      start = range.to;
      const { series } = sequencer;
      this.#options.event({ type: "gap", series, range, outcome: "lost", reason });
    }
    if (start !== undefined) sequencer.startAt(start);
    // An extension may have brought more than was asked for.
    if (this.#options.query.from === undefined) sequencer.keepLast(this.#wanted);
    this.#reportProgress();
    done();
    hear((now) => {
      for (const { range, reason } of this.#holes) sequencer.giveUp(range, reason, now);
      sequencer.release(now);
    });
  }

  #reportProgress(): void {
    const { sequencer, event } = this.#options;
    const { series } = sequencer;
    event({ type: "progress", series, bars: sequencer.backfilled, expected: this.#wanted });
  }
}
