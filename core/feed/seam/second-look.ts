import type { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid, BarSlot } from "../../time/bar-grid.ts";
import type { Timer, TimerClock } from "../../time/clock.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import { requireAtLeast } from "../../time/requirement.ts";
import type { BarBatch, BarSource } from "../bar-source.ts";
import { type FetchOptions, RangeFetch } from "./range-fetch.ts";

/** When bars that went out are compared with history once more. */
export interface SecondLookOptions {
  /**
   * How long after its close a bar is fetched again, in milliseconds: long enough for the source to
   * have settled it. 0 or more; default 0, which means never.
   */
  readonly afterMs: number;
  /** Milliseconds from one look to the next, at the least; 0 or more; default 60,000. */
  readonly everyMs: number;
  /**
   * How far before what is due each look reaches back, in milliseconds, so that a bar is compared
   * several times at no more requests; 0 or more; default 0.
   */
  readonly reachMs: number;
}

/** Fills in the defaults and refuses what makes no sense. */
export function secondLookOptions(given: Partial<SecondLookOptions> = {}): SecondLookOptions {
  const options = { afterMs: 0, everyMs: 60_000, reachMs: 0, ...given };
  requireAtLeast("afterMs", options.afterMs, 0);
  requireAtLeast("everyMs", options.everyMs, 0);
  requireAtLeast("reachMs", options.reachMs, 0);
  return options;
}

interface SecondLookWorld {
  readonly series: Series;
  readonly grid: BarGrid;
  readonly history: BarSource;
  readonly clock: TimerClock;
  readonly fetch: FetchOptions;
  readonly options: SecondLookOptions;
  /** Takes what history says now; whatever differs becomes a revision. */
  readonly take: (batch: BarBatch) => void;
}

/**
 * Fetches what was settled shortly after its close again, once history had time to make up its
 * mind. When a trading day opens, the last bar before it is fetched as well: in the night all
 * prices can have been adjusted, as for a split. A look that fails is let go: nothing waits for it.
 */
export class SecondLook {
  readonly #world: SecondLookWorld;
  #due: TimeRange | undefined;
  #timer: Timer | undefined;
  #fetch: RangeFetch | undefined;
  #nextAt: UnixMs = Number.NEGATIVE_INFINITY;
  /** Looks beside those that are due for every bar. */
  readonly #extraTimers = new Set<Timer>();
  readonly #extraFetches = new Set<RangeFetch>();
  #openingAt: UnixMs | undefined;

  constructor(world: SecondLookWorld) {
    this.#world = world;
  }

  /** Notes that a range was settled; of it, what closed long enough ago needs no other look. */
  settled(range: TimeRange): void {
    const { clock, grid, options } = this.#world;
    this.#lookAtOpening(range.to);
    const early = clock.now() - options.afterMs;
    const first = grid.slotAt(early) ?? grid.slotAtOrAfter(early);
    if (first === undefined || first.openTime >= range.to) return;
    const from = this.#due?.from ?? Math.max(range.from, first.openTime);
    this.#due = { from, to: range.to };
    if (this.#timer === undefined && this.#fetch === undefined) this.#wait(this.#due.from);
  }

  /**
   * Bars that went out before the stream began, at least one, ascending. The last of them may not
   * have been looked at again, or not late enough: whoever had them stopped at some time after
   * their close. What the stream needs to begin has its turn first, unless nothing has closed since
   * the day before: then nothing else would show that prices were adjusted.
   */
  known(bars: BarColumns): void {
    const { clock, grid, options } = this.#world;
    const last = bars.length - 1;
    const recent = bars.closeTime[last]! - options.afterMs - options.everyMs;
    let first = last;
    while (first > 0 && bars.closeTime[first - 1]! > recent) first -= 1;
    const range = { from: bars.openTime[first]!, to: bars.closeTime[last]! };
    // The calendar can have become another one meanwhile.
    if (!grid.opensAt(range.from)) return;
    const now = clock.now();
    const next = this.#openingAfter(range.to);
    const isUrgent = next !== undefined && next.closeTime > now;
    const at = isUrgent ? now : Math.max(range.to, now) + options.afterMs;
    this.#plan(at, () => this.#lookOnce(range));
    this.#lookAtOpening(range.to);
  }

  close(): void {
    this.#timer?.cancel();
    this.#fetch?.close();
    this.#due = undefined;
    for (const timer of this.#extraTimers) timer.cancel();
    for (const fetch of this.#extraFetches) fetch.close();
  }

  #wait(openTime: UnixMs): void {
    const { clock, grid, options } = this.#world;
    const at = Math.max(grid.closeOf(openTime) + options.afterMs, this.#nextAt);
    this.#timer = clock.schedule(at, () => {
      this.#timer = undefined;
      this.#look();
    });
  }

  #look(): void {
    const { clock, grid, options } = this.#world;
    const due = this.#due!;
    const now = clock.now();
    const settledBy = grid.slotClosedBy(now - options.afterMs)!.closeTime;
    const range = { from: due.from, to: Math.min(due.to, settledBy) };
    const rest = grid.slotAtOrAfter(range.to);
    this.#due =
      rest === undefined || rest.openTime >= due.to
        ? undefined
        : { from: rest.openTime, to: due.to };
    this.#nextAt = now + options.everyMs;
    this.#fetch = this.#fetchOf(range, () => {
      this.#fetch = undefined;
      if (this.#due !== undefined) this.#wait(this.#due.from);
    });
    this.#fetch.start();
  }

  /** The first slot of the next trading day, where what was settled ends with one. */
  #openingAfter(to: UnixMs): BarSlot | undefined {
    const { grid } = this.#world;
    const next = grid.slotAtOrAfter(to);
    if (next === undefined) return undefined;
    const before = grid.calendar.segmentBefore(next.openTime);
    const isOpening =
      before !== undefined &&
      before.to < next.openTime &&
      before.day !== grid.calendar.segmentAtOrAfter(next.openTime)!.day;
    return isOpening ? next : undefined;
  }

  /** Plans the look at the last bar of a day, and anew where the calendar learns of a holiday. */
  #lookAtOpening(settledTo: UnixMs): void {
    const { clock, grid } = this.#world;
    const opening = this.#openingAfter(settledTo)?.openTime;
    if (opening === undefined || opening <= clock.now() || opening === this.#openingAt) return;
    this.#openingAt = opening;
    this.#plan(opening, () => {
      this.#lookAtOpening(settledTo);
      const last = grid.slotClosedBy(settledTo)!;
      if (this.#openingAt === opening) this.#lookOnce({ from: last.openTime, to: last.closeTime });
    });
  }

  #lookOnce(range: TimeRange): void {
    const fetch = this.#fetchOf(range, () => this.#extraFetches.delete(fetch));
    this.#extraFetches.add(fetch);
    fetch.start();
  }

  #plan(at: UnixMs, action: () => void): void {
    const timer = this.#world.clock.schedule(at, () => {
      this.#extraTimers.delete(timer);
      action();
    });
    this.#extraTimers.add(timer);
  }

  #fetchOf(range: TimeRange, done: () => void): RangeFetch {
    const { clock, grid, options, series, history, fetch, take } = this.#world;
    const reach = range.from - options.reachMs;
    const from = (grid.slotAt(reach) ?? grid.slotAtOrAfter(reach))!.openTime;
    return new RangeFetch({ from, to: range.to }, series, grid, history, clock, fetch, {
      bars: take,
      coverage: () => {},
      event: () => {},
      done,
    });
  }
}
