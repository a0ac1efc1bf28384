import { FAULTS, PHASES } from "../../../sim/fleet/index.ts";
import { Random } from "../../../sim/index.ts";
import type { SeedTask } from "./seed-result.ts";

/** Seeds from one to another, both included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What of all that can go wrong is gone through. `singles`: each fault in each phase. `pairs`: each
 * fault after each, in one phase after the other. `triples`: three of them, drawn from the seed.
 */
export const MATRICES = ["singles", "pairs", "triples"] as const;
export type Matrix = (typeof MATRICES)[number];

/** So many seeds there are: integers of 32 bits, from 0 on. */
export const SEEDS = 2 ** 31;

type Cell = Pick<SeedTask, "fault" | "phase">;

/** One cell with every seed. */
export function* seedTasks({ first, last }: SeedRange, cell: Cell): Generator<SeedTask> {
  for (let seed = first; seed <= last; seed += 1) yield { place: seed - first, seed, ...cell };
}

/**
 * Rounds through all cells: whenever it ends, what it has done is even. Each run has a seed of its
 * own, as two cells would else differ in nothing but their faults.
 */
export function* matrixTasks(matrix: Matrix, { first, last }: SeedRange): Generator<SeedTask> {
  let place = 0;
  for (let round = first; round <= last; round += 1) {
    const cells = cellsOf(matrix, round);
    for (const [index, cell] of cells.entries()) {
      yield { place, seed: (round * cells.length + index) % SEEDS, ...cell };
      place += 1;
    }
  }
}

/** How many runs that is. */
export function matrixCount(matrix: Matrix, { first, last }: SeedRange): number {
  return cellsOf(matrix, first).length * (last - first + 1);
}

function cellsOf(matrix: Matrix, round: number): readonly Cell[] {
  const names = FAULTS.map(({ name }) => name);
  switch (matrix) {
    case "singles":
      return names.flatMap((fault) => PHASES.map((phase): Cell => ({ fault, phase })));
    case "pairs":
      return names.flatMap((before, row) =>
        names.map((after, column): Cell => {
          const phase = PHASES[(2 * row + column + round) % PHASES.length]!;
          return { fault: `${before},${after}`, phase };
        }),
      );
    case "triples": {
      const random = new Random(round, "fleet/triple");
      const three = Array.from({ length: 3 }, () => oneOf(random, names));
      return [{ fault: three.join(), phase: oneOf(random, PHASES) }];
    }
  }
}

function oneOf<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(0, from.length - 1)]!;
}
