import type { RowFaultKind } from "./row-fault.ts";

/** What the rows of a file are counted by. */
export type RowUnit = "line" | "row";

/** The rows that were left out in one place of a file. */
export class LeftOutRows {
  readonly #unit: RowUnit;
  readonly #counts = new Map<RowFaultKind, number>();
  #total = 0;
  #first = 0;
  #last = 0;

  constructor(unit: RowUnit) {
    this.#unit = unit;
  }

  add(kind: RowFaultKind, number: number): void {
    if (this.#total === 0) this.#first = number;
    this.#last = number;
    this.#total += 1;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Such as `1 row left out: sentinel in line 7`, `2 rows left out: 2 sentinel in lines 7-9`. */
  describe(): string {
    const kinds = [...this.#counts];
    const unit = this.#unit;
    if (this.#total === 1) return `1 row left out: ${kinds[0]![0]} in ${unit} ${this.#first}`;
    const parts = kinds.map(([kind, count]) => `${count} ${kind}`).join(", ");
    return `${this.#total} rows left out: ${parts} in ${unit}s ${this.#first}-${this.#last}`;
  }
}
