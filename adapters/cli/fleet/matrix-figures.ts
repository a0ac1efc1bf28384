import type { RunEnd, SeedResult } from "./seed-result.ts";

/** A cell of a matrix: what became of its runs. */
export type CellFigures = Readonly<Record<RunEnd, number>>;

const NONE: CellFigures = { absorbed: 0, corrected: 0, declared: 0, refused: 0, failed: 0 };

/** What became of the cells of a matrix. */
export class MatrixFigures {
  readonly #cells = new Map<string, CellFigures>();

  /** @param result of a run whose fault is fixed. */
  add({ fault, phase, end }: SeedResult): void {
    for (const key of [keyOf(fault!, phase!), keyOf(fault!)]) {
      const before = this.#cells.get(key) ?? NONE;
      this.#cells.set(key, { ...before, [end]: before[end] + 1 });
    }
  }

  /** Of faults in a phase, or in all phases. */
  cell(faults: string, phase?: string): CellFigures {
    return this.#cells.get(keyOf(faults, phase)) ?? NONE;
  }

  /** Every cell that has had a run. */
  toJSON(): readonly object[] {
    return [...this.#cells].flatMap(([key, figures]) => {
      const [fault, phase] = key.split(" in ");
      return phase === undefined ? [] : [{ faults: fault!.split(","), phase, ...figures }];
    });
  }
}

function keyOf(faults: string, phase?: string): string {
  return phase === undefined ? faults : `${faults} in ${phase}`;
}
