import { BarPlacement } from "../rows/bar-placement.ts";
import { clearBar, impossibility, type RowBar, type RowFault } from "../rows/row-bar.ts";
import { type CsvLayout, timeTextOf } from "./csv-layout.ts";
import type { CsvOptions } from "./csv-options.ts";
import { parseDecimal } from "./number-text.ts";
import { StampReader } from "./stamp-reader.ts";

/** Reads single rows and checks all that one row can show; their order is for `BarRows`. */
export class RowReader {
  readonly #layout: CsvLayout;
  readonly #options: CsvOptions;
  readonly #stamp: StampReader;
  readonly #placement: BarPlacement;

  constructor(layout: CsvLayout, options: CsvOptions) {
    const { series, grid, zone } = options;
    this.#layout = layout;
    this.#options = options;
    this.#stamp = new StampReader(layout.timeForm, zone);
    this.#placement = new BarPlacement(series.size, grid, zone, layout.label);
  }

  /** Fills `bar` from a row; fields that could not be read are NaN. */
  read(row: readonly string[], bar: RowBar): RowFault | undefined {
    const { length } = this.#layout.header;
    clearBar(bar);
    if (row.length !== length) {
      const problem = `the row has ${row.length} fields, the header has ${length}`;
      return { kind: "field-count", column: Math.min(row.length, length), problem };
    }
    const { columns } = this.#layout;
    const { allowsNegativePrice } = this.#options.series.instrument;
    return (
      this.#readTime(row, bar) ??
      this.#readValues(row, bar) ??
      impossibility(bar, columns, allowsNegativePrice)
    );
  }

  #readTime(row: readonly string[], bar: RowBar): RowFault | undefined {
    const { columns, timeForm } = this.#layout;
    const column = columns.time;
    const text = timeTextOf(columns, row);
    const kind = this.#stamp.read(text);
    if (kind !== undefined) {
      const shown = clip(text);
      const zone = this.#options.zone?.name;
      const problem =
        kind === "skipped-hour"
          ? `the clocks of ${zone} never show "${shown}"`
          : `"${shown}" is not a time of the form ${timeForm}`;
      return { kind, column, problem };
    }
    if (!this.#placement.place(this.#stamp)) {
      return { kind: "off-grid", column, problem: this.#placement.explain(this.#stamp) };
    }
    bar.openTime = this.#placement.openTime;
    bar.closeTime = this.#placement.closeTime;
    return undefined;
  }

  #readValues(row: readonly string[], bar: RowBar): RowFault | undefined {
    const { open, high, low, close, volume } = this.#layout.columns;
    bar.open = parseDecimal(row[open]!);
    bar.high = parseDecimal(row[high]!);
    bar.low = parseDecimal(row[low]!);
    bar.close = parseDecimal(row[close]!);
    bar.volume = volume < 0 ? 0 : parseDecimal(row[volume]!);
    const value = bar.open + bar.high + bar.low + bar.close + bar.volume;
    // Nearly every row: the sum of what could be read is a number only where all could be.
    if (!Number.isNaN(value)) return undefined;
    for (const column of [open, high, low, close, volume]) {
      if (column < 0 || !Number.isNaN(parseDecimal(row[column]!))) continue;
      const text = clip(row[column]!);
      const problem = text === "" ? "the field is empty" : `"${text}" is not a number`;
      return { kind: "not-a-number", column, problem };
    }
    // Each could be read and only their sum could not: see to it as an impossible bar.
    return undefined;
  }
}

/** Enough of a field to recognize it, on one line. */
function clip(text: string): string {
  const flat = text.trim().replace(/\s+/g, " ");
  return flat.length > 40 ? `${flat.slice(0, 40)}...` : flat;
}
