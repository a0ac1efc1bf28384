import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { systemZone } from "../../../adapters/system/zone.ts";
import type { Bar } from "../../../core/market/bar.ts";
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
} from "../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../core/time/trading-calendar.ts";
import { NEW_YORK, wallTime, type Zone } from "../../../core/time/zone.ts";
import { copyBar } from "../../contracts/recording-sink.ts";
import { HEADER, temporaryFolder, writeFile } from "./csv-files.ts";

// Goal: zone, label, grid and columns give every bar its true place.

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

  // Goal: a row out of place, left out, does not make the hour begin anew.
  it("stays in the second occurrence after a row that goes back", async () => {
    const times = ["01:00", "01:30", "01:00", "00:30", "01:30"];
    const text = rowsOf(...times.map((time) => `2024-11-03 ${time}`));
    const options = { zone: NEW_YORK, series: of("30m"), onFault: "skip" } as const;
    expect((await read(text, options)).map((bar) => formatInstant(bar.openTime))).toEqual([
      "2024-11-03T05:00:00.000Z",
      "2024-11-03T05:30:00.000Z",
      "2024-11-03T06:00:00.000Z",
      "2024-11-03T06:30:00.000Z",
    ]);
  });

  // Goal: west of Greenwich a change at the end of the local day lies in the next day of UTC.
  it("knows a change at the end of the day", async () => {
    const times = ["2024-04-06 23:00", "2024-04-06 23:30", "2024-04-06 23:00", "2024-04-07 00:00"];
    expect(await openTimes(rowsOf(...times), systemZone("America/Santiago"))).toEqual([
      "2024-04-07T02:00:00.000Z",
      "2024-04-07T02:30:00.000Z",
      "2024-04-07T03:00:00.000Z",
      "2024-04-07T04:00:00.000Z",
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

describe("a packed file", () => {
  // Goal: the bytes say that it is packed, not the name, and several packs in a row are one file.
  it("may be packed in pieces", async () => {
    const text = `${HEADER}\n2024-01-02T10:00:00Z,2,4,1,3,7\n`;
    const rest = "2024-01-02T10:15:00Z,2,4,1,3,8\n";
    const packed = Buffer.concat([gzipSync(text), gzipSync(rest)]);
    expect((await read(packed)).map((bar) => bar.volume)).toEqual([7, 8]);
  });
});
