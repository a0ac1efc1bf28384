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
import type { CsvDialect, CsvFaultPolicy } from "../../csv/index.ts";
import type { RowOptions } from "../../rows/row-options.ts";
import { type BarFormat, barFormat } from "./bar-format.ts";
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
  /** What its bars are made of: `csv`, `parquet`, or `store`. */
  readonly format: string;
  readonly grid: (series: Series) => BarGrid;
  /** The opening of its first bar. */
  readonly startsAt: UnixMs;
  /** The bars of the file, in the size asked for. */
  readonly source: BarSource;
  /** All that the source gives, in memory. */
  readonly load: () => Promise<LoadedBars>;
  /** Gives back what it holds open. */
  readonly close: () => void;
}

/** What a file turned out to hold. */
export interface UnderstoodFile extends FoundCalendar {
  /** The size of its bars. */
  readonly size: BarSize;
  /** Whether its rows show that size; if not, it was stated. */
  readonly isSizeFound: boolean;
}

/** Remembers what was read before, and need not be read again. */
export interface BarFileMemory {
  /** A file that is known, or is made known by this; undefined where it is to be read as it is. */
  recall(
    request: BarFileRequest,
    format: BarFormat,
  ): Promise<
    (UnderstoodFile & { readonly source: (options: RowOptions) => BarSource }) | undefined
  >;
}

/** Bars in memory, and the number of rows that were faulty and left out. */
export interface LoadedBars {
  readonly bars: BarColumns;
  readonly leftOut: number;
}

/** Finds out what a file holds. Throws a `BarlineError` for whatever keeps it from being used. */
export async function openBarFile(
  request: BarFileRequest,
  memory?: BarFileMemory,
): Promise<BarFile> {
  const format = await barFormat(request.file, request.dialect);
  const recalled = await memory?.recall(request, format);
  const understood = recalled ?? (await understand(request, format));
  const { size: fileSize, alignment, calendar } = understood;
  const size = wantedSize(request.file, request.size, fileSize);
  const grid = ({ size: of }: Series): BarGrid => new BarGrid(calendar, of, alignment);
  const base = series(request.instrument, fileSize);
  const rows = { series: base, grid: grid(base), onFault: request.onFault };
  const plain = recalled?.source(rows) ?? format.source(rows);
  const source = size === fileSize ? plain : aggregate(plain, { base: fileSize, grid });
  const wanted = series(request.instrument, size);
  return {
    file: request.file,
    series: wanted,
    calendar,
    calendarNote: understood.note,
    format: format.name,
    startsAt: understood.startsAt,
    grid,
    source,
    load: () => loadBars(source, wanted),
    close: () => {},
  };
}

/** Looks at a file as far as it takes to know the size of its bars and their calendar. */
export async function understand(
  request: BarFileRequest,
  format: BarFormat,
): Promise<UnderstoodFile> {
  const { file, instrument, dialect, onFault } = request;
  const { size: found, label, isDated } = await format.inspect();
  const size = found ?? request.size ?? (await noSize(request, format));
  wantedSize(file, request.size, size);
  const plain = series(instrument, size);
  const timesOf = (extent: "sample" | "all"): Promise<readonly UnixMs[]> =>
    readTimes(format.labelled(plain, onFault, isDated), plain, extent);
  const sample = await timesOf("sample");
  if (sample.length === 0) {
    fail("no-bars", "none of its rows is a bar", { where: file, cure: "see --on-fault fail" });
  }
  const isLabelStated = dialect.label !== undefined;
  const all = () => timesOf("all");
  const times = { file, size, label, isLabelStated, sample, all };
  return { size, isSizeFound: found !== undefined, ...(await calendarFor(request, times)) };
}

/** The size that is asked for, or that there is; throws where its bars do not add up to it. */
export function wantedSize(where: string, asked: BarSize | undefined, there: BarSize): BarSize {
  if (asked === undefined) return there;
  if (asked.ms < there.ms || asked.ms % there.ms !== 0) {
    fail("invalid-bar-size", `${asked.label} bars cannot be made of its ${there.label} bars`, {
      where,
      cure: `ask for ${there.label} or a multiple of it`,
    });
  }
  return asked;
}

async function calendarFor(request: BarFileRequest, times: TimesOfBars): Promise<FoundCalendar> {
  const { calendar } = request;
  if (calendar === "bars") return madeCalendar(times, "made of the bars, as stated");
  return calendar === undefined ? findCalendar(times) : statedCalendar(times, calendar);
}

/** Says why the rows do not show the length of a bar: mostly something is wrong with them. */
async function noSize(
  { file, instrument, onFault }: BarFileRequest,
  format: BarFormat,
): Promise<never> {
  const plain = series(instrument, barSize("1s"));
  await readTimes(format.labelled(plain, onFault, false), plain, "sample");
  return fail("no-bar-size", "its rows do not show the length of a bar", {
    where: file,
    cure: "say it, such as --size 15m",
  });
}

/** All that a source delivers; throws what it ends with, but for rows that the policy left out. */
export function loadBars(source: BarSource, of: Series): Promise<LoadedBars> {
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
