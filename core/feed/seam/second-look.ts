import type { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
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
 * mind. A look that fails is let go: nothing waits for it.
 */
export class SecondLook {
  readonly #world: SecondLookWorld;
  #due: TimeRange | undefined;
  /** What was settled before the stream began. */
  #known: TimeRange | undefined;
  #timer: Timer | undefined;
  #fetch: RangeFetch | undefined;
  #nextAt: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(world: SecondLookWorld) {
    this.#world = world;
  }

  /** Notes that a range was settled; of it, what closed long enough ago needs no other look. */
  settled(range: TimeRange): void {
    const { clock, grid, options } = this.#world;
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
   * their close. It comes when what the stream needs to begin has had its turn.
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
    this.#known = range;
    this.#lookAt(Math.max(range.to, clock.now()) + options.afterMs);
  }

  close(): void {
    this.#timer?.cancel();
    this.#fetch?.close();
    this.#due = undefined;
  }

  #wait(openTime: UnixMs): void {
    const { grid, options } = this.#world;
    this.#lookAt(Math.max(grid.closeOf(openTime) + options.afterMs, this.#nextAt));
  }

  #lookAt(at: UnixMs): void {
    this.#timer = this.#world.clock.schedule(at, () => {
      this.#timer = undefined;
      this.#look();
    });
  }

  #look(): void {
    const { clock, grid, options, series, history, fetch, take } = this.#world;
    const now = clock.now();
    this.#nextAt = now + options.everyMs;
    const wanted = this.#known ?? this.#takeDue(now);
    this.#known = undefined;
    const reach = wanted.from - options.reachMs;
    const from = (grid.slotAt(reach) ?? grid.slotAtOrAfter(reach))!.openTime;
    const range = { from, to: wanted.to };
    this.#fetch = new RangeFetch(range, series, grid, history, clock, fetch, {
      bars: take,
      coverage: () => {},
      event: () => {},
      done: () => {
        this.#fetch = undefined;
        if (this.#due !== undefined) this.#wait(this.#due.from);
      },
    });
    this.#fetch.start();
  }

  /** What of the settled bars can be looked at; the rest stays due. */
  #takeDue(now: UnixMs): TimeRange {
    const { grid, options } = this.#world;
    const due = this.#due!;
    const settledBy = grid.slotClosedBy(now - options.afterMs)!.closeTime;
    const taken = { from: due.from, to: Math.min(due.to, settledBy) };
    const rest = grid.slotAtOrAfter(taken.to);
    this.#due =
      rest === undefined || rest.openTime >= due.to
        ? undefined
        : { from: rest.openTime, to: due.to };
    return taken;
  }
}
