import { runSeed } from "../../../sim/fleet/index.ts";

/** What is told of a seed that was run. */
export interface SeedResult {
  readonly seed: number;
  /** Empty where nothing was wrong. */
  readonly problems: readonly string[];
  readonly digest: string;
  readonly probes: readonly string[];
  readonly bars: number;
  /** The minutes of the sessions that those bars span. */
  readonly barMinutes: number;
  readonly faults: readonly string[];
  readonly isHalted: boolean;
}

/** How seeds are run. */
export interface SeedTask {
  readonly fault?: string | undefined;
  /** Whether each is run twice, and has to give the same both times. */
  readonly isTwice: boolean;
}

const MINUTES: Readonly<Record<string, number>> = { "1m": 1, "5m": 5, "15m": 15, "1h": 60 };

/** Runs a seed and says what became of it. */
export function seedResult(seed: number, { fault, isTwice }: SeedTask): SeedResult {
  const options = fault === undefined ? {} : { fault };
  const { problems, digest, probes, bars, knobs, halted } = runSeed(seed, options);
  const all = [...problems];
  if (isTwice && runSeed(seed, options).digest !== digest) {
    all.push("[17] the same seed gave another trace the second time");
  }
  return {
    seed,
    problems: all,
    digest,
    probes,
    bars,
    barMinutes: bars * MINUTES[knobs.size]!,
    faults: knobs.troubles.map(({ name }) => name),
    isHalted: halted !== undefined,
  };
}
