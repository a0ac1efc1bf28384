import type { Series } from "../../core/market/series.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import { fail } from "../../core/time/failure.ts";
import type { Zone } from "../../core/time/zone.ts";
import { CSV_FAULT_KINDS, type CsvFaultKind, type CsvFaultPolicy } from "./csv-fault.ts";

/**
 * How a file writes its times. `iso`: date and time with `Z` or an offset. `local`: date and time
 * without one (a zone must be stated). `date`: a date alone, the trading day of a daily bar. The
 * date is `yyyy-mm-dd` (`/` and `.` also) or `yyyymmdd`; the time `hh:mm`, `hh:mm:ss`,
 * `hh:mm:ss.fff`, `hhmm` or `hhmmss`; between them stands `T`, spaces, or `-` after `yyyymmdd`.
 */
export type CsvTimeForm = "iso" | "local" | "date" | "epoch-seconds" | "epoch-milliseconds";

/** The header's names for what a bar needs, compared without regard to case. */
export interface CsvColumnNames {
  /** The whole time, or the time of day where `date` is given too. */
  readonly time?: string;
  readonly date?: string;
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly close?: string;
  readonly volume?: string;
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

export interface CsvOptions extends CsvDialect {
  /** What the bars are of; its size gives their length, its instrument the sign of prices. */
  readonly series: Series;
  /**
   * The bars that can exist. It gives each bar its true close and a date the session of its trading
   * day; a time at which no bar begins is a fault. Default: a bar closes one size after its open.
   */
  readonly grid?: BarGrid;
  /** For every kind of fault, or for each; kinds not named fail. Default: `fail`. */
  readonly onFault?: CsvFaultPolicy | Partial<Readonly<Record<CsvFaultKind, CsvFaultPolicy>>>;
}

/** Refuses options that contradict each other before any file is opened. */
export function checkCsvOptions(options: CsvOptions): void {
  const { grid, series, onFault } = options;
  if (grid !== undefined && grid.size !== series.size) {
    fail(
      "grid-mismatch",
      `the grid has ${grid.size.label} bars, the series ${series.key} ${series.size.label} bars`,
      { cure: "build the grid with the size of the series" },
    );
  }
  if (typeof onFault === "object") {
    for (const kind of Object.keys(onFault)) {
      if ((CSV_FAULT_KINDS as readonly string[]).includes(kind)) continue;
      fail("unknown-fault-kind", `there is no kind of fault called "${kind}"`, {
        cure: `use ${CSV_FAULT_KINDS.join(", ")}`,
      });
    }
  }
}

/** What the options say about one kind of fault. */
export function faultPolicy(options: CsvOptions, kind: CsvFaultKind): CsvFaultPolicy {
  const { onFault } = options;
  return (typeof onFault === "object" ? onFault[kind] : onFault) ?? "fail";
}
