import type { Composition } from "./life.ts";
import { runKnobs, type SeedOutcome } from "./run-seed.ts";
import type { Knobs } from "./swarm.ts";
import { allPassAt, type Trouble } from "./trouble.ts";

/** Runs at the most that a failure is shrunk with, unless told otherwise. */
const ATTEMPTS = 40;

/**
 * Makes a failing run smaller while it still fails: without one trouble after the other, and with
 * an earlier end. Gives the smallest that was found, which can be the one that was given.
 *
 * @param attempts runs at the most.
 */
export function shrunk(
  failing: SeedOutcome,
  composition: Composition = {},
  attempts = ATTEMPTS,
): SeedOutcome {
  let smallest = failing;
  let left = attempts;
  const isBetter = (knobs: Knobs): boolean => {
    left -= 1;
    const outcome = runKnobs(knobs, composition);
    if (outcome.problems.length === 0) return false;
    smallest = outcome;
    return true;
  };
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false;
    const { knobs } = smallest;
    for (const trouble of knobs.troubles) {
      if (left === 0) break;
      if (isBetter(without(knobs, trouble))) {
        isSmaller = true;
        break;
      }
    }
  }
  for (const share of [0.25, 0.5, 0.75]) {
    const { knobs } = smallest;
    if (left > 0 && isBetter(endingAt(knobs, share))) break;
  }
  return smallest;
}

function without(knobs: Knobs, trouble: Trouble): Knobs {
  return { ...knobs, troubles: knobs.troubles.filter((each) => each !== trouble) };
}

/** With an end that lies so far between the last trouble's and the one it has. */
function endingAt(knobs: Knobs, share: number): Knobs {
  const { start, end, troubles } = knobs;
  const healed = allPassAt(troubles, start);
  return { ...knobs, end: healed + Math.floor((end - healed) * share) };
}
