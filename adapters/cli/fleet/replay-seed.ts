import { knobLines, type Phase, runSeed, shrunk, timeline } from "../../../sim/fleet/index.ts";

/** What is shown of one seed. */
export interface ReplayFlags {
  readonly fault?: string;
  readonly phase?: Phase;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** Runs one seed, prints what became of it, and makes it smaller where it fails; its exit code. */
export function replaySeed(seed: number, { fault, phase, verbose, json }: ReplayFlags): number {
  const outcome = runSeed(seed, { fault, phase });
  const hasFailed = outcome.problems.length > 0;
  if (json === true) {
    const { knobs, problems, halted, digest, probes, bars } = outcome;
    print([JSON.stringify({ seed, problems, halted, digest, probes, bars, knobs })]);
    return hasFailed ? 1 : 0;
  }
  if (verbose === true) print([...knobLines(outcome), "", ...timeline(outcome), ""]);
  if (hasFailed) {
    const smallest = shrunk(outcome);
    const { length } = smallest.knobs.troubles;
    print([`seed ${seed} fails; the smallest run that fails too has ${length} of its faults:`]);
    print([...knobLines(smallest), "", ...timeline(smallest)]);
  }
  print([`seed ${seed}, digest ${outcome.digest}: ${hasFailed ? "FAILED" : "all is well"}`]);
  return hasFailed ? 1 : 0;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
