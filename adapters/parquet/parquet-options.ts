import type { Zone } from "../../core/time/zone.ts";
import type { ValueColumnNames } from "../rows/column-names.ts";
import type { RowOptions } from "../rows/row-options.ts";

/** What whole numbers count since 1970 in UTC, where they are times and do not say so. */
export type ParquetTimeForm =
  | "epoch-seconds"
  | "epoch-milliseconds"
  | "epoch-microseconds"
  | "epoch-nanoseconds";

/** The names of the columns of a bar, compared without regard to case. */
export interface ParquetColumnNames extends ValueColumnNames {
  readonly time?: string;
  /** The time at which the bar closes, where `time` is that at which it opens. */
  readonly closeTime?: string;
}

/** How the columns of a file are to be understood. Most of it is found from their types. */
export interface ParquetDialect {
  /** Names that differ from the usual ones. Default: detected. */
  readonly columns?: ParquetColumnNames;
  /** What a column of whole numbers counts. Required for those, and without effect on others. */
  readonly timeForm?: ParquetTimeForm;
  /**
   * The zone of timestamps that are not in UTC. Of those that are, and of dates, the one whose
   * midnights begin a day. Default: UTC for the second, none for the first.
   */
  readonly zone?: Zone;
  /** Which end of its bar a time names. Default: `open`, but `close` for a column `close_time`. */
  readonly label?: "open" | "close";
  /** `none`: the file has no volume and every bar gets 0. Default: `required`. */
  readonly volume?: "required" | "none";
  /** `ignored`: what the file says of the closes of bars does not count. Default: `used`. */
  readonly closeTime?: "used" | "ignored";
}

/** What the bars of a file are, and how its columns are to be understood. */
export interface ParquetOptions extends ParquetDialect, RowOptions {}
