import { aggregate } from "../../core/feed/aggregate.ts";
import type { BarSource } from "../../core/feed/bar-source.ts";
import { MemorySource } from "../../core/feed/memory-source.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import type { Instrument } from "../../core/market/instrument.ts";
import { type Series, series } from "../../core/market/series.ts";
import { BarGrid, type GridAlignment } from "../../core/time/bar-grid.ts";
import { type BarSize, barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { BarlineError, fail } from "../../core/time/failure.ts";
import { DAY_MS, type UnixMs, utcDay } from "../../core/time/instant.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import type { Zone } from "../../core/time/zone.ts";
import {
  CsvBarSource,
  type CsvFaultPolicy,
  type CsvOptions,
  inspectCsv,
  readCsvBars,
} from "../csv/index.ts";
import { calendarOfBars, fitCalendar } from "./fit-calendar.ts";

/** What the user says of a file of bars; whatever is left out is found in the file. */
export interface BarFileRequest {
  readonly file: string;
  readonly instrument: Instrument;
  readonly calendar?: string;
  readonly zone?: Zone;
  /** The bars the strategy is to get; larger ones than the file's are made of them. */
  readonly size?: BarSize;
  readonly label?: "open" | "close";
  readonly onFault: CsvFaultPolicy;
}

/** A file of bars, understood. */
export interface BarFile {
  readonly file: string;
  /** The bars that come out. */
  readonly series: Series;
  readonly calendar: TradingCalendar;
  /** How the calendar was come by, in words. */
  readonly calendarNote: string;
  readonly grid: (size: BarSize) => BarGrid;
  /** The opening of its first bar; 0 where none can be read. */
  readonly startsAt: UnixMs;
  /** The bars of the file, in the size asked for. */
  readonly source: BarSource;
  /** All of them in memory. */
  readonly load: () => Promise<BarColumns>;
}

/** Bars that are looked at to find the calendar. */
const SAMPLE_BARS = 5_000;

export async function openBarFile(request: BarFileRequest): Promise<BarFile> {
  const { file, instrument, zone, label, onFault } = request;
  const dialect = {
    ...(zone === undefined ? {} : { zone }),
    ...(label === undefined ? {} : { label }),
  };
  const profile = await inspectCsv(file, { ...dialect, extent: "head" });
  if (profile.size === undefined && request.size === undefined) {
    fail("no-bar-size", "its rows do not show the length of a bar", {
      where: file,
      cure: "say it, such as --size 15m",
    });
  }
  const fileSize = profile.size ?? request.size!;
  const size = request.size ?? fileSize;
  if (size.ms < fileSize.ms || size.ms % fileSize.ms !== 0) {
    fail("invalid-bar-size", `${size.label} bars cannot be made of its ${fileSize.label} bars`, {
      where: file,
      cure: `ask for ${fileSize.label} or a multiple of it`,
    });
  }
  const fileSeries = series(instrument, fileSize);
  const plain: CsvOptions = { ...dialect, series: fileSeries, onFault };
  const found = await findCalendar(request, plain, fileSize);
  const { calendar, alignment } = found;
  const grid = (of: BarSize): BarGrid => new BarGrid(calendar, of, alignment);
  const options: CsvOptions = { ...plain, grid: grid(fileSize) };
  const csv = new CsvBarSource(file, options);
  const wanted = series(instrument, size);
  const larger = (source: BarSource): BarSource =>
    size === fileSize ? source : aggregate(source, { base: fileSize, grid: (of) => grid(of.size) });
  return {
    file,
    series: wanted,
    calendar,
    calendarNote: found.note,
    startsAt: found.startsAt,
    grid,
    source: larger(csv),
    load: async () => {
      const { bars } = await readCsvBars(file, options);
      return size === fileSize ? bars : collect(larger(new MemorySource(bars)), wanted);
    },
  };
}

/** The opening of the bar whose time, or whose trading day, a file begins with. */
function startOf(calendar: TradingCalendar, at: UnixMs, size: BarSize): UnixMs {
  if (size.ms < DAY_MS) return at;
  return calendar.sessionOn(utcDay(at))?.segments[0]?.from ?? at;
}

interface FoundCalendar {
  readonly startsAt: UnixMs;
  readonly calendar: TradingCalendar;
  readonly alignment: GridAlignment;
  readonly note: string;
}

async function findCalendar(
  request: BarFileRequest,
  options: CsvOptions,
  size: BarSize,
): Promise<FoundCalendar> {
  const sample = await openTimesOf(request.file, options, SAMPLE_BARS);
  if (request.calendar !== undefined) {
    const calendar = calendarByName(request.calendar);
    const byClock = new BarGrid(calendar, size, "clock");
    const bySession = new BarGrid(calendar, size, "session");
    const hits = (grid: BarGrid): number => sample.filter((at) => grid.opensAt(at)).length;
    const alignment = hits(byClock) > hits(bySession) ? "clock" : "session";
    const first = sample[0];
    const startsAt = first === undefined ? 0 : startOf(calendar, first, size);
    return { calendar, alignment, startsAt, note: "as stated" };
  }
  const fit = sample.length === 0 ? undefined : fitCalendar(sample, size);
  if (fit !== undefined) {
    const share = Math.round(fit.filled * 1_000) / 10;
    const others = fit.others.length === 0 ? "" : `; ${fit.others.join(" and ")} fit as well`;
    const note = `found: the bars fill ${share} % of its slots${others}`;
    return { ...fit, note, startsAt: startOf(fit.calendar, sample[0]!, size) };
  }
  const all = await openTimesOf(request.file, options, Number.POSITIVE_INFINITY);
  const calendar = calendarOfBars(all, size);
  const note = "made of the bars: no known calendar fits them";
  return { calendar, alignment: "session", startsAt: all[0]!, note };
}

/** The open times of the first bars of a file, by size alone. Throws what the file is faulted for. */
function openTimesOf(file: string, options: CsvOptions, most: number): Promise<UnixMs[]> {
  return new Promise((resolve, reject) => {
    const openTimes: UnixMs[] = [];
    const subscription = new CsvBarSource(file, options).open(
      { series: options.series },
      {
        bars: ({ bars }) => {
          for (let index = 0; index < bars.length && openTimes.length < most; index += 1) {
            openTimes.push(bars.openTime[index]!);
          }
          if (openTimes.length < most) return;
          subscription.close();
          resolve(openTimes);
        },
        coverage: () => {},
        event: () => {},
        end: (outcome) => {
          const fault = "fault" in outcome ? outcome.fault : undefined;
          if (fault === undefined || fault.code === "rows-skipped") resolve(openTimes);
          else reject(new BarlineError(fault.code, fault.message));
        },
      },
    );
  });
}

/** All bars of a source that delivers at once. */
function collect(source: BarSource, of: Series): BarColumns {
  const collected = new BarColumns();
  source.open(
    { series: of },
    {
      bars: ({ bars }) => {
        for (const bar of bars) collected.push(bar);
      },
      coverage: () => {},
      event: () => {},
      end: () => {},
    },
  );
  return collected;
}

/** Reads a bar size given by the user. */
export function sizeOption(text: string | undefined): BarSize | undefined {
  return text === undefined ? undefined : barSize(text);
}
