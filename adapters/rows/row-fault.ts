/** What can be wrong with one row, while the file around it can still be read. */
export type RowFaultKind =
  /** Another number of fields than the header has; only text can have it. */
  | "field-count"
  /** The time is missing, not of the file's form, or no whole millisecond. */
  | "time-form"
  /** A wall time that the zone skips when its clocks go forward. */
  | "skipped-hour"
  /** Missing, NaN, or no number that a double can be where one belongs. */
  | "not-a-number"
  /** -1 in the place of a value that does not exist. */
  | "sentinel"
  /** Zero or below, for an instrument that does not allow it. */
  | "price-not-positive"
  /** High below low, open or close outside them, a negative volume. */
  | "impossible-bar"
  /** Earlier than the row before. */
  | "unsorted"
  /** The same time and the same values again. */
  | "duplicate"
  /** The same time with other values. */
  | "conflict"
  /** It begins before the bar before it has closed. */
  | "overlap"
  /** No bar of the calendar begins (or, by label, ends) there. */
  | "off-grid";

export const ROW_FAULT_KINDS: readonly RowFaultKind[] = [
  "field-count",
  "time-form",
  "skipped-hour",
  "not-a-number",
  "sentinel",
  "price-not-positive",
  "impossible-bar",
  "unsorted",
  "duplicate",
  "conflict",
  "overlap",
  "off-grid",
];

/** What to do with a faulty row: end with an error, or leave it out and count it. */
export type RowFaultPolicy = "fail" | "skip";

/** Rows that were left out for one kind of fault. */
export interface RowFaultCount {
  readonly kind: RowFaultKind;
  readonly count: number;
  /** Messages of the first rows concerned, at most five, each with its place. */
  readonly examples: readonly string[];
}

/** What reading a file came to. */
export interface RowReport {
  /** Data rows seen; blank lines and the header do not count. */
  readonly rows: number;
  /** Bars that came of them. */
  readonly bars: number;
  /** Rows left out because the policy says so. */
  readonly skipped: number;
  /** The kinds that occurred, in the order of their first occurrence. */
  readonly faults: readonly RowFaultCount[];
}

const EXAMPLES_KEPT = 5;

/** Counts what was left out. */
export class FaultTally {
  readonly #counts = new Map<RowFaultKind, { count: number; examples: string[] }>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  get counts(): readonly RowFaultCount[] {
    return [...this.#counts].map(([kind, { count, examples }]) => ({ kind, count, examples }));
  }

  add(kind: RowFaultKind, message: string): void {
    const known = this.#counts.get(kind) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < EXAMPLES_KEPT) known.examples.push(message);
    this.#counts.set(kind, known);
    this.#total += 1;
  }

  /** One line for a person: `3 rows left out: 2 not-a-number, 1 unsorted; first: ...`. */
  summary(): string {
    const parts = this.counts.map(({ kind, count }) => `${count} ${kind}`);
    const rows = this.#total === 1 ? "row" : "rows";
    const first = this.counts[0]?.examples[0];
    return `${this.#total} ${rows} left out: ${parts.join(", ")}; first: ${first}`;
  }
}
