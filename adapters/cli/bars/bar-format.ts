import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { BarSource } from "../../../core/feed/bar-source.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarSize } from "../../../core/time/bar-size.ts";
import { UTC } from "../../../core/time/zone.ts";
import { CsvBarSource, type CsvDialect, type CsvFaultPolicy, inspectCsv } from "../../csv/index.ts";
import type { ParquetDialect } from "../../parquet/index.ts";
import type { RowOptions } from "../../rows/row-options.ts";

/** What a file of bars shows before its series is known. */
export interface BarFileProfile {
  readonly size: BarSize | undefined;
  readonly label: "open" | "close";
  /** Whether its times are dates, which are days in any zone. */
  readonly isDated: boolean;
}

/** One of the formats that bars come in, of one file. */
export interface BarFormat {
  readonly name: "csv" | "parquet";
  readonly inspect: () => Promise<BarFileProfile>;
  readonly source: (options: RowOptions) => BarSource;
  /**
   * A source whose bars have the times that the file labels them with, without regard to any
   * calendar. It ends with what the rows are faulted for, unless the policy leaves them out.
   */
  readonly labelled: (of: Series, onFault: CsvFaultPolicy, isDated: boolean) => BarSource;
}

/** The format of a file, by its first bytes; where there are none to see, by its name. */
export async function barFormat(file: string, dialect: CsvDialect): Promise<BarFormat> {
  return isParquet(file) ? parquetFormat(file, dialect) : csvFormat(file, dialect);
}

function csvFormat(file: string, dialect: CsvDialect): BarFormat {
  return {
    name: "csv",
    inspect: async () => {
      const profile = await inspectCsv(file, { ...dialect, extent: "head" });
      return { ...profile, isDated: profile.timeForm === "date" };
    },
    source: (options) => new CsvBarSource(file, { ...dialect, ...options }),
    labelled: (of, onFault, isDated) =>
      new CsvBarSource(file, { ...dialect, ...asLabelled(of, onFault, isDated) }),
  };
}

/** What reads Parquet is a third of what a command would load: it is loaded where it is used. */
async function parquetFormat(file: string, dialect: CsvDialect): Promise<BarFormat> {
  const { inspectParquet, ParquetBarSource } = await import("../../parquet/index.ts");
  const plain = parquetDialect(dialect);
  return {
    name: "parquet",
    inspect: () => inspectParquet(file, plain),
    source: (options) => new ParquetBarSource(file, { ...plain, ...options }),
    labelled: (of, onFault, isDated) => {
      const labels = asLabelled(of, onFault, isDated);
      return new ParquetBarSource(file, { ...plain, ...labels, closeTime: "ignored" });
    },
  };
}

function asLabelled(
  of: Series,
  onFault: CsvFaultPolicy,
  isDated: boolean,
): RowOptions & Pick<CsvDialect, "label" | "zone"> {
  return {
    series: of,
    label: "open",
    ...(isDated ? { zone: UTC } : {}),
    // Without a calendar a bar that a session's end cuts short seems to overlap the next one.
    onFault: onFault === "skip" ? "skip" : { overlap: "skip" },
  };
}

/** What was said of a file of text, as far as it means something here. */
function parquetDialect({ columns, timeForm, zone, label, volume }: CsvDialect): ParquetDialect {
  const { date, ...others } = columns ?? {};
  const isEpoch = timeForm === "epoch-seconds" || timeForm === "epoch-milliseconds";
  return {
    columns: date === undefined ? others : { time: date, ...others },
    ...(isEpoch ? { timeForm } : {}),
    ...(zone === undefined ? {} : { zone }),
    ...(label === undefined ? {} : { label }),
    ...(volume === undefined ? {} : { volume }),
  };
}

function isParquet(file: string): boolean {
  const head = new Uint8Array(4);
  try {
    // A pipe would keep us waiting, and what is in it could not be read again.
    if (!statSync(file).isFile()) return false;
    const descriptor = openSync(file, "r");
    try {
      if (readSync(descriptor, head) === head.length)
        return String.fromCharCode(...head) === "PAR1";
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Whoever reads it says why it cannot be read.
  }
  return /\.parquet$/i.test(file);
}
