import { describe, expect, it } from "vitest";
import { runSeed } from "../../../sim/fleet/index.ts";

// Goal: what the fleet once found stays found. Each seed here failed on the day when it was added.

const PAST: readonly { readonly seed: number; readonly fault?: string; readonly what: string }[] = [
  { seed: 2, fault: "kill", what: "a bar that larger ones waited for was told, and not durable" },
  { seed: 4, fault: "kill", what: "the same, with a snapshot" },
  { seed: 27, fault: "kill", what: "the same, and the run stopped at an invariant" },
  { seed: 2, fault: "torn-write", what: "the same, killed between two commits" },
  { seed: 10_615, what: "history showed a bar that was not whole, and it was put right" },
  { seed: 20_172, fault: "forming-as-final", what: "the same at the opening of a day" },
  { seed: 38, what: "half a bar was heard late, and taken for the whole" },
  { seed: 60, what: "the same, by a process that had stood still" },
  { seed: 113, what: "the same, by a clock that was set forward" },
  { seed: 24, fault: "slow-consumer", what: "it traded on a bar that had been over for a minute" },
  {
    seed: 20_345,
    what: "a machine that slept was hurt at its next write, and the world ended first",
  },
  { seed: 70_346, what: "a stop whose last write failed let go of nothing" },
  { seed: 70_564, what: "a process was away when the world ended" },
];

describe("a seed that failed once", () => {
  it.each(PAST)("is well: $seed $fault, $what", ({ seed, fault }) => {
    expect(runSeed(seed, fault === undefined ? {} : { fault }).problems).toEqual([]);
  });
});
