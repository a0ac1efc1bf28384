import { type Series, series } from "../../market/series.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
import type { BarSize } from "../../time/bar-size.ts";
import type { Clock } from "../../time/clock.ts";
import type { UnixMs } from "../../time/instant.ts";
import { planBackfill } from "../backfill-plan.ts";
import type { BarQuery, BarSink, BarSource, Subscription } from "../bar-source.ts";
import { BarAggregator } from "./bar-aggregator.ts";

/** What larger bars are made of. */
export interface AggregateOptions {
  /** The size of the bars that the source gives. */
  readonly base: BarSize;
  /** The bars that must exist, of the base series and of the one asked for. */
  readonly grid: (series: Series) => BarGrid;
  /**
   * Tells the present, so that a warm-up of n bars is asked for as exactly the base bars that make
   * them (without one, as many as n + 1 periods without any break would have), and so that coverage
   * of what has not closed yet settles nothing. Give one over anything but a file or a memory.
   */
  readonly clock?: Clock;
  /** See `BarAggregatorOptions`. */
  readonly rememberedBars?: number;
}

/**
 * A source of larger bars made of a source of smaller ones. It asks that one for the base bars of
 * whole periods: those that open within the query. See `BarAggregator` for what becomes of them.
 */
export function aggregate(source: BarSource, options: AggregateOptions): BarSource {
  return {
    open(query: BarQuery, sink: BarSink): Subscription {
      const { instrument, priceType, scope } = query.series;
      const base = series(instrument, options.base, priceType, scope);
      const grid = options.grid(query.series);
      const baseGrid = options.grid(base);
      const run = new AggregateRun(sink);
      const { clock, rememberedBars } = options;
      const aggregator = new BarAggregator(
        {
          base,
          baseGrid,
          grid,
          ...(clock === undefined ? {} : { clock }),
          ...(rememberedBars === undefined ? {} : { rememberedBars }),
        },
        run.sink,
      );
      const { warmUpBars } = query;
      const warmUp =
        warmUpBars === undefined
          ? {}
          : { warmUpBars: baseBars(warmUpBars, grid, baseGrid, clock?.now()) };
      const asked = { series: base, ...wholePeriods(query, grid), ...warmUp };
      run.follow(source.open(asked, aggregator));
      return run;
    },
  };
}

/** Cuts off a sink that was closed, also in the middle of what one base bar leads to. */
class AggregateRun implements Subscription {
  readonly sink: BarSink;
  #below: Subscription | undefined;
  #closed = false;

  constructor(sink: BarSink) {
    this.sink = {
      bars: (batch) => this.#closed || sink.bars(batch),
      coverage: (range) => this.#closed || sink.coverage(range),
      event: (event) => this.#closed || sink.event(event),
      end: (outcome) => this.#closed || sink.end(outcome),
    };
  }

  follow(below: Subscription): void {
    this.#below = below;
  }

  close(): void {
    this.#closed = true;
    this.#below?.close();
  }

  pause(): void {
    this.#below?.pause();
  }

  resume(): void {
    this.#below?.resume();
  }
}

/** From the first period that opens within the query to the end of the last one. */
function wholePeriods(query: BarQuery, grid: BarGrid): { from?: UnixMs; to?: UnixMs } {
  const whole: { from?: UnixMs; to?: UnixMs } = {};
  if (query.from !== undefined) {
    whole.from = grid.slotAtOrAfter(query.from)?.openTime ?? query.from;
  }
  if (query.to !== undefined) {
    const to = grid.slotAt(query.to - 1)?.closeTime ?? query.to;
    whole.to = Math.max(whole.from ?? to, to);
  }
  return whole;
}

/** How many base bars before the present make that many periods. */
function baseBars(periods: number, grid: BarGrid, baseGrid: BarGrid, now?: UnixMs): number {
  if (now === undefined) {
    return periods === 0 ? 0 : (periods + 1) * Math.ceil(grid.size.ms / baseGrid.size.ms);
  }
  const plan = planBackfill(grid, now, periods);
  if (plan === undefined) return 0;
  const closed = baseGrid.slotClosedBy(now)!.closeTime;
  return baseGrid.count({ from: plan.range.from, to: closed });
}
