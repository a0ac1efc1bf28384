import type { Phase } from "../../../sim/fleet/index.ts";
import { countedText } from "../../kept/count-text.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import { Interruption } from "../run/interruption.ts";
import { FAILED } from "../terminal/report.ts";
import { Talk } from "../terminal/talk.ts";
import { FleetFigures } from "./fleet-figures.ts";
import { failureLines, fleetJson, fleetText } from "./fleet-report.ts";
import { MatrixFigures } from "./matrix-figures.ts";
import { matrixText } from "./matrix-report.ts";
import { runSeeds } from "./seed-pool.ts";
import { type Matrix, matrixCount, matrixTasks, type SeedRange, seedTasks } from "./seed-tasks.ts";

/** How a fleet is run. */
export interface FleetFlags {
  readonly seeds: SeedRange;
  readonly minutes?: number;
  readonly workers: number;
  readonly fault?: string;
  readonly phase?: Phase;
  readonly matrix?: Matrix;
  readonly twice?: boolean;
  readonly digests?: boolean;
  readonly requireProbes?: boolean;
  readonly json?: boolean;
}

/** How often it says how far it is where no line can be overwritten. */
const SILENT_SECONDS = 60;

/** Runs many seeds and prints what became of them; the exit code. */
export async function runFleet(flags: FleetFlags): Promise<number> {
  const { seeds, minutes = Number.POSITIVE_INFINITY, workers, fault, phase, matrix } = flags;
  const talk = new Talk(flags.json === true);
  const figures = new FleetFigures();
  const cells = new MatrixFigures();
  const begun = elapsedMs();
  const seconds = (): number => (elapsedMs() - begun) / 1_000;
  let isStopped = false;
  const interruption = new Interruption(() => {
    isStopped = true;
  }, "no further seed is begun");
  const isOne = matrix === undefined;
  const count = isOne ? seeds.last - seeds.first + 1 : matrixCount(matrix, seeds);
  const plan = {
    tasks: isOne ? seedTasks(seeds, { fault, phase }) : matrixTasks(matrix, seeds),
    workers: Math.min(workers, count),
    isTwice: flags.twice === true,
    goesOn: () => !isStopped && seconds() < minutes * 60,
  };
  talk.say(`${countedText(count, "run")} on ${countedText(plan.workers, "thread")}`);
  let saidAt = 0;
  await runSeeds(plan, (result) => {
    figures.add(result);
    if (!isOne) cells.add(result);
    const line = `${figures.seeds} of ${count} runs, ${figures.failing.length} failed`;
    talk.replaceLine(line);
    if (talk.isTerminal || seconds() < saidAt + SILENT_SECONDS) return;
    saidAt = seconds();
    talk.say(line);
  });
  talk.clearLine();
  interruption.done();
  figures.failing.sort((a, b) => a.place - b.place);
  if (flags.digests === true) {
    for (const line of figures.failing.flatMap(failureLines)) talk.say(line);
  }
  process.stdout.write(`${reportText(flags, figures, cells, seconds())}\n`);
  const isUnmet = flags.requireProbes === true && figures.unmet.length > 0;
  const exitCode = figures.failing.length > 0 || isUnmet ? FAILED : 0;
  return interruption.exitCode ?? exitCode;
}

function reportText(
  { digests, json, matrix, requireProbes }: FleetFlags,
  figures: FleetFigures,
  cells: MatrixFigures,
  seconds: number,
): string {
  if (digests === true) return figures.digests.join("\n");
  if (json === true) return fleetJson(figures, seconds, matrix === undefined ? undefined : cells);
  const picture = matrix === undefined ? "" : matrixText(matrix, cells);
  return fleetText(figures, seconds, requireProbes === true, picture);
}
