import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { FAULTS, PHASES } from "../../../sim/fleet/index.ts";
import { type ReplayFlags, replaySeed } from "../fleet/replay-seed.ts";
import { type FleetFlags, runFleet } from "../fleet/run-fleet.ts";
import { MATRICES, SEEDS, type SeedRange } from "../fleet/seed-tasks.ts";
import { examples, positiveOption, wholeNumberOption } from "../terminal/option-values.ts";

interface SimFlags extends FleetFlags, ReplayFlags {
  readonly seed?: number;
}

/** `barline sim`. */
export function addSim(program: Command): void {
  program
    .command("sim")
    .description("run the live engine on simulated markets that misbehave, each from one seed")
    .addOption(
      new Option("--seeds <first..last>", "the seeds to run; with --matrix: its rounds")
        .argParser(seedRange)
        .default({ first: 1, last: 100 }, "1..100"),
    )
    .option("--seed <number>", "run one seed, and shrink it if it fails", wholeNumberOption(0))
    .option("--minutes <number>", "begin no further seed after so many minutes", positiveOption)
    .option("--workers <number>", "threads", wholeNumberOption(1), availableParallelism())
    .option(
      "--fault <names>",
      "let exactly this fault happen in each run, or several, with commas between, in their order",
      faultNames,
    )
    .addOption(
      new Option("--phase <phase>", "where in its life a run is met by the first").choices(PHASES),
    )
    .addOption(
      new Option("--matrix <which>", "go through all faults in all phases, or all pairs of them")
        .choices(MATRICES)
        .conflicts(["seed", "fault", "phase"]),
    )
    .option("--twice", "run each seed once more in another process; both runs must be equal")
    .option("--require-probes", "fail where a situation that is looked for never came about")
    .option("--verbose", "with --seed: print what was drawn, and what happened when")
    .addOption(
      new Option("--digests", "print a line for each run, with its digest").conflicts("json"),
    )
    .option("--json", "print one JSON object instead of text")
    .addHelpText(
      "after",
      examples(
        "barline sim --seeds 1..1000 --minutes 5",
        "barline sim --seed 42 --verbose",
        "barline sim --fault half-open --seeds 1..50",
        "barline sim --matrix singles --seeds 1..2",
        "barline sim --seed 3 --fault kill,gap --phase reconnect",
      ),
    )
    .action(async (flags: SimFlags) => {
      const { seed } = flags;
      process.exitCode = seed === undefined ? await runFleet(flags) : replaySeed(seed, flags);
    });
}

function seedRange(text: string): SeedRange {
  const match = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  if (first <= last && last < SEEDS) return { first, last };
  throw new InvalidArgumentError("Write the first seed and the last, such as 1..1000.");
}

function faultNames(text: string): string {
  const names = FAULTS.map(({ name }) => name);
  if (text === "none" || text.split(",").every((each) => names.includes(each))) return text;
  throw new InvalidArgumentError(`Give none, or of these: ${names.join(", ")}.`);
}
