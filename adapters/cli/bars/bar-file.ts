import { aggregate } from "../../../core/feed/aggregation/aggregate.ts";
import type { BarSource } from "../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Instrument } from "../../../core/market/instrument.ts";
import { type Series, series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { type BarSize, barSize } from "../../../core/time/bar-size.ts";
import { BarlineError, fail } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import {
  CsvBarSource,
  type CsvDialect,
  type CsvFaultPolicy,
  type CsvOptions,
  inspectCsv,
} from "../../csv/index.ts";
import {
  type FoundCalendar,
  findCalendar,
  madeCalendar,
  statedCalendar,
  type TimesOfBars,
} from "./find-calendar.ts";
import { readTimes } from "./read-times.ts";

/** What the user says of a file of bars; whatever is left out is found in the file. */
export interface BarFileRequest {
  readonly file: string;
  readonly instrument: Instrument;
  readonly dialect: CsvDialect;
  readonly onFault: CsvFaultPolicy;
  /** `bars` for the calendar that the bars themselves make. */
  readonly calendar?: TradingCalendar | "bars";
  /** The bars the strategy is to get; larger ones than the file's are made of them. */
  readonly size?: BarSize;
}

/** A file of bars, understood. */
export interface BarFile {
  readonly file: string;
  /** The bars that come out. */
  readonly series: Series;
  readonly calendar: TradingCalendar;
  /** How the calendar was come by, in words. */
  readonly calendarNote: string;
  readonly grid: (series: Series) => BarGrid;
  /** The opening of its first bar. */
  readonly startsAt: UnixMs;
  /** The bars of the file, in the size asked for. */
  readonly source: BarSource;
  /** All that the source gives, in memory. */
  readonly load: () => Promise<LoadedBars>;
}

/** Bars in memory, and the number of rows that were faulty and left out. */
export interface LoadedBars {
  readonly bars: BarColumns;
  readonly leftOut: number;
}

/** Finds out what a file holds. Throws a `BarlineError` for whatever keeps it from being used. */
export async function openBarFile(request: BarFileRequest): Promise<BarFile> {
  const { file, instrument, dialect, onFault } = request;
  const profile = await inspectCsv(file, { ...dialect, extent: "head" });
  const fileSize = profile.size ?? request.size ?? (await noSize(request));
  const size = request.size ?? fileSize;
  if (size.ms < fileSize.ms || size.ms % fileSize.ms !== 0) {
    fail("invalid-bar-size", `${size.label} bars cannot be made of its ${fileSize.label} bars`, {
      where: file,
      cure: `ask for ${fileSize.label} or a multiple of it`,
    });
  }
  const plain: CsvOptions = { ...dialect, series: series(instrument, fileSize), onFault };
  const isDated = profile.timeForm === "date";
  const sample = await readTimes(file, plain, isDated, "sample");
  if (sample.length === 0) {
    fail("no-bars", "none of its rows is a bar", { where: file, cure: "see --on-fault fail" });
  }
  const times: TimesOfBars = {
    file,
    size: fileSize,
    label: profile.label,
    isLabelStated: dialect.label !== undefined,
    sample,
    all: () => readTimes(file, plain, isDated, "all"),
  };
  const { calendar, alignment, startsAt, note } = await calendarFor(request, times);
  const grid = ({ size: of }: Series): BarGrid => new BarGrid(calendar, of, alignment);
  const csv = new CsvBarSource(file, { ...plain, grid: grid(series(instrument, fileSize)) });
  const source = size === fileSize ? csv : aggregate(csv, { base: fileSize, grid });
  const wanted = series(instrument, size);
  return {
    file,
    series: wanted,
    calendar,
    calendarNote: note,
    startsAt,
    grid,
    source,
    load: () => load(source, wanted),
  };
}

async function calendarFor(request: BarFileRequest, times: TimesOfBars): Promise<FoundCalendar> {
  const { calendar } = request;
  if (calendar === "bars") return madeCalendar(times, "made of the bars, as stated");
  return calendar === undefined ? findCalendar(times) : statedCalendar(times, calendar);
}

/** Says why the rows do not show the length of a bar: mostly something is wrong with them. */
async function noSize({ file, instrument, dialect, onFault }: BarFileRequest): Promise<never> {
  const options = { ...dialect, series: series(instrument, barSize("1s")), onFault };
  await readTimes(file, options, false, "sample");
  return fail("no-bar-size", "its rows do not show the length of a bar", {
    where: file,
    cure: "say it, such as --size 15m",
  });
}

/** All that a source delivers; throws what it ends with, but for rows that the policy left out. */
function load(source: BarSource, of: Series): Promise<LoadedBars> {
  const collected = new BarColumns();
  let leftOut = 0;
  return new Promise((resolve, reject) => {
    source.open(
      { series: of },
      {
        bars: ({ bars }) => {
          for (let index = 0; index < bars.length; index += 1) append(collected, bars, index);
        },
        coverage: () => {},
        event: ({ type }) => {
          if (type === "rejection") leftOut += 1;
        },
        end: (outcome) => {
          const fault = "fault" in outcome ? outcome.fault : undefined;
          if (fault === undefined || fault.code === "rows-skipped") {
            resolve({ bars: collected, leftOut });
          } else reject(new BarlineError(fault.code, fault.message));
        },
      },
    );
  });
}

function append(target: BarColumns, bars: BarColumns, index: number): void {
  target.append(
    bars.openTime[index]!,
    bars.closeTime[index]!,
    bars.open[index]!,
    bars.high[index]!,
    bars.low[index]!,
    bars.close[index]!,
    bars.volume[index]!,
  );
}
