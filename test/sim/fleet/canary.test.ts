import { describe, expect, it } from "vitest";
import { runSeed } from "../../../sim/fleet/index.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";

// Goal: the fleet sees. Bugs that someone could make, put in the place of a sound part, are found
// within a few seeds; a fleet that finds nothing in these is blind.

/** In so many seeds each has to be found. */
const SEEDS = 40;

describe("a planted bug", () => {
  it.each(PLANTED_BUGS)("is found: $name", ({ plant, fault }) => {
    let found: string | undefined;
    for (let seed = 1; seed <= SEEDS && found === undefined; seed += 1) {
      const drawn = fault === undefined ? {} : { fault };
      found = runSeed(seed, { ...drawn, ...plant() }).problems[0];
    }
    expect(found).toBeDefined();
  });
});
