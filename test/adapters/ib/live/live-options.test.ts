// Goal: options that make no sense are refused where they are given.
import { describe, expect, it } from "vitest";
import { type LiveOptions, liveOptions } from "../../../../adapters/ib/live/live-options.ts";
import { at, bench } from "./bench.ts";

describe("options of a live source", () => {
  it("have defaults", () => {
    expect(liveOptions()).toEqual({
      watchMs: 10_000,
      quietMs: 60_000,
      silenceMs: 90_000,
      realTimeSilenceMs: 15_000,
      longestSilenceMs: 1_800_000,
      farmMs: 15_000,
      answerMs: 60_000,
      acceptanceMs: 5_000,
      retryMs: 1_000,
      longestRetryMs: 30_000,
    });
    expect(liveOptions({ watchMs: 1 }).watchMs).toBe(1);
  });

  it.each<Partial<LiveOptions>>([
    { watchMs: 0 },
    { quietMs: -1 },
    { silenceMs: 59_999 },
    { realTimeSilenceMs: 4_999 },
    { longestSilenceMs: 89_999 },
    { farmMs: 0 },
    { answerMs: 0.5 },
    { acceptanceMs: Number.NaN },
    { retryMs: 0 },
    { longestRetryMs: 999 },
  ])("refuse %o", (options) => {
    const [name] = Object.keys(options);
    expect(() => bench(at("09:20"), "15m", { options })).toThrow(name!);
  });
});
