import { describe, expect, it } from "vitest";
import {
  DEFAULT_SEQUENCER_OPTIONS,
  type SequencerOptions,
  sequencerOptions,
} from "../../../../core/feed/seam/sequencer-options.ts";

// Goal: what makes no sense is refused by name, with a cure, before anything runs.
describe("sequencerOptions", () => {
  it("fills in the documented defaults", () => {
    expect(sequencerOptions()).toEqual(DEFAULT_SEQUENCER_OPTIONS);
    expect(sequencerOptions({ graceMs: 5 })).toEqual({ ...DEFAULT_SEQUENCER_OPTIONS, graceMs: 5 });
    expect(DEFAULT_SEQUENCER_OPTIONS).toEqual({
      impliedFinals: false,
      graceMs: 3_000,
      quietMs: 30_000,
      staleMs: 15_000,
      futureMs: 300_000,
      rememberedBars: 4_096,
      heldBars: 65_536,
    });
  });

  it("takes every least value", () => {
    const least = {
      graceMs: 0,
      quietMs: 0,
      staleMs: 0,
      futureMs: 0,
      rememberedBars: 1,
      heldBars: 1,
    };
    expect(sequencerOptions(least)).toEqual({ impliedFinals: false, ...least });
  });

  const refused: [Partial<SequencerOptions>, string][] = [
    [{ graceMs: -1 }, "graceMs is -1; give a whole number of at least 0"],
    [{ quietMs: -1 }, "quietMs is -1; give a whole number of at least 0"],
    [{ staleMs: 2_999 }, "staleMs is 2999; give a whole number of at least 3000"],
    [{ futureMs: 1.5 }, "futureMs is 1.5; give a whole number of at least 0"],
    [{ rememberedBars: 0 }, "rememberedBars is 0; give a whole number of at least 1"],
    [{ heldBars: Number.NaN }, "heldBars is NaN; give a whole number of at least 1"],
  ];
  it.each(refused)("refuses %j", (options, message) => {
    expect(() => sequencerOptions(options)).toThrow(message);
  });
});
