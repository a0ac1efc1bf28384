/** Why a row has no value of use. */
export const MISSING = 1;
/** An instant that is no whole millisecond. */
export const FRACTION = 2;
/** A whole number that no double holds exactly. */
export const INEXACT = 3;

/** Values of one column as doubles, and where there are none, why. */
export class ColumnValues {
  readonly values: Float64Array;
  /** A code for each row, 0 where nothing is wrong; undefined where nothing is wrong anywhere. */
  problems: Uint8Array | undefined;

  constructor(length: number) {
    this.values = new Float64Array(length);
  }

  /** Notes why there is no value; the value itself becomes NaN. */
  reject(index: number, problem: number): void {
    this.problems ??= new Uint8Array(this.values.length);
    this.problems[index] = problem;
    this.values[index] = Number.NaN;
  }

  /** Takes a value of a dictionary, or what is wrong with it. */
  take(index: number, dictionary: ColumnValues, key: number): void {
    this.values[index] = dictionary.values[key]!;
    const problem = dictionary.problems?.[key] ?? 0;
    if (problem !== 0) this.reject(index, problem);
  }

  /**
   * Spreads values that stand close together from `start` on, over the rows that have one; `has`
   * says which do.
   */
  spread(start: number, has: Int32Array, count: number): void {
    let from = start + count - 1;
    for (let index = has.length - 1; index >= 0; index -= 1) {
      const to = start + index;
      if (has[index] === 0) {
        this.reject(to, MISSING);
        continue;
      }
      this.values[to] = this.values[from]!;
      if (this.problems !== undefined) this.problems[to] = this.problems[from]!;
      from -= 1;
    }
  }
}
