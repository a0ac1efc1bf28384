import type { BarSize } from "../../core/time/bar-size.ts";
import { fail } from "../../core/time/failure.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import type { Zone } from "../../core/time/zone.ts";
import { ColumnFinder, USUAL_NAMES } from "../rows/column-names.ts";
import type { ValueColumns } from "../rows/row-bar.ts";
import { WRITER } from "./bar-schema.ts";
import { describeType, numberFormOf, type TimeKind, timeTypeOf } from "./column-types.ts";
import type { FlatColumn, Footer } from "./footer.ts";
import type { ParquetDialect } from "./parquet-options.ts";
import type { ValueForm } from "./value-form.ts";

/** A column that is read, and how. */
export interface ReadColumn {
  readonly column: FlatColumn;
  readonly form: ValueForm;
}

/** Where a bar's fields stand among the columns, as indexes from 0; -1 for none. */
export interface ParquetColumnIndexes extends ValueColumns {
  readonly time: number;
  readonly closeTime: number;
}

/** Everything one must know to read the rows of a file. */
export interface ParquetLayout {
  readonly footer: Footer;
  readonly columns: ParquetColumnIndexes;
  readonly timeKind: TimeKind;
  readonly label: "open" | "close";
  /** Whether the closes are what Barline itself wrote, to the millisecond. */
  readonly hasExactCloses: boolean;
  /** How to read each of the columns, by its index. */
  readonly read: ReadonlyMap<number, ReadColumn>;
  /** Columns that hold numbers of 32 bits, with some 7 digits. */
  readonly singlePrecision: readonly string[];
}

/** What pandas calls an index without a name. */
const PANDAS_INDEX = ["indexlevel0", "index"];

/** Works the layout out from the footer and what was stated. */
export function resolveLayout(footer: Footer, dialect: ParquetDialect): ParquetLayout {
  const finder = new ColumnFinder({
    names: footer.names,
    where: footer.file,
    placeOf: (column) => placeOf(footer, column),
  });
  const stated = dialect.columns ?? {};
  const { time, label } = findTime(finder, stated.time);
  const values = finder.values(stated, dialect.volume);
  const { column, kind, form } = requireTime(footer, time, dialect);
  const read = new Map<number, ReadColumn>([[time, { column, form }]]);
  const isByOpen = label === "open" && dialect.label !== "close" && dialect.closeTime !== "ignored";
  const closes = isByOpen ? findCloses(finder, footer, dialect, kind) : undefined;
  const closeTime = closes === undefined ? -1 : footer.columns.indexOf(closes.column);
  if (closes !== undefined && closeTime !== time) read.set(closeTime, closes);
  for (const index of Object.values(values)) {
    if (index >= 0) read.set(index, requireNumber(footer, index));
  }
  const isSingle = (index: number) => footer.columns[index]?.element.type === "FLOAT";
  return {
    footer,
    columns: { time, closeTime: closeTime === time ? -1 : closeTime, ...values },
    timeKind: kind,
    label: dialect.label ?? label,
    hasExactCloses: footer.createdBy === WRITER,
    read,
    singlePrecision: Object.values(values)
      .filter(isSingle)
      .map((index) => footer.names[index]!),
  };
}

/** `bars.parquet, row 12, column close`: the row counted from 1; without one, the column alone. */
export function placeOf({ file, names }: Footer, column: number, row?: number): string {
  const name = names[column];
  const rowPart = row === undefined ? "" : `, row ${row}`;
  return `${file}${rowPart}${name === undefined ? "" : `, column ${name}`}`;
}

/** Throws where the times are wall times and no zone says on whose wall. */
export function requireZone(layout: ParquetLayout, zone: Zone | undefined): void {
  if (layout.timeKind !== "local" || zone !== undefined) return;
  fail("zone-needed", "its timestamps do not say that they are in UTC", {
    where: placeOf(layout.footer, layout.columns.time),
    cure: "state the time zone of the file, such as America/New_York or UTC (zone, --zone)",
  });
}

/** Throws where bars shorter than a day have nothing but dates. */
export function requireTimeOfDay(layout: ParquetLayout, size: BarSize): void {
  if (layout.timeKind !== "date" || size.ms === DAY_MS) return;
  fail("time-of-day-needed", `it holds dates, and the bars are of ${size.label}`, {
    where: placeOf(layout.footer, layout.columns.time),
    cure: "read them as 1d bars, or write timestamps with the time of day",
  });
}

function findTime(
  finder: ColumnFinder,
  stated: string | undefined,
): { time: number; label: "open" | "close" } {
  if (stated !== undefined) return { time: finder.require("time", stated, []), label: "open" };
  for (const names of [USUAL_NAMES.stamp, USUAL_NAMES.date, USUAL_NAMES.time, PANDAS_INDEX]) {
    const time = finder.find(names);
    if (time >= 0) return { time, label: "open" };
  }
  const time = finder.find(USUAL_NAMES.closeStamp);
  if (time >= 0) return { time, label: "close" };
  return finder.missing("time", 'named like "time"');
}

/** The column of the times at which bars close, of the same kind as that at which they open. */
function findCloses(
  finder: ColumnFinder,
  footer: Footer,
  dialect: ParquetDialect,
  kind: TimeKind,
): ReadColumn | undefined {
  const stated = dialect.columns?.closeTime;
  if (stated === undefined) {
    const column = footer.columns[finder.find(USUAL_NAMES.closeStamp)];
    const type = column === undefined ? undefined : timeTypeOf(column.element, dialect.timeForm);
    // One that only has the name is none of ours to understand.
    if (column === undefined || typeof type !== "object" || type.kind !== kind) return undefined;
    return { column, form: type.form };
  }
  const index = finder.require("close time", stated, []);
  const closes = requireTime(footer, index, dialect);
  if (closes.kind === kind) return closes;
  return fail("unsupported-type", "it is a time of another type than that of the opening", {
    where: placeOf(footer, index),
    cure: 'write both in one type, or leave it out (closeTime: "ignored")',
  });
}

function requireFlat(footer: Footer, index: number): FlatColumn {
  const column = footer.columns[index];
  if (column !== undefined) return column;
  return fail("unsupported-type", "it holds lists or records", {
    where: placeOf(footer, index),
    cure: "write one value a row",
  });
}

function requireTime(
  footer: Footer,
  index: number,
  dialect: ParquetDialect,
): ReadColumn & { readonly kind: TimeKind } {
  const column = requireFlat(footer, index);
  const where = placeOf(footer, index);
  const type = timeTypeOf(column.element, dialect.timeForm);
  if (type === "contradiction") {
    return fail("corrupt-parquet", "its types contradict each other", {
      where,
      cure: "fetch the file or write it again",
    });
  }
  if (type === "text") {
    return fail("text-column", "its times are text", {
      where,
      cure: "write them as timestamps (in pandas: pandas.to_datetime)",
    });
  }
  if (type === "number") {
    return fail("unknown-time-form", `it holds numbers (${describeType(column.element)})`, {
      where,
      cure: "write timestamps, or state what they count (timeForm, --time-form)",
    });
  }
  if (type === undefined) {
    return fail("unsupported-type", `it holds no times (${describeType(column.element)})`, {
      where,
      cure: "write timestamps, or name the column that has them (columns, --column)",
    });
  }
  return { column, ...type };
}

function requireNumber(footer: Footer, index: number): ReadColumn {
  const column = requireFlat(footer, index);
  const form = numberFormOf(column.element);
  if (typeof form === "object") return { column, form };
  const isText = form === "text";
  const what = isText ? "text" : `no numbers (${describeType(column.element)})`;
  return fail(isText ? "text-column" : "unsupported-type", `it holds ${what}`, {
    where: placeOf(footer, index),
    cure: 'write it as numbers (in pandas: astype("float64"))',
  });
}
