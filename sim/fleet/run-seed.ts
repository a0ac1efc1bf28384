import type { Strategy } from "../../core/trading/strategy.ts";
import { auditRuns } from "./audit-run.ts";
import { checkers } from "./checkers/index.ts";
import type { Composition } from "./life.ts";
import { probesOf } from "./probes.ts";
import { unrequired } from "./required.ts";
import { seenText, TextDigest } from "./run-text.ts";
import type { Seen } from "./seen.ts";
import { type DrawOptions, drawKnobs, type Knobs } from "./swarm.ts";
import { FleetWorld } from "./world.ts";

/** What became of one run. */
export interface SeedOutcome {
  readonly seed: number;
  readonly knobs: Knobs;
  /** What was wrong, the first thing first; empty where nothing was. */
  readonly problems: readonly string[];
  /** Why it ended early, as it had to. */
  readonly halted: string | undefined;
  /** Of all that was seen, in order. */
  readonly digest: string;
  /** Situations that came about, and the kinds that it is of. */
  readonly probes: readonly string[];
  /** Bars of the main series that were handled, in all lives. */
  readonly bars: number;
  readonly seen: readonly Seen[];
}

/** Draws a run from a seed and plays it. The same seed gives the same, byte for byte. */
export function runSeed(seed: number, options: DrawOptions & Composition = {}): SeedOutcome {
  return runKnobs(drawKnobs(seed, options), options);
}

/** Plays a run whose knobs are given. */
export function runKnobs(knobs: Knobs, composition: Composition = {}): SeedOutcome {
  const seen: Seen[] = [];
  const watching = checkers();
  const world = new FleetWorld(knobs, composition, (each) => {
    seen.push(each);
    for (const checker of watching) {
      const problem = checker.see(each, world.known);
      if (problem !== undefined) world.problems.push(`[${checker.invariants}] ${problem}`);
    }
  });
  try {
    world.play();
    if (world.problems.length === 0) {
      const strategyOf = composition.strategy as ((of: Strategy) => Strategy) | undefined;
      world.problems.push(...auditRuns(world, seen, strategyOf));
      const shown = unrequired(knobs, seen);
      if (shown !== undefined) world.problems.push(shown);
    }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.problems.push(`[20] something threw: ${text}`);
  }
  const digest = new TextDigest();
  for (const each of seen) digest.add(seenText(each));
  return {
    seed: knobs.seed,
    knobs,
    problems: world.problems,
    halted: world.halted,
    digest: digest.text,
    probes: probesOf(seen, world.known, world.halted, world.hasFlipped),
    bars: seen.filter((each) => each.kind === "bar" && each.size === knobs.size).length,
    seen,
  };
}
