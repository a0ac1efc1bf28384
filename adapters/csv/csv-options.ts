import type { Zone } from "../../core/time/zone.ts";
import type { ValueColumnNames } from "../rows/column-names.ts";
import type { RowOptions } from "../rows/row-options.ts";

/**
 * How a file writes its times. `iso`: date and time with `Z` or an offset. `local`: date and time
 * without one (a zone must be stated). `date`: a date alone, the trading day of a daily bar. The
 * date is `yyyy-mm-dd` (`/` and `.` also) or `yyyymmdd`; the time `hh:mm`, `hh:mm:ss`,
 * `hh:mm:ss.fff`, `hhmm` or `hhmmss`; between them stands `T`, spaces, or `-` after `yyyymmdd`.
 */
export type CsvTimeForm = "iso" | "local" | "date" | "epoch-seconds" | "epoch-milliseconds";

/** The header's names for what a bar needs, compared without regard to case. */
export interface CsvColumnNames extends ValueColumnNames {
  /** The whole time, or the time of day where `date` is given too. */
  readonly time?: string;
  readonly date?: string;
}

/** How the text of a file is to be understood. All of it can be left to detection but the zone. */
export interface CsvDialect {
  /** Names that differ from the usual ones. Default: detected from the header. */
  readonly columns?: CsvColumnNames;
  /** Default: the one of comma, semicolon, tab and bar that the header has most of. */
  readonly delimiter?: "," | ";" | "\t" | "|";
  /** Default: the form that most of the first rows have. */
  readonly timeForm?: CsvTimeForm;
  /** The zone of `local` times, and of the midnights of `date` without a grid (default UTC). */
  readonly zone?: Zone;
  /** Which end of its bar a time names. Default: `open`, but `close` for a column `close_time`. */
  readonly label?: "open" | "close";
  /** `none`: the file has no volume and every bar gets 0. Default: `required`. */
  readonly volume?: "required" | "none";
}

/** What the bars of a file are, and how its text is to be understood. */
export interface CsvOptions extends CsvDialect, RowOptions {}
