import { parquetWriteFile, type SchemaElement } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import type { ParquetOptions } from "../../../adapters/parquet/parquet-options.ts";
import { systemZone } from "../../../adapters/system/zone.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { DAY_MS, instant } from "../../../core/time/instant.ts";
import { NEW_YORK } from "../../../core/time/zone.ts";
import { failureOf, temporaryFolder } from "../csv/csv-files.ts";
import {
  type Column,
  columnsOf,
  doubles,
  of,
  QUARTER_MS,
  quarters,
  read,
  START,
  timestamps,
  typed,
  writeForeign,
} from "./parquet-files.ts";

// Goal: columns are found and understood by what the file says of them, and refused where it says
// too little.

const folder = temporaryFolder();
const BARS = quarters(3);
const COLUMNS = columnsOf(BARS);
const OPENS = BARS.map((bar) => bar.openTime);

let files = 0;
function write(columns: Readonly<Record<string, Column>>): string {
  files += 1;
  return writeForeign(folder.path(`columns-${files}.parquet`), columns);
}

/** The usual columns with some replaced; `undefined` takes one away. */
function withColumns(changes: Readonly<Record<string, Column | undefined>>): string {
  const columns = Object.entries({ ...COLUMNS, ...changes });
  return write(Object.fromEntries(columns.filter(([, column]) => column !== undefined)) as never);
}

describe("the columns of a file", () => {
  it.each([
    ["an index of pandas", ["open", "high", "low", "close", "volume", "__index_level_0__"]],
    ["a named index", ["Open", "High", "Low", "Close", "Volume", "Datetime"]],
    ["one-letter names", ["o", "h", "l", "c", "v", "t"]],
    ["other columns between", ["Open", "high price", "LOW", "close_price", "vol.", "Timestamp"]],
  ])("are found by usual names: %s", async (_what, names) => {
    const [open, high, low, close, volume, time] = names as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const file = write({
      [open]: COLUMNS.open!,
      count: doubles([1, 2, 3]),
      [high]: COLUMNS.high!,
      [low]: COLUMNS.low!,
      [close]: COLUMNS.close!,
      [volume]: COLUMNS.volume!,
      [time]: COLUMNS.time!,
    });
    expect(await read(file)).toEqual(BARS);
  });

  it("are found by stated names", async () => {
    const file = write({
      when: COLUMNS.time!,
      until: timestamps(BARS.map((bar) => bar.openTime + 1_000)),
      a: COLUMNS.open!,
      b: COLUMNS.high!,
      c: COLUMNS.low!,
      d: COLUMNS.close!,
    });
    const columns = {
      time: "When",
      closeTime: "until",
      open: "a",
      high: "b",
      low: "c",
      close: "d",
    };
    expect(await read(file, { columns, volume: "none" })).toEqual(
      BARS.map((bar) => ({ ...bar, closeTime: bar.openTime + 1_000, volume: 0 })),
    );
  });

  it.each([
    ["no time", { time: undefined }, "missing-column", 'named like "time" for the time among open'],
    ["no close", { close: undefined }, "missing-column", "for the close among time, open"],
    ["no volume", { volume: undefined }, "missing-column", 'volume: "none"'],
    ["two opens", { Open: doubles([1, 2, 3]) }, "ambiguous-column", 'are both "open"'],
  ] as const)("are refused: %s", async (_what, changes, code, message) => {
    const failure = await failureOf(read(withColumns(changes)));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
  });

  const text = typed({ type: "BYTE_ARRAY", converted_type: "UTF8" }, ["a", "b", "c"]);
  const truth = typed({ type: "BOOLEAN" }, [true, false, true]);
  const integers = typed({ type: "INT64" }, [1n, 2n, 3n]);
  const ofDay = typed(
    {
      type: "INT64",
      logical_type: { type: "TIME", isAdjustedToUTC: true, unit: "MICROS" },
    },
    [1n, 2n, 3n],
  );
  it.each([
    ["text as prices", { close: text }, "text-column", "column close: it holds text"],
    ["text as times", { time: text }, "text-column", "column time: its times are text"],
    ["truth as prices", { open: truth }, "unsupported-type", "it holds no numbers (BOOLEAN)"],
    ["truth as times", { time: truth }, "unsupported-type", "it holds no times (BOOLEAN)"],
    ["a time of day", { time: ofDay }, "unsupported-type", "it holds no times (INT64 TIME)"],
    ["a time as a price", { high: COLUMNS.time }, "unsupported-type", "numbers (INT64 TIMESTAMP)"],
    ["unexplained numbers", { time: integers }, "unknown-time-form", "it holds numbers (INT64)"],
    ["doubles as times", { time: COLUMNS.open }, "unsupported-type", "it holds no times (DOUBLE)"],
    [
      "wall times",
      { time: timestamps(OPENS, "MICROS", false) },
      "zone-needed",
      "its timestamps do not say that they are in UTC",
    ],
    [
      "dates of short bars",
      { time: typed({ type: "INT32", converted_type: "DATE" }, [1, 2, 3]) },
      "time-of-day-needed",
      "it holds dates, and the bars are of 15m",
    ],
  ] as const)("are refused where they hold %s", async (_what, changes, code, message) => {
    const failure = await failureOf(read(withColumns(changes)));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
    expect(failure.cure).toMatch(/.{10,}/);
  });

  it("are refused where they hold lists", async () => {
    const file = folder.path("lists.parquet");
    const { low: _low, ...others } = COLUMNS;
    const flat = Object.entries(others);
    const schema: SchemaElement[] = [
      { name: "root", num_children: flat.length + 1 },
      { name: "low", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", repetition_type: "OPTIONAL", type: "DOUBLE" },
      ...flat.map(([name, { element }]) => ({ ...element, name })),
    ];
    const columnData = [
      { name: "low", data: [[1, 2], [], [3]] },
      ...flat.map(([name, { data }]) => ({ name, data })),
    ];
    parquetWriteFile({ filename: file, schema, columnData });
    const failure = await failureOf(read(file));
    expect(failure.code).toBe("unsupported-type");
    expect(failure.message).toContain("column low: it holds lists or records");
    // Columns that nobody asks for can be whatever they are.
    expect(await read(file, { columns: { low: "open" } })).toEqual(
      BARS.map((bar) => ({ ...bar, low: bar.open })),
    );
  });
});

describe("times", () => {
  const daily: ParquetOptions = { series: of("1d") };

  it.each([
    ["epoch-seconds", 1_000n, 1n],
    ["epoch-milliseconds", 1n, 1n],
    ["epoch-microseconds", 1n, 1_000n],
    ["epoch-nanoseconds", 1n, 1_000_000n],
  ] as const)("are whole numbers where that is stated: %s", async (timeForm, divisor, factor) => {
    const data = OPENS.map((time) => (BigInt(time) / divisor) * factor);
    expect(await read(withColumns({ time: typed({ type: "INT64" }, data) }), { timeForm })).toEqual(
      BARS,
    );
  });

  it("are seconds of 32 bits", async () => {
    const data = OPENS.map((time) => time / 1_000);
    const file = withColumns({ time: typed({ type: "INT32" }, data) });
    expect(await read(file, { timeForm: "epoch-seconds" })).toEqual(BARS);
    expect((await failureOf(read(file, { timeForm: "epoch-milliseconds" }))).code).toBe(
      "unknown-time-form",
    );
  });

  it("are in the older way of saying UTC", async () => {
    const element = { type: "INT64", converted_type: "TIMESTAMP_MICROS" } as const;
    const file = withColumns({
      time: typed(
        element,
        OPENS.map((time) => BigInt(time) * 1_000n),
      ),
    });
    expect(await read(file)).toEqual(BARS);
  });

  it("of a wall clock are read in the stated zone", async () => {
    const zone = systemZone("Asia/Shanghai");
    const walls = OPENS.map((time) => time + 8 * 3_600_000);
    expect(await read(withColumns({ time: timestamps(walls, "NANOS", false) }), { zone })).toEqual(
      BARS,
    );
  });

  // Goal: an hour that a clock shows twice is there twice; one that it never shows is a fault.
  it("of a wall clock keep their order when it is set back, and are refused where it skips", async () => {
    const back = instant("2024-11-03T05:30:00Z");
    const hours = [0, 1, 2, 3].map((index) => back + index * 2 * QUARTER_MS);
    const wallOf = (at: number): number => at + NEW_YORK.offsetMsAt(at);
    const values = doubles([2, 2, 2, 2]);
    const rows = (time: readonly number[]): string =>
      write({
        time: timestamps(time, "MICROS", false),
        open: values,
        high: values,
        low: values,
        close: values,
        volume: values,
      });
    const bars = await read(rows(hours.map(wallOf)), { zone: NEW_YORK });
    expect(bars.map((bar) => bar.openTime)).toEqual(hours);
    const spring = ["01:30", "02:30", "03:30", "04:00"].map((time) =>
      instant(`2024-03-10T${time}:00Z`),
    );
    const failure = await failureOf(read(rows(spring), { zone: NEW_YORK }));
    expect(failure.code).toBe("skipped-hour");
    expect(failure.message).toContain(
      "row 2, column time: the clocks of America/New_York never show 2024-03-10T02:30:00.000",
    );
  });

  const DAY = Math.floor(START / DAY_MS);
  const grid = new BarGrid(calendarByName("XNYS"), barSize("1d"));
  const session = { open: instant("2024-01-02T14:30:00Z"), close: instant("2024-01-02T21:00:00Z") };

  it("are dates, which are days of the zone, and sessions of the calendar", async () => {
    const data = [DAY, DAY + 1, DAY + 2];
    const file = withColumns({ time: typed({ type: "INT32", converted_type: "DATE" }, data) });
    const inUtc = await read(file, daily);
    expect(inUtc[0]).toMatchObject({ openTime: DAY * DAY_MS, closeTime: (DAY + 1) * DAY_MS });
    const inZone = await read(file, { ...daily, zone: NEW_YORK });
    expect(inZone[0]!.openTime).toBe(instant("2024-01-02T05:00:00Z"));
    const onGrid = await read(file, { ...daily, grid });
    expect(onGrid[0]).toMatchObject({ openTime: session.open, closeTime: session.close });
  });

  it("at midnight name the session of a daily bar, on the wall clock of the zone", async () => {
    const midnights = [DAY, DAY + 1, DAY + 2].map((day) => day * DAY_MS);
    const utc = withColumns({ time: timestamps(midnights) });
    expect((await read(utc, { ...daily, grid }))[0]!.openTime).toBe(session.open);
    const inNewYork = midnights.map((time) => time + 5 * 3_600_000);
    const zoned = withColumns({ time: timestamps(inNewYork) });
    const bars = await read(zoned, { ...daily, grid, zone: NEW_YORK });
    expect(bars[0]!.openTime).toBe(session.open);
    expect((await failureOf(read(zoned, { ...daily, grid }))).code).toBe("off-grid");
  });

  it("name the end of a bar where their column says so", async () => {
    const closes = timestamps(BARS.map((bar) => bar.closeTime));
    expect(await read(withColumns({ time: undefined, close_time: closes }))).toEqual(BARS);
    expect(await read(withColumns({ time: closes }), { label: "close" })).toEqual(BARS);
  });
});

describe("the closes of bars", () => {
  const withCloses = (closes: readonly number[]): string =>
    withColumns({ close_time: timestamps(closes) });
  const closesOf = (closes: readonly number[], settings: Partial<ParquetOptions> = {}) =>
    read(withCloses(closes), settings).then((bars) => bars.map((bar) => bar.closeTime));
  const [a, b, c] = BARS.map((bar) => bar.closeTime) as [number, number, number];

  it("are taken from their column, where a bar can close there", async () => {
    expect(await closesOf([a, b - 600_000, c])).toEqual([a, b - 600_000, c]);
    const message = "which a bar of 15m cannot";
    for (const close of [b + 1, OPENS[1]!, OPENS[0]!]) {
      const failure = await failureOf(closesOf([a, close, c]));
      expect(failure.code).toBe("impossible-bar");
      expect(failure.message).toContain(message);
    }
    expect(await closesOf([a, b + 1, c], { closeTime: "ignored" })).toEqual([a, b, c]);
  });

  it("are the end of the bar where they name its last millisecond or second", async () => {
    expect(await closesOf([a - 1, b - 1_000, c - 2])).toEqual([a, b, c - 2]);
  });

  it("are those of the calendar where there is one, or a fault", async () => {
    const grid = new BarGrid(calendarByName("24/7"), barSize("15m"));
    expect(await closesOf([a, b - 1, c], { grid })).toEqual([a, b, c]);
    const failure = await failureOf(closesOf([a, b - 600_000, c], { grid }));
    expect(failure.code).toBe("off-grid");
    expect(failure.message).toContain("row 2, column close_time: the bar of");
  });

  it("do not count where their column is of another kind", async () => {
    const file = withColumns({ close_time: doubles([1, 2, 3]) });
    expect(await read(file)).toEqual(BARS);
    const local = withColumns({ end: timestamps([a, b, c], "MILLIS", false) });
    expect(await read(local)).toEqual(BARS);
    const failure = await failureOf(read(local, { columns: { closeTime: "end" } }));
    expect(failure.code).toBe("unsupported-type");
  });
});
