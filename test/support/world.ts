import { type Run, run } from "../../core/engine/run.ts";
import type { RunOptions } from "../../core/engine/run-options.ts";
import type { BarQuery, BarSource } from "../../core/feed/bar-source.ts";
import { MemorySource } from "../../core/feed/memory-source.ts";
import { type SpliceOptions, splice } from "../../core/feed/seam/splice.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import type { BarSize } from "../../core/time/bar-size.ts";
import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import { type GatewayOptions, SimBroker, SimGateway, type Truth } from "../../sim/index.ts";
import { FeedLog } from "./feed-log.ts";
import { RunLog } from "./run-log.ts";

/** A run and what was seen of it. */
export interface LoggedRun {
  readonly run: Run;
  readonly log: RunLog;
}

export interface WorldOptions {
  /** How the gateway behaves; default quick and honest. */
  readonly gateway?: GatewayOptions;
  /** What differs from a splice of the gateway's history and live bars under default options. */
  readonly splice?: Partial<Omit<SpliceOptions, "clock" | "grid">>;
}

/** A live day in the small: a market, a gateway that tells of it, and the seam under test. */
export class World {
  readonly truth: Truth;
  readonly clock: VirtualTime;
  readonly gateway: SimGateway;
  readonly source: BarSource;
  /** Every request for history, in order. */
  readonly asked: BarQuery[] = [];

  constructor(truth: Truth, start: UnixMs, options: WorldOptions = {}) {
    this.truth = truth;
    this.clock = new VirtualTime(start);
    this.gateway = new SimGateway(truth, this.clock, options.gateway);
    const { history = this.gateway.history, live = this.gateway.live } = options.splice ?? {};
    this.source = splice({
      ...options.splice,
      history: {
        open: (query, sink) => {
          this.asked.push(query);
          return history.open(query, sink);
        },
      },
      live,
      grid: () => truth.grid,
      clock: this.clock,
    });
  }

  /** Opens the seam by itself. */
  feed(warmUpBars: number, query: Partial<BarQuery> = {}): FeedLog {
    const log = new FeedLog(this.clock);
    this.source.open({ series: this.truth.series, warmUpBars, ...query }, log);
    return log;
  }

  /** Starts a strategy on it. */
  run(strategy: Strategy, options: Partial<RunOptions> = {}): LoggedRun {
    return start(this.truth, strategy, this.source, this.clock, options);
  }

  /** Lets all happen up to an instant; default: the end of the market and a day. */
  runTo(at: UnixMs = this.truth.bars.closeTime[this.truth.bars.length - 1]! + DAY_MS): void {
    this.clock.advanceTo(at);
  }
}

/** The run that never stopped: a backtest over the whole truth, `batchBars` bars at a time. */
export function uninterrupted(
  truth: Truth,
  strategy: Strategy,
  options: { readonly bars?: Iterable<Bar>; readonly batchBars?: number } = {},
): LoggedRun {
  const bars = BarColumns.of(options.bars ?? truth.bars);
  const source = new MemorySource(bars, { batchSize: options.batchBars ?? bars.length });
  const driver = new VirtualTime(bars.openTime[0]!);
  return start(truth, strategy, source, driver, { driver });
}

function start(
  truth: Truth,
  strategy: Strategy,
  source: BarSource,
  clock: VirtualTime,
  options: Partial<RunOptions>,
): LoggedRun {
  const log = new RunLog(clock);
  const grids = new Map<BarSize, BarGrid>([[truth.grid.size, truth.grid]]);
  const started = run({
    strategy,
    series: truth.series,
    source,
    broker: new SimBroker(),
    clock,
    grid({ size }) {
      const grid = grids.get(size) ?? new BarGrid(truth.grid.calendar, size);
      grids.set(size, grid);
      return grid;
    },
    observer: log,
    ...options,
  });
  return { run: started, log };
}
