import { type Phase, runSeed } from "../../../sim/fleet/index.ts";

/** One run of a fleet. */
export interface SeedTask {
  /** Its place among the runs of the fleet, from 0. */
  readonly place: number;
  readonly seed: number;
  /** As in `DrawOptions`. */
  readonly fault?: string | undefined;
  readonly phase?: Phase | undefined;
}

/**
 * What a run made of what went wrong. `absorbed`: nothing of it showed. `corrected`: a bar was
 * revised. `declared`: a bar was lost, and that was said. `refused`: it ended, as it had to.
 */
export type RunEnd = "absorbed" | "corrected" | "declared" | "refused" | "failed";

/** What is told of a seed that was run. */
export interface SeedResult extends SeedTask {
  /** Empty where nothing was wrong. */
  readonly problems: readonly string[];
  readonly end: RunEnd;
  readonly digest: string;
  readonly probes: readonly string[];
  readonly bars: number;
  /** The minutes of the sessions that those bars span. */
  readonly barMinutes: number;
  readonly faults: readonly string[];
}

const MINUTES: Readonly<Record<string, number>> = { "1m": 1, "5m": 5, "15m": 15, "1h": 60 };

/** Runs a seed and says what became of it. */
export function seedResult(task: SeedTask): SeedResult {
  const { problems, digest, probes, bars, knobs, halted } = runSeed(task.seed, task);
  const end = (): RunEnd => {
    if (problems.length > 0) return "failed";
    if (halted !== undefined) return "refused";
    if (probes.includes("a bar was lost and declared")) return "declared";
    return probes.includes("a bar was revised after its release") ? "corrected" : "absorbed";
  };
  return {
    ...task,
    problems,
    end: end(),
    digest,
    probes,
    bars,
    barMinutes: bars * MINUTES[knobs.size]!,
    faults: knobs.troubles.map(({ name }) => name),
  };
}
