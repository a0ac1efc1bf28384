import type { BarSize } from "../../core/time/bar-size.ts";
import { fail } from "../../core/time/failure.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import type { Zone } from "../../core/time/zone.ts";
import type { ValueColumns } from "../rows/row-bar.ts";
import type { CsvDialect, CsvTimeForm } from "./csv-options.ts";
import { findColumns } from "./header.ts";
import { commonTimeForm } from "./time-form.ts";

/** Where a bar's fields stand in a row, as indexes from 0. */
export interface CsvColumnIndexes extends ValueColumns {
  /** The time, or the date where `timeOfDay` is not -1. */
  readonly time: number;
  /** -1 where the time is in one column. */
  readonly timeOfDay: number;
}

/** Everything one must know to read the rows of a file. */
export interface CsvLayout {
  readonly file: string;
  /** The names of the header, blanks around them removed. */
  readonly header: readonly string[];
  readonly columns: CsvColumnIndexes;
  readonly timeForm: CsvTimeForm;
  readonly label: "open" | "close";
  /** The first row's time, for messages about all of them. */
  readonly firstTime: { readonly text: string; readonly where: string };
}

/** `bars.csv:12:5 (close)`: line and column counted from 1. */
export function placeOf(
  layout: Pick<CsvLayout, "file" | "header">,
  line: number,
  column: number,
): string {
  const name = layout.header[column];
  return `${layout.file}:${line}:${column + 1}${name === undefined ? "" : ` (${name})`}`;
}

/** The text of a row's time: one field, or date and time of day with a space between them. */
export function timeTextOf(columns: CsvColumnIndexes, row: readonly string[]): string {
  const time = row[columns.time] ?? "";
  return columns.timeOfDay < 0 ? time : `${time.trim()} ${(row[columns.timeOfDay] ?? "").trim()}`;
}

/** Works the layout out from the header, some rows of the beginning, and what was stated. */
export function resolveLayout(
  file: string,
  headerRow: readonly string[],
  headerLine: number,
  sample: readonly { readonly row: readonly string[]; readonly line: number }[],
  dialect: CsvDialect,
): CsvLayout {
  const header = headerRow.map((name) => name.trim());
  const { columns, label } = findColumns(file, header, headerLine, dialect);
  const first = sample[0];
  if (first === undefined) {
    return fail("no-rows", "the file has a header and no rows", {
      where: file,
      cure: "it needs one line a bar after the header",
    });
  }
  const texts = sample.map(({ row }) => timeTextOf(columns, row).trim());
  const timeForm = dialect.timeForm ?? commonTimeForm(texts);
  const firstTime = {
    text: texts[0]!.slice(0, 40),
    where: placeOf({ file, header }, first.line, columns.time),
  };
  if (timeForm === undefined) {
    return fail("unknown-time-form", `"${firstTime.text}" is in no known form of time`, {
      where: firstTime.where,
      cure: "write ISO 8601 such as 2024-01-31T14:30:00Z, or state it (timeForm, --time-form)",
    });
  }
  return { file, header, columns, timeForm, label: dialect.label ?? label, firstTime };
}

/** Throws where the times are wall times and no zone says on whose wall. */
export function requireZone({ timeForm, firstTime }: CsvLayout, zone: Zone | undefined): void {
  if (timeForm !== "local" || zone !== undefined) return;
  fail("zone-needed", `the time "${firstTime.text}" states no offset from UTC`, {
    where: firstTime.where,
    cure: "state the time zone of the file, such as America/New_York or UTC (zone, --zone)",
  });
}

/** Throws where bars shorter than a day have nothing but dates. */
export function requireTimeOfDay({ timeForm, firstTime }: CsvLayout, size: BarSize): void {
  if (timeForm !== "date" || size.ms === DAY_MS) return;
  fail("time-of-day-needed", `"${firstTime.text}" is a date, and the bars are of ${size.label}`, {
    where: firstTime.where,
    cure: "read them as 1d bars, or name the column of the time of day (columns, --column)",
  });
}
