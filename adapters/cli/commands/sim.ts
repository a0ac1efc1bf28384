import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { FAULTS } from "../../../sim/fleet/index.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import { FleetFigures } from "../fleet/fleet-figures.ts";
import { fleetJson, fleetText } from "../fleet/fleet-report.ts";
import { replaySeed } from "../fleet/replay-seed.ts";
import { runSeeds } from "../fleet/seed-threads.ts";
import { examples, positiveOption, wholeNumberOption } from "../terminal/option-values.ts";
import { Talk } from "../terminal/talk.ts";

interface SimFlags {
  readonly seeds: SeedRange;
  readonly seed?: number;
  readonly minutes?: number;
  readonly workers: number;
  readonly fault?: string;
  readonly twice?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Seeds from one to another, both included. */
interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** Seeds are integers of 32 bits. */
const LAST_SEED = 2 ** 31 - 1;

/** `barline sim`. */
export function addSim(program: Command): void {
  program
    .command("sim")
    .description("run the live engine on simulated markets that misbehave, each from one seed")
    .addOption(
      new Option("--seeds <first..last>", "the seeds to run")
        .argParser(seedRange)
        .default({ first: 1, last: 100 }, "1..100"),
    )
    .option("--seed <number>", "run one seed, and shrink it if it fails", wholeNumberOption(0))
    .option("--minutes <number>", "begin no further seed after so many minutes", positiveOption)
    .option("--workers <number>", "threads", wholeNumberOption(1), availableParallelism())
    .addOption(
      new Option("--fault <name>", "let exactly this fault happen in each run").choices([
        ...FAULTS.map(({ name }) => name),
        "none",
      ]),
    )
    .option("--twice", "run each seed twice; both runs must be equal")
    .option("--verbose", "with --seed: print what was drawn, and what happened when")
    .option("--json", "print one JSON object instead of text")
    .addHelpText(
      "after",
      examples(
        "barline sim --seeds 1..1000 --minutes 5",
        "barline sim --seed 42 --verbose",
        "barline sim --fault half-open --seeds 1..50",
      ),
    )
    .action(async (flags: SimFlags) => {
      const { seed } = flags;
      process.exitCode = seed === undefined ? await runFleet(flags) : replaySeed(seed, flags);
    });
}

async function runFleet(flags: SimFlags): Promise<number> {
  const { seeds, minutes = Number.POSITIVE_INFINITY, workers, fault, twice = false } = flags;
  const talk = new Talk(flags.json === true);
  const figures = new FleetFigures();
  const begun = elapsedMs();
  const seconds = (): number => (elapsedMs() - begun) / 1_000;
  const goesOn = (): boolean => seconds() < minutes * 60;
  const count = seeds.last - seeds.first + 1;
  await runSeeds({ ...seeds, workers, fault, isTwice: twice, goesOn }, (result) => {
    figures.add(result);
    const failed = figures.failing.length;
    talk.replaceLine(`${figures.seeds} of ${count} seeds, ${failed} failed`);
  });
  talk.clearLine();
  figures.failing.sort((a, b) => a.seed - b.seed);
  const only = fault === undefined ? "" : ` --fault ${fault}`;
  const replay = `barline sim --seed SEED --verbose${only}`;
  const text =
    flags.json === true ? fleetJson(figures, seconds()) : fleetText(figures, seconds(), replay);
  process.stdout.write(`${text}\n`);
  return figures.failing.length === 0 ? 0 : 1;
}

function seedRange(text: string): SeedRange {
  const match = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  if (first <= last && last <= LAST_SEED) return { first, last };
  throw new InvalidArgumentError("Write the first seed and the last, such as 1..1000.");
}
