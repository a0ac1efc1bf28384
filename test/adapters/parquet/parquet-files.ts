import { writeFileSync } from "node:fs";
import type { SchemaElement } from "hyparquet-writer";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { ParquetOptions } from "../../../adapters/parquet/parquet-options.ts";
import { readParquetBars } from "../../../adapters/parquet/read-parquet.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { instant } from "../../../core/time/instant.ts";
import { copyBar } from "../../contracts/recording-sink.ts";

export const QUARTER_MS = 900_000;
export const START = instant("2024-01-02T10:00:00Z");

export const of = (size: string, details = {}): ParquetOptions["series"] =>
  series(instrument("TEST", details), barSize(size));
export const OPTIONS: ParquetOptions = { series: of("15m") };

/** Bars of a quarter of an hour, one after another, with values that tell them apart. */
export function quarters(count: number): Bar[] {
  return Array.from({ length: count }, (_, index) => {
    const openTime = START + index * QUARTER_MS;
    const open = 2 + index / 8;
    const closeTime = openTime + QUARTER_MS;
    return { openTime, closeTime, open, high: open + 1, low: open - 1, close: open, volume: index };
  });
}

/** A column of a file that something else wrote: its type, its values, and how they are encoded. */
export interface Column {
  readonly element: SchemaElement;
  readonly data: ColumnSource["data"];
  readonly encoding?: ColumnSource["encoding"];
}

export const timestamps = (
  values: readonly number[],
  unit: "MILLIS" | "MICROS" | "NANOS" = "MILLIS",
  isAdjustedToUTC = true,
): Column => {
  const factor = { MILLIS: 1n, MICROS: 1_000n, NANOS: 1_000_000n }[unit];
  return {
    element: {
      name: "time",
      type: "INT64",
      repetition_type: "REQUIRED",
      logical_type: { type: "TIMESTAMP", isAdjustedToUTC, unit },
    },
    data: values.map((value) => BigInt(value) * factor),
  };
};

export const doubles = (values: readonly number[]): Column => ({
  element: { name: "value", type: "DOUBLE", repetition_type: "REQUIRED" },
  data: [...values],
});

/** The columns of some bars, as they would be written plainly. */
export function columnsOf(bars: readonly Bar[]): Record<string, Column> {
  return {
    time: timestamps(bars.map((bar) => bar.openTime)),
    open: doubles(bars.map((bar) => bar.open)),
    high: doubles(bars.map((bar) => bar.high)),
    low: doubles(bars.map((bar) => bar.low)),
    close: doubles(bars.map((bar) => bar.close)),
    volume: doubles(bars.map((bar) => bar.volume)),
  };
}

export type WriteSettings = Partial<Omit<Parameters<typeof parquetWriteBuffer>[0], "schema">>;

/** Writes a file as something else would, and gives its path. */
export function writeForeign(
  path: string,
  columns: Readonly<Record<string, Column>>,
  settings: WriteSettings = {},
): string {
  const named = Object.entries(columns);
  const schema: SchemaElement[] = [
    { name: "root", num_children: named.length },
    ...named.map(([name, { element }]) => ({ ...element, name })),
  ];
  const columnData = named.map(
    ([name, { data, encoding }]): ColumnSource => ({
      name,
      data,
      ...(encoding === undefined ? {} : { encoding }),
    }),
  );
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, ...settings, schema })));
  return path;
}

export async function read(file: string, settings: Partial<ParquetOptions> = {}): Promise<Bar[]> {
  const { bars } = await readParquetBars(file, { ...OPTIONS, ...settings });
  return [...bars].map(copyBar);
}

export function typed(element: Partial<SchemaElement>, data: Column["data"]): Column {
  return { element: { name: "", repetition_type: "REQUIRED", ...element }, data };
}
