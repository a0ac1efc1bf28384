import { type BarSize, barSizeOfMs } from "../../core/time/bar-size.ts";
import { assert } from "../../core/time/failure.ts";
import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import { BarDistances } from "../rows/bar-distances.ts";
import { type CsvLayout, timeTextOf } from "./csv-layout.ts";
import type { CsvDialect, CsvTimeForm } from "./csv-options.ts";
import { LayoutFinder } from "./layout-finder.ts";
import { readRecords } from "./records.ts";
import { StampReader } from "./stamp-reader.ts";

export interface InspectOptions extends CsvDialect {
  /** `whole`: every row. `head`: the first 256 KiB, some thousand rows. Default: `whole`. */
  readonly extent?: "whole" | "head";
}

/** What a file looks like before its series is known. */
export interface CsvProfile {
  /** The names of the header. */
  readonly header: readonly string[];
  /** The names of the columns that will be read; two for the time where the date stands apart. */
  readonly timeColumns: readonly string[];
  readonly priceColumns: readonly string[];
  /** Undefined where there is none (and the dialect says so). */
  readonly volumeColumn: string | undefined;
  readonly timeForm: CsvTimeForm;
  /** Whether the times mean nothing without a zone, and none was given. */
  readonly needsZone: boolean;
  readonly label: "open" | "close";
  /**
   * The distance that most neighboring rows have, the smallest of equally common ones; 1d where the
   * times are dates. Undefined where no two rows say anything, or where it is no bar size.
   */
  readonly size: BarSize | undefined;
  /** Data rows seen, readable or not. */
  readonly rows: number;
  /** Of those, the ones whose time could not be read. */
  readonly unreadable: number;
  /**
   * The earliest and the latest time as the file labels them; for dates, midnight UTC of the day.
   * Undefined where a zone is needed, or no time could be read.
   */
  readonly first: UnixMs | undefined;
  readonly last: UnixMs | undefined;
}

class TimeSurvey {
  readonly layout: CsvLayout;
  readonly #stamp: StampReader;
  readonly #distances = new BarDistances();
  rows = 0;
  unreadable = 0;
  first: UnixMs = Number.POSITIVE_INFINITY;
  last: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(layout: CsvLayout, dialect: CsvDialect) {
    this.layout = layout;
    this.#stamp = new StampReader(layout.timeForm, dialect.zone);
  }

  take(row: readonly string[]): true {
    this.rows += 1;
    if (this.#stamp.read(timeTextOf(this.layout.columns, row)) !== undefined) {
      this.unreadable += 1;
      return true;
    }
    const { at } = this.#stamp;
    this.#distances.take(at);
    this.first = Math.min(this.first, at);
    this.last = Math.max(this.last, at);
    return true;
  }

  /** The bar size that the distances show. */
  get size(): BarSize | undefined {
    return this.layout.timeForm === "date" ? barSizeOfMs(DAY_MS) : this.#distances.size;
  }
}

/**
 * Looks at a file to learn what it holds. Throws a `BarlineError` for whatever keeps it from being
 * read at all; single rows that cannot be read are counted.
 */
export async function inspectCsv(file: string, options: InspectOptions = {}): Promise<CsvProfile> {
  let survey: TimeSurvey | undefined;
  const finder = new LayoutFinder(file, options, (layout) => {
    const begun = new TimeSurvey(layout, options);
    survey = begun;
    return (row) => begun.take(row);
  });
  const { signal } = new AbortController();
  for await (const _block of readRecords(file, options.delimiter, signal, finder.take)) {
    // The parser keeps back its last rows until the end: a short file is read to it.
    if (options.extent === "head" && survey !== undefined) break;
  }
  finder.finish();
  if (finder.failure !== undefined) throw finder.failure;
  assert(survey !== undefined, "a layout without a failure begins a survey");
  return profileOf(survey, options);
}

function profileOf(survey: TimeSurvey, options: InspectOptions): CsvProfile {
  const { header, columns, timeForm, label } = survey.layout;
  const { time, timeOfDay, open, high, low, close, volume } = columns;
  const needsZone = timeForm === "local" && options.zone === undefined;
  const hasTimes = !needsZone && survey.rows > survey.unreadable;
  return {
    header,
    timeColumns: (timeOfDay < 0 ? [time] : [time, timeOfDay]).map((index) => header[index]!),
    priceColumns: [open, high, low, close].map((index) => header[index]!),
    volumeColumn: header[volume],
    timeForm,
    needsZone,
    label,
    size: survey.size,
    rows: survey.rows,
    unreadable: survey.unreadable,
    first: hasTimes ? survey.first : undefined,
    last: hasTimes ? survey.last : undefined,
  };
}
