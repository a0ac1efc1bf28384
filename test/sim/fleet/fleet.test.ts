import { describe, expect, it } from "vitest";
import { FAULTS, knobLines, runSeed, shrunk, timeline } from "../../../sim/fleet/index.ts";
import { drawKnobs } from "../../../sim/fleet/swarm.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";

// Goal: a run of the fleet is drawn from its seed alone, the same seed gives the same bytes, each
// of the 32 faults is absorbed as it has to be, and what fails is made small enough to read.

describe("a draw", () => {
  it("has half of all runs with one fault at the most, and every fault in some", () => {
    const drawn = Array.from({ length: 600 }, (_, seed) => drawKnobs(seed));
    const few = drawn.filter(({ troubles }) => troubles.length <= 1).length;
    expect(few).toBeGreaterThan(240);
    expect(few).toBeLessThan(360);
    const met = new Set(drawn.flatMap(({ troubles }) => troubles.map(({ fault }) => fault)));
    expect(met.size).toBe(32);
    expect(FAULTS.map(({ number }) => number)).toEqual([...Array(32).keys()].map((n) => n + 1));
  });

  it("leaves every other knob as it is when one is fixed", () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const { calendar, size, mode, strategy, fast, slow, pageBars } = drawKnobs(seed);
      const fixed = drawKnobs(seed, { fault: "none" });
      expect(fixed).toMatchObject({ calendar, size, mode, strategy, fast, slow, pageBars });
      expect(fixed.troubles).toEqual([]);
    }
  });
});

describe("a run", () => {
  it("gives the same bytes from the same seed, and others from another", () => {
    const digests = [11, 12, 11, 12].map((seed) => runSeed(seed).digest);
    expect(digests.slice(2)).toEqual(digests.slice(0, 2));
    expect(digests[0]).not.toBe(digests[1]);
  });

  it.each(FAULTS)("makes of fault $number, $name, what it must: $outcome", ({ name, outcome }) => {
    const { problems, halted, seen } = runSeed(3, { fault: name });
    expect(problems).toEqual([]);
    expect(seen.some(({ kind }) => kind === "trouble")).toBe(true);
    if (outcome !== "halt") expect(halted).toBeUndefined();
  });
});

describe("a failing run", () => {
  it("is shrunk to what it needs to fail, and told as a timeline", () => {
    const doubled = PLANTED_BUGS.find(({ name }) => name === "a bar is doubled")!.plant;
    const failing = runSeed(1, doubled());
    expect(failing.problems.length).toBeGreaterThan(0);
    expect(failing.knobs.troubles.length).toBeGreaterThan(1);
    // The bug counts bars, so each run needs one of its own.
    const smallest = shrunk(failing, {
      get source() {
        return doubled().source!;
      },
    });
    expect(smallest.problems.length).toBeGreaterThan(0);
    expect(smallest.knobs.troubles).toEqual([]);
    expect(knobLines(smallest)).toContain("fault none");
    const lines = timeline(smallest);
    expect(lines.at(-1)).toMatch(/^WRONG {2}\[/);
    expect(lines.some((line) => /life 1 {2}bar \d+ /.test(line))).toBe(true);
  });
});
