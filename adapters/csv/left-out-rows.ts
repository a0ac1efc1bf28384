import type { CsvFaultKind } from "./csv-fault.ts";

/** The rows that were left out in one place of a file. */
export class LeftOutRows {
  readonly #counts = new Map<CsvFaultKind, number>();
  #total = 0;
  #firstLine = 0;
  #lastLine = 0;

  add(kind: CsvFaultKind, line: number): void {
    if (this.#total === 0) this.#firstLine = line;
    this.#lastLine = line;
    this.#total += 1;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Such as `1 row left out: sentinel in line 7`, `2 rows left out: 2 sentinel in lines 7-9`. */
  describe(): string {
    const kinds = [...this.#counts];
    if (this.#total === 1) return `1 row left out: ${kinds[0]![0]} in line ${this.#firstLine}`;
    const parts = kinds.map(([kind, count]) => `${count} ${kind}`).join(", ");
    return `${this.#total} rows left out: ${parts} in lines ${this.#firstLine}-${this.#lastLine}`;
  }
}
