import type { SchemaElement } from "hyparquet-writer";
import type { BarColumns } from "../../core/market/bar-columns.ts";

/** The columns of a file that Barline writes, in this order. */
export const BAR_COLUMNS = [
  { name: "open_time", isTime: true, of: (bars: BarColumns) => bars.openTime },
  { name: "close_time", isTime: true, of: (bars: BarColumns) => bars.closeTime },
  { name: "open", isTime: false, of: (bars: BarColumns) => bars.open },
  { name: "high", isTime: false, of: (bars: BarColumns) => bars.high },
  { name: "low", isTime: false, of: (bars: BarColumns) => bars.low },
  { name: "close", isTime: false, of: (bars: BarColumns) => bars.close },
  { name: "volume", isTime: false, of: (bars: BarColumns) => bars.volume },
] as const;

/** Times lie within this many milliseconds of 1970, which is as far as dates reach. */
export const MAX_INSTANT = 8_640_000_000_000_000;

/** What wrote a file, as its footer says. */
export const WRITER = "barline";

/** Keys of what the footer says of the bars: their series, and its bar size. */
export const SERIES_KEY = "barline.series";
export const SIZE_KEY = "barline.size";

/** Nothing is ever missing, and a time is an instant in UTC. */
export const BAR_SCHEMA: readonly SchemaElement[] = [
  { name: "bars", num_children: BAR_COLUMNS.length },
  ...BAR_COLUMNS.map(
    ({ name, isTime }): SchemaElement => ({
      name,
      repetition_type: "REQUIRED",
      ...(isTime
        ? {
            type: "INT64",
            converted_type: "TIMESTAMP_MILLIS",
            logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
          }
        : { type: "DOUBLE" }),
    }),
  ),
];
