import { describe, expect, it } from "vitest";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { series } from "../../../core/market/series.ts";
import { Tape } from "../../../sim/ib/tape.ts";
import { Truth } from "../../../sim/index.ts";
import { barAt, changed, STOCK } from "../../support/market.ts";
import { futureTruth } from "./gateway-fixture.ts";

const base = futureTruth("15m", 0, 3);

/** A truth of three bars, the first of which closes where it is told to. */
function tapeOf(close: "low" | "high"): Tape {
  const [first, second, third] = [0, 1, 2].map((index) => barAt(base, index));
  const bars = BarColumns.of([changed(first!, { close: first![close] }), second!, third!]);
  return new Tape(new Truth(series(STOCK, base.grid.size), base.grid, bars, 1), 0.01, 1);
}

// Goal: a correction is another sound bar, and only those who look for it see it.
describe("Tape", () => {
  it.each([
    ["low", 0.01],
    ["high", -0.01],
  ] as const)("corrects a bar that closed at its %s by one step of %d", (at, step) => {
    const tape = tapeOf(at);
    const { openTime, closeTime, high, low, close } = tape.truth.bars.at(0);
    const part = (view: "told" | "corrected") =>
      tape.part(openTime, closeTime, closeTime + 1_000_000, view)!;
    tape.correct(1, closeTime);
    expect(part("told").close).toBe(close);
    expect(part("corrected").close).toBeCloseTo(close + step, 9);
    expect(part("corrected")).toMatchObject({ high, low });
    // The next correction starts from there.
    tape.correct(2, closeTime + 900_000);
    expect(part("corrected").close).toBeCloseTo(at === "low" ? close : close - 0.02, 9);
  });

  it("leaves alone what is not there", () => {
    const tape = tapeOf("low");
    const { openTime } = tape.truth.bars.at(0);
    tape.correct(1, openTime);
    tape.correct(9, openTime + 10_000_000);
    expect(tape.part(openTime, openTime + 900_000, openTime + 900_000, "corrected")).toEqual(
      tape.part(openTime, openTime + 900_000, openTime + 900_000, "told"),
    );
  });
});
