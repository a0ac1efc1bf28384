import { setImmediate } from "node:timers/promises";
import { type Run, run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { splice } from "../../../core/feed/seam/splice.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import type { VirtualTime } from "../../../core/time/virtual-time.ts";
import { SimGateway } from "../../../sim/gateway.ts";
import type { GatewayOptions } from "../../../sim/gateway-options.ts";
import { Truth } from "../../../sim/truth.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import type { BarFile } from "../bars/bar-file.ts";

/** A live run against a simulated gateway. */
export interface Simulation extends Pick<RunOptions, "strategy" | "broker"> {
  readonly file: BarFile;
  readonly bars: BarColumns;
  /** Its present is the start of the run. */
  readonly time: VirtualTime;
  readonly backfill: boolean;
  readonly gateway: GatewayOptions;
  readonly options: Partial<RunOptions>;
}

/** How long signals can wait, but for the steps between two looks at the clock. */
const LISTEN_MS = 20;
const STEPS_A_LOOK = 256;

/** Begins a strategy's live run at the present of its time; nothing happens before time moves. */
export function simulate(simulation: Simulation): Run {
  const { strategy, broker, file, bars, time, backfill } = simulation;
  const seed = simulation.gateway.seed ?? 1;
  const truth = new Truth(file.series, file.grid(file.series), bars, seed);
  const gateway = new SimGateway(truth, time, simulation.gateway);
  const source = splice({
    history: gateway.history,
    live: gateway.live,
    grid: file.grid,
    clock: time,
    backfill,
  });
  const { series, grid } = file;
  return run({ ...simulation.options, strategy, series, source, broker, clock: time, grid });
}

/** Lets virtual time pass until a run has ended, and Ctrl-C be heard meanwhile. */
export async function playOut(started: Run, time: VirtualTime): Promise<void> {
  let listenedMs = elapsedMs();
  for (let steps = 1; started.outcome === undefined && time.step(); steps += 1) {
    if (steps % STEPS_A_LOOK !== 0 || elapsedMs() - listenedMs < LISTEN_MS) continue;
    await setImmediate();
    listenedMs = elapsedMs();
  }
}
