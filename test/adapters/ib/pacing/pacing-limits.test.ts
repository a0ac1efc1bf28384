import { describe, expect, it } from "vitest";
import { type PacingLimits, pacingLimits } from "../../../../adapters/ib/pacing/pacing-limits.ts";

// Goal: a limit that could never be kept, or that would let nothing through, is refused by its
// name, and the least that makes sense is taken.

const LEAST: readonly (readonly [keyof PacingLimits, number])[] = [
  ["messagesPerSecond", 2],
  ["openHistoricalRequests", 1],
  ["smallBarRequests", 2],
  ["sameContractRequests", 2],
  ["identicalRequestMs", 0],
  ["realTimeBarRequests", 1],
  ["realTimeBarStreams", 1],
  ["marginMs", 0],
  ["penaltyMs", 1],
];

describe.each(LEAST)("%s", (name, least) => {
  it(`takes ${least}, and nothing less or in between`, () => {
    expect(pacingLimits({ [name]: least })[name]).toBe(least);
    for (const value of [least - 1, least + 0.5, Number.NaN]) {
      expect(() => pacingLimits({ [name]: value })).toThrow(
        expect.objectContaining({
          code: "invalid-option",
          message: expect.stringMatching(
            new RegExp(`^${name} is ${value}; give a whole number of at least ${least}`),
          ),
        }),
      );
    }
  });
});

it("rests no shorter at the longest than at first", () => {
  expect(() => pacingLimits({ penaltyMs: 10, longestPenaltyMs: 10 })).not.toThrow();
  expect(() => pacingLimits({ penaltyMs: 10, longestPenaltyMs: 9 })).toThrow(
    "longestPenaltyMs is 9; give a whole number of at least 10",
  );
});
