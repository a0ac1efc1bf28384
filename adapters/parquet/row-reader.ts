import type { BarSize } from "../../core/time/bar-size.ts";
import { DAY_MS, formatInstant, SECOND_MS } from "../../core/time/instant.ts";
import { BarPlacement } from "../rows/bar-placement.ts";
import { clearBar, impossibility, type RowBar, type RowFault } from "../rows/row-bar.ts";
import { MAX_INSTANT } from "./bar-schema.ts";
import { type ColumnValues, FRACTION, INEXACT, MISSING } from "./column-values.ts";
import type { ParquetColumnIndexes, ParquetLayout } from "./parquet-layout.ts";
import type { ParquetOptions } from "./parquet-options.ts";
import { RowTimes } from "./row-times.ts";

/** The columns of a bar in one row group. */
export type GroupValues = Readonly<Record<keyof ParquetColumnIndexes, ColumnValues | undefined>>;

const WHY: Readonly<Record<number, string>> = {
  [MISSING]: "the value is missing (null)",
  [FRACTION]: "the time is no whole millisecond",
  [INEXACT]: "the number is too large to be held exactly",
};

/** Reads single rows and checks all that one row can show; their order is for `BarRows`. */
export class RowReader {
  readonly #layout: ParquetLayout;
  readonly #options: ParquetOptions;
  readonly #times: RowTimes;
  readonly #closes: RowTimes;
  readonly #placement: BarPlacement;

  constructor(layout: ParquetLayout, options: ParquetOptions) {
    const { series, grid, zone } = options;
    const needsDay = grid !== undefined && series.size.ms === DAY_MS;
    this.#layout = layout;
    this.#options = options;
    this.#times = new RowTimes(layout.timeKind, zone, needsDay);
    this.#closes = new RowTimes(layout.timeKind, zone, false);
    this.#placement = new BarPlacement(series.size, grid, zone, layout.label);
  }

  /** Fills `bar` from a row of a group, counted from 0; fields that could not be read are NaN. */
  read(group: GroupValues, row: number, bar: RowBar): RowFault | undefined {
    clearBar(bar);
    const { allowsNegativePrice } = this.#options.series.instrument;
    return (
      this.#readTime(group, row, bar) ??
      this.#readClose(group, row, bar) ??
      this.#readValues(group, row, bar) ??
      impossibility(bar, this.#layout.columns, allowsNegativePrice)
    );
  }

  #readTime({ time }: GroupValues, row: number, bar: RowBar): RowFault | undefined {
    const column = this.#layout.columns.time;
    const fault = this.#takeTime(this.#times, time!, row, column);
    if (fault !== undefined) return fault;
    if (!this.#placement.place(this.#times)) {
      return { kind: "off-grid", column, problem: this.#placement.explain(this.#times) };
    }
    bar.openTime = this.#placement.openTime;
    bar.closeTime = this.#placement.closeTime;
    return undefined;
  }

  /** Takes the close that the file states, where it does. */
  #readClose({ closeTime }: GroupValues, row: number, bar: RowBar): RowFault | undefined {
    if (closeTime === undefined) return undefined;
    const column = this.#layout.columns.closeTime;
    const fault = this.#takeTime(this.#closes, closeTime, row, column);
    if (fault !== undefined) return fault;
    const { grid, series } = this.#options;
    const { at } = this.#closes;
    if (at === bar.closeTime || this.#isItsLastMoment(at, bar.closeTime)) return undefined;
    const opened = formatInstant(bar.openTime);
    const closed = `the bar of ${opened} closes at ${formatInstant(at)}`;
    if (grid !== undefined) {
      const expected = formatInstant(bar.closeTime);
      const problem = `${closed}, and on ${grid.calendar.name} at ${expected}`;
      return { kind: "off-grid", column, problem };
    }
    if (at <= bar.openTime || !canLast(at - bar.openTime, series.size)) {
      const problem = `${closed}, which a bar of ${series.size.label} cannot`;
      return { kind: "impossible-bar", column, problem };
    }
    bar.closeTime = at;
    return undefined;
  }

  #takeTime(
    times: RowTimes,
    { values, problems }: ColumnValues,
    row: number,
    column: number,
  ): RowFault | undefined {
    const value = values[row]!;
    const problem = WHY[problems?.[row] ?? 0];
    if (problem !== undefined) return { kind: "time-form", column, problem };
    if (!(Math.abs(value) <= MAX_INSTANT)) {
      return { kind: "time-form", column, problem: "the time is beyond all dates" };
    }
    if (times.take(value)) return undefined;
    const wall = formatInstant(value).slice(0, -1);
    const skipped = `the clocks of ${this.#options.zone?.name} never show ${wall}`;
    return { kind: "skipped-hour", column, problem: skipped };
  }

  /** Some write the last millisecond or second of a bar for its close. */
  #isItsLastMoment(at: number, closeTime: number): boolean {
    if (this.#layout.hasExactCloses) return false;
    return at === closeTime - 1 || at === closeTime - SECOND_MS;
  }

  #readValues(group: GroupValues, row: number, bar: RowBar): RowFault | undefined {
    bar.open = group.open!.values[row]!;
    bar.high = group.high!.values[row]!;
    bar.low = group.low!.values[row]!;
    bar.close = group.close!.values[row]!;
    bar.volume = group.volume === undefined ? 0 : group.volume.values[row]!;
    const value = bar.open + bar.high + bar.low + bar.close + bar.volume;
    // Nearly every row: the sum is a number only where all of them are.
    if (!Number.isNaN(value)) return undefined;
    for (const field of ["open", "high", "low", "close", "volume"] as const) {
      const column = group[field];
      if (column === undefined || !Number.isNaN(column.values[row]!)) continue;
      const problem = WHY[column.problems?.[row] ?? 0] ?? "the value is NaN";
      return { kind: "not-a-number", column: this.#layout.columns[field], problem };
    }
    // Each is a number and only their sum is none: see to it as an impossible bar.
    return undefined;
  }
}

/** Daily bars can be longer than a day: a session can have a holiday inside, and a day 25 hours. */
function canLast(ms: number, size: BarSize): boolean {
  return ms <= (size.ms === DAY_MS ? 7 * DAY_MS : size.ms);
}
