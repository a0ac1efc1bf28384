import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { formatCsvBars } from "../../../adapters/csv/write-csv.ts";
import { systemZone } from "../../../adapters/system/zone.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import {
  DAY_MS,
  dayNumber,
  formatDay,
  formatInstant,
  HOUR_MS,
  instant,
  type UnixMs,
} from "../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../core/time/trading-calendar.ts";
import { localDay, NEW_YORK, wallTime, type Zone } from "../../../core/time/zone.ts";
import { copyBar } from "../../contracts/recording-sink.ts";
import { HEADER, temporaryFolder, writeFile } from "./csv-files.ts";

const folder = temporaryFolder();
const of = (size: string): CsvOptions["series"] => series(instrument("TEST"), barSize(size));

async function read(
  content: string | Uint8Array,
  options: Partial<CsvOptions> = {},
): Promise<Bar[]> {
  const file = writeFile(folder.path("read.csv"), content);
  const { bars } = await readCsvBars(file, { series: of("15m"), ...options });
  return [...bars].map(copyBar);
}

/** `yyyy-mm-ddThh:mm:ss.fff` on the wall clock of a zone. */
const wall = (zone: Zone, at: UnixMs): string =>
  formatInstant(at + zone.offsetMsAt(at)).slice(0, -1);

interface TimeWriter {
  readonly name: string;
  /** The header's names for the time; the rows' fields are joined with the delimiter. */
  readonly columns: readonly string[];
  readonly fields: (at: UnixMs, zone: Zone) => readonly string[];
  readonly needsZone: boolean;
  /** Whether it can say milliseconds; else times are cut to whole seconds. */
  readonly isExact: boolean;
}

const compact = (text: string): string => text.slice(0, 10).replaceAll("-", "");

const WRITERS: readonly TimeWriter[] = [
  {
    name: "ISO 8601 in UTC",
    columns: ["open_time"],
    fields: (at) => [formatInstant(at)],
    needsZone: false,
    isExact: true,
  },
  {
    name: "ISO 8601 with the zone's offset",
    columns: ["Timestamp"],
    fields: (at, zone) => {
      const minutes = zone.offsetMsAt(at) / 60_000;
      const size = Math.abs(minutes);
      const hour = String(Math.floor(size / 60)).padStart(2, "0");
      const minute = String(size % 60).padStart(2, "0");
      return [`${wall(zone, at).replace("T", " ")}${minutes < 0 ? "-" : "+"}${hour}:${minute}`];
    },
    needsZone: false,
    isExact: true,
  },
  {
    name: "epoch seconds",
    columns: ["time"],
    fields: (at) => [String(at / 1_000)],
    needsZone: false,
    isExact: true,
  },
  {
    name: "epoch milliseconds",
    columns: ["t"],
    fields: (at) => [String(at)],
    needsZone: false,
    isExact: true,
  },
  {
    name: "ISO 8601 without an offset",
    columns: ["DateTime"],
    fields: (at, zone) => [wall(zone, at)],
    needsZone: true,
    isExact: true,
  },
  {
    name: "yyyymmdd hh:mm:ss",
    columns: ["date"],
    fields: (at, zone) => {
      const text = wall(zone, at);
      return [`${compact(text)} ${text.slice(11, 19)}`];
    },
    needsZone: true,
    isExact: false,
  },
  {
    name: "yyyymmdd-hh:mm:ss",
    columns: ["date"],
    fields: (at, zone) => {
      const text = wall(zone, at);
      return [`${compact(text)}-${text.slice(11, 19)}`];
    },
    needsZone: true,
    isExact: false,
  },
  {
    name: "yyyymmddhhmmss",
    columns: ["date"],
    fields: (at, zone) => [wall(zone, at).slice(0, 19).replace(/[-T:]/g, "")],
    needsZone: true,
    isExact: false,
  },
  {
    name: "date and time in two columns",
    columns: ["<DATE>", "<TIME>"],
    fields: (at, zone) => {
      const text = wall(zone, at);
      return [text.slice(0, 10).replaceAll("-", "."), text.slice(11, 19)];
    },
    needsZone: true,
    isExact: false,
  },
];

const ZONES = [
  "UTC",
  "America/New_York",
  "Asia/Shanghai",
  "Europe/London",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/St_Johns",
].map(systemZone);

/** Bars without a gap, so that an hour that occurs twice is there twice, at times of all years. */
const contiguousBars = fc
  .record({
    start: fc.oneof(
      fc.integer({ min: 400_000, max: 2_000_000 }).map((quarter) => quarter * 900_000),
      // Around the changes of daylight saving of 2024 in the zones above.
      fc
        .constantFrom(
          "2024-03-10T05:00:00Z",
          "2024-11-03T03:00:00Z",
          "2024-03-30T23:00:00Z",
          "2024-10-26T22:00:00Z",
          "2024-04-06T13:00:00Z",
          "2024-10-05T14:00:00Z",
        )
        .map(instant),
    ),
    extraMs: fc.constantFrom(0, 0, 250, 59_999),
    rows: fc.array(
      fc.tuple(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
      ),
      { minLength: 2, maxLength: 40 },
    ),
  })
  .map(({ start, extraMs, rows }) =>
    rows.map(([low, spread, volume], index): Bar => {
      const openTime = start + extraMs + index * 900_000;
      const high = low * (1 + spread);
      return { openTime, closeTime: openTime + 900_000, open: low, high, low, close: high, volume };
    }),
  );

describe("what is written is read back", () => {
  // Goal: every form of time, zone, label, delimiter and line end says the same to the reader.
  it("in every form, zone, label, delimiter and packing", async () => {
    const cases = fc.record({
      bars: contiguousBars,
      writer: fc.constantFrom(...WRITERS),
      zone: fc.constantFrom(...ZONES),
      label: fc.constantFrom("open" as const, "close" as const),
      delimiter: fc.constantFrom(",", ";", "\t", "|"),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
      mark: fc.constantFrom("", "\ufeff"),
      quote: fc.constantFrom("", '"'),
      tail: fc.constantFrom("", "\n", "\n\n", "\n  \n"),
      isPacked: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        const { writer, zone, delimiter, quote, lineEnd, label } = each;
        const bars = writer.isExact
          ? each.bars
          : each.bars.map((bar) => ({
              ...bar,
              openTime: bar.openTime - (bar.openTime % 1_000),
              closeTime: bar.closeTime - (bar.closeTime % 1_000),
            }));
        const columns = [...writer.columns, "Open", "HIGH", "low", "Close", "Vol."];
        const lines = bars.map((bar) => {
          const time = writer.fields(label === "open" ? bar.openTime : bar.closeTime, zone);
          const values = [bar.open, bar.high, bar.low, bar.close, bar.volume].map(String);
          return [...time, ...values].map((field) => quote + field + quote).join(delimiter);
        });
        if (writer.needsZone) {
          // A file that begins within the second of two equal hours does not show that it does.
          const first = label === "open" ? bars[0]!.openTime : bars[0]!.closeTime;
          const day = localDay(zone, first);
          const msOfDay = first + zone.offsetMsAt(first) - day * DAY_MS;
          fc.pre(wallTime(zone, day, msOfDay) === first);
        }
        const tail = each.tail.replaceAll("\n", lineEnd);
        const text = each.mark + [columns.join(delimiter), ...lines].join(lineEnd) + tail;
        const options = { label, ...(writer.needsZone ? { zone } : {}) };
        const content = each.isPacked ? gzipSync(text) : text;
        expect(await read(content, options)).toEqual(bars);
      }),
      { numRuns: 300 },
    );
  });

  // Goal: the shipped files and the writer's form are one, to the byte.
  it("byte for byte from the shipped intraday files", async () => {
    for (const [name, size] of [
      ["cffex-if-15m.csv", "15m"],
      ["cffex-if-1m.csv", "1m"],
    ] as const) {
      const file = `examples/data/${name}`;
      const { bars, report } = await readCsvBars(file, { series: of(size) });
      expect(`${HEADER}\n${formatCsvBars(bars)}`).toBe(readFileSync(file, "utf8"));
      expect(report).toEqual({ rows: bars.length, bars: bars.length, skipped: 0, faults: [] });
    }
  });

  it("bit for bit through the writer, whatever the doubles", async () => {
    const price = fc.double({ min: Number.MIN_VALUE, max: 4e307, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 20 }), async (prices) => {
        const bars = prices.map((value, index) => ({
          openTime: index * 900_000,
          closeTime: (index + 1) * 900_000,
          open: value,
          high: value,
          low: value,
          close: value,
          volume: value,
        }));
        const text = `${HEADER}\n${formatCsvBars(BarColumns.of(bars))}`;
        expect(await read(text)).toEqual(bars);
      }),
      { numRuns: 50 },
    );
  });
});

describe("local times around a change of the clocks", () => {
  const rowsOf = (...times: string[]): string =>
    ["time,o,h,l,c,v", ...times.map((time) => `${time},2,3,1,2,0`)].join("\n");
  const openTimes = async (text: string, zone: Zone): Promise<string[]> =>
    (await read(text, { zone, series: of("30m") })).map((bar) => formatInstant(bar.openTime));

  // Goal: an hour that occurs twice is read in the order of the file.
  it("takes the second occurrence where the first would go back", async () => {
    const times = ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"];
    const text = rowsOf(...times.map((time) => `2024-11-03 ${time}`));
    expect(await openTimes(text, NEW_YORK)).toEqual([
      "2024-11-03T04:30:00.000Z",
      "2024-11-03T05:00:00.000Z",
      "2024-11-03T05:30:00.000Z",
      "2024-11-03T06:00:00.000Z",
      "2024-11-03T06:30:00.000Z",
      "2024-11-03T07:00:00.000Z",
    ]);
  });

  it("refuses an hour that the clocks skip", async () => {
    const text = rowsOf("2024-03-10 01:30", "2024-03-10 02:30");
    await expect(openTimes(text, NEW_YORK)).rejects.toMatchObject({
      code: "skipped-hour",
      message: expect.stringContaining(
        'read.csv:3:1 (time): the clocks of America/New_York never show "2024-03-10 02:30"; ',
      ),
    });
  });

  it("refuses a day that the clocks skip", async () => {
    const zone = systemZone("Pacific/Apia");
    const text = rowsOf("2011-12-29 23:30", "2011-12-30 10:00");
    await expect(openTimes(text, zone)).rejects.toMatchObject({ code: "skipped-hour" });
  });
});

describe("bars on a grid", () => {
  const open = instant("2024-07-03T13:30:00Z");
  const day = dayNumber(2024, 7, 3);
  const calendar = calendarOfSessions("HALF", NEW_YORK, [
    { day: day - 1, segments: [{ from: open - DAY_MS, to: open - DAY_MS + 6.5 * HOUR_MS }] },
    { day, segments: [{ from: open, to: open + 3.5 * HOUR_MS }] },
  ]);
  const hours = new BarGrid(calendar, barSize("1h"));
  const days = new BarGrid(calendar, barSize("1d"));
  const rows = (...times: string[]): string =>
    ["time,o,h,l,c,v", ...times.map((time) => `${time},2,3,1,2,0`)].join("\n");

  // Goal: a bar cut short by an early close closes when the exchange does, by either label.
  it("have their true close", async () => {
    const expected = { openTime: instant("2024-07-03T16:30:00Z"), closeTime: open + 3.5 * HOUR_MS };
    const byOpen = rows("2024-07-03T16:30:00Z");
    expect(await read(byOpen, { series: of("1h"), grid: hours })).toMatchObject([expected]);
    const byClose = rows("2024-07-03T17:00:00Z");
    const options = { series: of("1h"), grid: hours, label: "close" } as const;
    expect(await read(byClose, options)).toMatchObject([expected]);
  });

  // Goal: a date names the session of that trading day, not a midnight.
  it("take a date for the session of that trading day", async () => {
    const expected = [
      { openTime: open - DAY_MS, closeTime: open - DAY_MS + 6.5 * HOUR_MS },
      { openTime: open, closeTime: open + 3.5 * HOUR_MS },
    ];
    const options = { series: of("1d"), grid: days };
    expect(await read(rows("2024-07-02", "20240703"), options)).toMatchObject(expected);
    const midnights = rows("2024-07-02 00:00:00", "2024-07-03 00:00:00");
    expect(await read(midnights, { ...options, zone: NEW_YORK })).toMatchObject(expected);
  });

  it("refuse what the calendar does not have, and say what it is", async () => {
    const reject = (text: string, options: Partial<CsvOptions>, message: string) =>
      expect(read(text, options)).rejects.toMatchObject({
        code: "off-grid",
        message: expect.stringContaining(message),
      });
    const hourly = { series: of("1h"), grid: hours };
    await reject(
      rows("2024-07-03T13:45:00Z"),
      hourly,
      "no 1h bar of HALF opens at 2024-07-03T13:45",
    );
    await reject(
      rows("2024-07-03T13:30:00Z"),
      { ...hourly, label: "close" },
      "no 1h bar of HALF closes at 2024-07-03T13:30",
    );
    const daily = { series: of("1d"), grid: days };
    await reject(rows("2024-07-04"), daily, "HALF has no session on 2024-07-04");
    await reject(rows("2031-01-02T14:30:00Z"), daily, "lies outside calendar HALF; it knows 2024");
  });

  it("must have the size of the series", async () => {
    await expect(read(rows("2024-07-03"), { grid: days })).rejects.toMatchObject({
      code: "grid-mismatch",
    });
  });
});

describe("dates without a grid", () => {
  // Goal: a day is from midnight to midnight of the stated zone, 23 or 25 hours at a change.
  it("are days of the zone, UTC by default", async () => {
    const text = "date,open,high,low,close,volume\n2024-03-10,2,3,1,2,0\n2024-03-11,2,3,1,2,0\n";
    const utc = await read(text, { series: of("1d") });
    expect(utc.map((bar) => formatInstant(bar.openTime).slice(0, 10))).toEqual([
      formatDay(dayNumber(2024, 3, 10)),
      formatDay(dayNumber(2024, 3, 11)),
    ]);
    const [first] = await read(text, { series: of("1d"), zone: NEW_YORK });
    expect(first!.openTime).toBe(wallTime(NEW_YORK, dayNumber(2024, 3, 10), 0));
    expect(first!.closeTime - first!.openTime).toBe(23 * HOUR_MS);
  });
});

describe("columns", () => {
  // Goal: stated names win over usual ones, and a file without volume is read only when told to.
  it("are taken by the names that were stated", async () => {
    const text = "open,Date,A,B,C,D,E\nx,2024-01-02T10:00:00Z,2,4,1,3,7\n";
    const columns = { time: "date", open: "a", high: "B", low: "C", close: "D", volume: "E" };
    expect(await read(text, { columns })).toMatchObject([{ open: 2, high: 4, low: 1, volume: 7 }]);
  });

  it("of volume may be missing where the options say so", async () => {
    const text = "time,open,high,low,close\n2024-01-02T10:00:00Z,2,4,1,3\n";
    expect(await read(text, { volume: "none" })).toMatchObject([{ close: 3, volume: 0 }]);
  });

  // Goal: the column of a vendor that labels closes is read as such.
  it("called close_time label the end of the bar", async () => {
    const text = "close_time,open,high,low,close,volume\n2024-01-02T10:15:00Z,2,4,1,3,7\n";
    expect(await read(text)).toMatchObject([{ openTime: instant("2024-01-02T10:00:00Z") }]);
  });
});
