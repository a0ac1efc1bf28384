import { BarlineError } from "../../core/time/failure.ts";
import { type CsvLayout, resolveLayout } from "./csv-layout.ts";
import type { CsvDialect } from "./csv-options.ts";
import type { RecordListener } from "./record-parser.ts";

interface NumberedRow {
  readonly row: string[];
  readonly line: number;
}

/** Rows to look at before the layout is settled; the first block of a file has more. */
const SAMPLE_ROWS = 200;

/**
 * Holds the first rows of a file back until they have shown its layout, then passes them and all
 * others on. Blank lines are passed over.
 */
export class LayoutFinder {
  /** What keeps the file from being understood, if something does. */
  failure: BarlineError | undefined;
  readonly #file: string;
  readonly #dialect: CsvDialect;
  readonly #found: (layout: CsvLayout) => RecordListener;
  #header: NumberedRow | undefined;
  #sample: NumberedRow[] = [];
  #listener: RecordListener | undefined;

  /** @param found is told the layout before any row, and gives the listener for the rows. */
  constructor(file: string, dialect: CsvDialect, found: (layout: CsvLayout) => RecordListener) {
    this.#file = file;
    this.#dialect = dialect;
    this.#found = found;
  }

  /** Takes the next record; false when no more is wanted. */
  readonly take: RecordListener = (row, line) => {
    if (row.length === 1 && row[0]!.trim() === "") return true;
    if (this.#listener !== undefined) return this.#listener(row, line);
    if (this.#header === undefined) {
      this.#header = { row, line };
      return true;
    }
    this.#sample.push({ row, line });
    return this.#sample.length < SAMPLE_ROWS || this.#settle();
  };

  /** Whether there was anything after the header. */
  get hasRows(): boolean {
    return this.#listener !== undefined || this.#sample.length > 0;
  }

  /** Settles the layout with the rows there are, when the file has ended before it was. */
  finish(): void {
    if (this.#listener !== undefined || this.failure !== undefined) return;
    if (this.#header !== undefined) this.#settle();
    else {
      this.failure = new BarlineError("empty-file", "the file is empty", {
        where: this.#file,
        cure: "it needs a header line and one line a bar",
      });
    }
  }

  #settle(): boolean {
    try {
      const { row, line } = this.#header!;
      const layout = resolveLayout(this.#file, row, line, this.#sample, this.#dialect);
      this.#listener = this.#found(layout);
    } catch (error) {
      // Not thrown here, inside the parser's own call, but kept for whoever reads the file.
      if (!(error instanceof BarlineError)) throw error;
      this.failure = error;
      return false;
    }
    const listener = this.#listener;
    const sample = this.#sample;
    this.#sample = [];
    return sample.every(({ row, line }) => listener(row, line));
  }
}
