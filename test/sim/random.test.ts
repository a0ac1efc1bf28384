import { describe, expect, it } from "vitest";
import { Random } from "../../sim/random.ts";

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.unit());

// Goal: same seed and name, same numbers; whatever one stream draws, no other notices.
describe("Random", () => {
  it("repeats itself for one seed and name, and not for others", () => {
    const first = draw(new Random(7, "a"), 50);
    expect(draw(new Random(7, "a"), 50)).toEqual(first);
    for (const other of [new Random(8, "a"), new Random(7, "b"), new Random(7)]) {
      expect(draw(other, 50)).not.toEqual(first);
    }
  });

  it("draws the same numbers on every machine and version", () => {
    expect(draw(new Random(1, "gateway"), 3)).toEqual([
      0.9214137732051313, 0.9207426756620407, 0.03728543873876333,
    ]);
  });

  it("has sub-streams that depend on seed and names alone", () => {
    const used = new Random(7, "a");
    draw(used, 100);
    expect(draw(used.stream("x"), 20)).toEqual(draw(new Random(7, "a").stream("x"), 20));
    expect(draw(used.stream("x"), 20)).not.toEqual(draw(used.stream("y"), 20));
  });

  it("draws units in [0, 1) that fill it evenly", () => {
    const counts = new Array<number>(10).fill(0);
    for (const unit of draw(new Random(3, "even"), 10_000)) counts[Math.floor(unit * 10)]! += 1;
    expect(counts).toHaveLength(10);
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it("draws whole numbers with both ends, and one number where they are equal", () => {
    const random = new Random(5, "integer");
    const drawn = new Set(Array.from({ length: 300 }, () => random.integer(-1, 2)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
    expect(random.integer(4, 4)).toBe(4);
  });

  it("takes a chance never at 0, always at 1, and about as often as it says", () => {
    const random = new Random(5, "chance");
    const taken = (probability: number): number =>
      Array.from({ length: 1_000 }, () => random.chance(probability)).filter(Boolean).length;
    expect([taken(0), taken(1)]).toEqual([0, 1_000]);
    expect(Math.abs(taken(0.2) - 200)).toBeLessThan(60);
  });
});
