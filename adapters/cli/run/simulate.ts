import { setImmediate } from "node:timers/promises";
import { type Run, run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { type SpliceOptions, splice } from "../../../core/feed/seam/splice.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import type { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Broker } from "../../../core/trading/broker.ts";
import { SimGateway } from "../../../sim/gateway.ts";
import type { GatewayOptions } from "../../../sim/gateway-options.ts";
import { Truth } from "../../../sim/truth.ts";
import type { Keeping } from "../../kept/keeping.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import type { BarFile } from "../bars/bar-file.ts";
import { type Running, unkept } from "./run-setup.ts";

/** A live run against a simulated gateway. */
export interface Simulation extends Pick<RunOptions, "strategy"> {
  /** A new one for each run: a run that is taken up again may need several attempts. */
  readonly broker: () => Broker;
  readonly file: BarFile;
  readonly bars: BarColumns;
  /** Its present is the start of the run. */
  readonly time: VirtualTime;
  readonly backfill: boolean;
  readonly gateway: GatewayOptions;
  readonly options: Partial<RunOptions>;
  /** Where the run is kept; absent: nowhere. */
  readonly keeping?: Keeping;
  readonly tell: (line: string) => void;
}

/** How long signals can wait, but for the steps between two looks at the clock. */
const LISTEN_MS = 20;
const STEPS_A_LOOK = 256;

/** Begins a strategy's live run at the present of its time; nothing happens before time moves. */
export function simulate(simulation: Simulation): Running {
  const { strategy, broker, file, bars, time, backfill, keeping } = simulation;
  const seed = simulation.gateway.seed ?? 1;
  const truth = new Truth(file.series, file.grid(file.series), bars, seed);
  const gateway = new SimGateway(truth, time, simulation.gateway);
  const { series, grid } = file;
  const { history, live } = gateway;
  const seam: SpliceOptions = {
    history: keeping?.stored(history) ?? history,
    origin: history,
    live,
    grid,
    clock: time,
    backfill,
  };
  const options = { ...simulation.options, strategy, broker: broker(), source: splice(seam) };
  if (keeping === undefined) return unkept(run({ ...options, series, clock: time, grid }));
  const kept = keeping.run({
    feed: { series, grid, clock: time, seam, calendar: file.calendar },
    options: () => ({ ...options, broker: broker(), source: splice(seam) }),
    tell: simulation.tell,
  });
  kept.start();
  return kept;
}

/** Lets virtual time pass until a run has ended, and Ctrl-C be heard meanwhile. */
export async function playOut(started: () => Run, time: VirtualTime): Promise<void> {
  let listenedMs = elapsedMs();
  // A run that begins once more is another one.
  for (let steps = 1; started().outcome === undefined && time.step(); steps += 1) {
    if (steps % STEPS_A_LOOK !== 0 || elapsedMs() - listenedMs < LISTEN_MS) continue;
    await setImmediate();
    listenedMs = elapsedMs();
  }
}
