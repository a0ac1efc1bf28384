import { type Run, run } from "../../core/engine/run.ts";
import type { RunOptions } from "../../core/engine/run-options.ts";
import { splice } from "../../core/feed/splice.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { SimGateway } from "../../sim/gateway.ts";
import type { GatewayOptions } from "../../sim/gateway-options.ts";
import { Truth } from "../../sim/truth.ts";
import type { BarFile } from "./bar-file.ts";

/** A live run against a simulated gateway, up to the point where it can begin. */
export interface Simulation extends Pick<RunOptions, "strategy" | "broker"> {
  readonly file: BarFile;
  readonly bars: BarColumns;
  readonly start: UnixMs;
  readonly backfill: boolean;
  readonly gateway: GatewayOptions;
  readonly options: Partial<RunOptions>;
}

/** Runs a strategy live from an instant on to the last bar, in virtual time. Returns when it ended. */
export function simulate(simulation: Simulation): Run {
  const { strategy, broker, file, bars, start, backfill } = simulation;
  const time = new VirtualTime(start);
  const seed = simulation.gateway.seed ?? 1;
  const truth = new Truth(file.series, file.grid(file.series.size), bars, seed);
  const gateway = new SimGateway(truth, time, simulation.gateway);
  const source = splice({
    history: gateway.history,
    live: gateway.live,
    grid: (of) => file.grid(of.size),
    clock: time,
    backfill,
  });
  const { series, grid } = file;
  const started = run({
    ...simulation.options,
    strategy,
    series,
    source,
    broker,
    clock: time,
    grid,
  });
  while (started.outcome === undefined && time.step());
  return started;
}
