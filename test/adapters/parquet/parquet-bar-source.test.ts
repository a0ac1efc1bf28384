import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ParquetBarSource } from "../../../adapters/parquet/parquet-bar-source.ts";
import type { ParquetOptions } from "../../../adapters/parquet/parquet-options.ts";
import type { BarQuery } from "../../../core/feed/bar-source.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { RecordingSink } from "../../contracts/recording-sink.ts";
import { failureOf, temporaryFolder } from "../csv/csv-files.ts";
import {
  type Column,
  columnsOf,
  OPTIONS,
  QUARTER_MS,
  quarters,
  read,
  START,
  timestamps,
  writeForeign,
} from "./parquet-files.ts";

// Goal: rows are bars or faults with a name and a place, and the outcome and the claims are true.

const folder = temporaryFolder();
const at = (slot: number): number => START + slot * QUARTER_MS;

let files = 0;
function write(columns: Readonly<Record<string, Column>>, rowGroupSize = 2): string {
  files += 1;
  return writeForeign(folder.path(`rows-${files}.parquet`), columns, { rowGroupSize });
}

/** A sound file of five bars with the third one changed. */
const withThird = (change: Partial<Bar>): string =>
  write(columnsOf(quarters(5).map((bar, index) => (index === 2 ? { ...bar, ...change } : bar))));

function hear(
  file: string,
  query: Partial<BarQuery> = {},
  settings: Partial<ParquetOptions> = {},
): Promise<RecordingSink> {
  return new Promise((resolve) => {
    const sink = new RecordingSink();
    sink.onCall = () => {
      if (sink.outcomes.length > 0) resolve(sink);
    };
    const source = new ParquetBarSource(file, { ...OPTIONS, ...settings });
    source.open({ series: OPTIONS.series, ...query }, sink);
  });
}

describe("a faulty row", () => {
  const third = quarters(5)[2]!;
  it.each([
    ["not-a-number", "close", { close: Number.NaN }, "the value is NaN"],
    ["impossible-bar", "high", { high: 0.5, low: 1 }, "its high is below its low"],
    ["impossible-bar", "close", { close: 99 }, "its close lies outside low to high"],
    [
      "impossible-bar",
      "high",
      { high: Number.POSITIVE_INFINITY },
      "a price is not a finite number",
    ],
    ["impossible-bar", "volume", { volume: -2 }, "its volume is negative"],
    ["sentinel", "volume", { volume: -1 }, "-1 stands for a value that does not exist"],
    ["price-not-positive", "low", { low: 0 }, "a price is zero or negative"],
    ["unsorted", "time", { openTime: at(0) }, "comes after that of 2024-01-02T10:15:00.000Z"],
    ["conflict", "time", { openTime: at(1) }, "is there twice, with different values"],
    ["overlap", "time", { openTime: at(1) + 1 }, "opens before the one before it closes"],
  ] as const)(
    "ends with its place and what to do: %s in %s",
    async (code, column, change, what) => {
      const file = withThird(change);
      const failure = await failureOf(read(file));
      expect(failure.code).toBe(code);
      expect(failure.message.startsWith(`${file}, row 3, column ${column}: `)).toBe(true);
      expect(failure.message).toContain(what);
      expect(failure.message).not.toContain("\n");
      expect(failure.cure).toContain('onFault: "skip"');
    },
  );

  it("is one that is there twice", async () => {
    const bars = quarters(4);
    const failure = await failureOf(read(write(columnsOf([bars[0]!, bars[1]!, bars[1]!]))));
    expect(failure.code).toBe("duplicate");
    expect(failure.message).toContain("row 3, column time: the bar of 2024-01-02T10:15:00.000Z");
  });

  it.each([
    ["NANOS", 1n],
    ["MICROS", 999n],
  ] as const)("is one whose time is no whole millisecond: %s", async (unit, rest) => {
    const time = timestamps(
      quarters(5).map((bar) => bar.openTime),
      unit,
    );
    const data = (time.data as bigint[]).map((value, index) =>
      index === 2 ? value + rest : value,
    );
    const file = write({ ...columnsOf(quarters(5)), time: { ...time, data } });
    const failure = await failureOf(read(file));
    expect(failure.code).toBe("time-form");
    expect(failure.message).toContain(
      "row 3, column time: the time is no whole millisecond; write",
    );
    expect(failure.cure).toContain('onFault: "skip"');
    expect(await read(file, { onFault: "skip" })).toEqual(
      quarters(5).filter((bar) => bar.openTime !== third.openTime),
    );
  });

  it("is one whose time is beyond all dates", async () => {
    const file = withThird({ openTime: 8_640_000_000_000_001 });
    expect((await failureOf(read(file))).message).toContain("the time is beyond all dates");
  });

  // Goal: what is missing is never a zero, wherever among the others it stands.
  it.each(["time", "open", "high", "low", "close", "volume"])(
    "is one without a %s",
    async (name) => {
      const columns = columnsOf(quarters(5));
      const { element, data } = columns[name]!;
      const optional = { ...element, repetition_type: "OPTIONAL" as const };
      const values = Array.from(data, (value, index) => (index % 2 === 0 ? null : value));
      const file = write({ ...columns, [name]: { element: optional, data: values } }, 5);
      const failure = await failureOf(read(file));
      expect(failure.code).toBe(name === "time" ? "time-form" : "not-a-number");
      expect(failure.message).toContain(`row 1, column ${name}: the value is missing (null)`);
      expect(await read(file, { onFault: "skip" })).toEqual(
        quarters(5).filter((_, row) => row % 2 === 1),
      );
    },
  );

  it("is one that the calendar has no bar for", async () => {
    const grid = new BarGrid(calendarByName("XNYS"), barSize("15m"));
    const failure = await failureOf(read(write(columnsOf(quarters(1))), { grid }));
    expect(failure.code).toBe("off-grid");
    expect(failure.message).toContain("no 15m bar of XNYS opens at 2024-01-02T10:00:00.000Z");
  });

  it("can be left out by kind", async () => {
    const file = withThird({ close: Number.NaN });
    expect(await read(file, { onFault: { "not-a-number": "skip" } })).toHaveLength(4);
    expect((await failureOf(read(file, { onFault: { unsorted: "skip" } }))).code).toBe(
      "not-a-number",
    );
  });
});

describe("the outcome of a Parquet source", () => {
  it("is partial where a faulty row comes after sound ones, which are delivered", async () => {
    const sink = await hear(withThird({ close: Number.NaN }));
    expect(sink.delivered).toEqual(quarters(2));
    expect(sink.claims.at(-1)!.range.to).toBe(at(2));
    expect(sink.outcomes[0]).toMatchObject({
      kind: "partial",
      fault: { code: "not-a-number", retry: "never" },
    });
  });

  it("tells of a row left out as a rejection and a gap, and claims nothing there", async () => {
    const sink = await hear(withThird({ close: Number.NaN }), {}, { onFault: "skip" });
    expect(sink.delivered.map((bar) => bar.openTime)).toEqual([at(0), at(1), at(3), at(4)]);
    expect(sink.events).toMatchObject([
      { type: "rejection", fault: "price-not-finite" },
      { type: "gap", outcome: "lost", range: { from: at(2), to: at(3) } },
    ]);
    expect(sink.events[1]).toMatchObject({
      reason: "1 row left out: not-a-number in row 3",
    });
    const claimed = sink.claims.map(({ range }) => range);
    expect(claimed.every(({ from, to }) => to <= at(2) || from >= at(3))).toBe(true);
    expect(sink.outcomes[0]).toMatchObject({ kind: "partial", fault: { code: "rows-skipped" } });
  });

  it("is empty where the file has bars, but none in the range", async () => {
    const bars = quarters(8).filter((_, index) => index < 2 || index > 5);
    const sink = await hear(write(columnsOf(bars)), { from: at(3), to: at(5) });
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(sink.claims.map(({ range }) => range)).toEqual([{ from: at(3), to: at(5) }]);
  });

  it("is failed for another series, and for what is no Parquet file", async () => {
    const other = series(instrument("OTHER"), OPTIONS.series.size);
    const wrong = await hear(write(columnsOf(quarters(2))), { series: other });
    expect(wrong.outcomes[0]).toMatchObject({ kind: "failed", fault: { code: "wrong-series" } });
    const text = folder.path("text.parquet");
    writeFileSync(text, "open_time,open,high,low,close,volume\n");
    const sink = await hear(text);
    expect(sink.outcomes[0]).toMatchObject({ kind: "failed", fault: { code: "not-parquet" } });
  });

  it("is failed for a directory and a file that is not there", async () => {
    const directory = folder.path("directory.parquet");
    mkdirSync(directory);
    const sink = await hear(directory);
    expect(sink.outcomes[0]).toMatchObject({ fault: { code: "is-a-directory" } });
    const absent = await hear(folder.path("absent.parquet"));
    expect(absent.outcomes[0]).toMatchObject({ fault: { code: "no-such-file" } });
  });

  it("is that of the row groups up to the end of the range, and of no more", async () => {
    const file = write(columnsOf(quarters(9)), 3);
    const all = await hear(file);
    expect(all.delivered).toEqual(quarters(9));
    const some = await hear(file, { to: at(4) });
    expect(some.delivered).toEqual(quarters(4));
    expect(some.outcomes).toEqual([{ kind: "complete" }]);
    // Of what lies beyond the range not even the faults are seen.
    const faulty = withThird({ high: 0 });
    expect((await hear(faulty, { to: at(1) })).outcomes).toEqual([{ kind: "complete" }]);
  });

  it("is refused before it is opened where the options contradict each other", () => {
    const grid = new BarGrid(calendarByName("24/7"), barSize("1h"));
    expect(() => new ParquetBarSource("x", { ...OPTIONS, grid })).toThrow("the grid has 1h bars");
  });
});

/** What a link points to; undefined where it is gone by now. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

if (process.platform === "linux") {
  // Goal: however a stream ends, it leaves no open file behind; only Linux has /proc to show it.
  it("closes its file at the end, after an error, and after a close at any moment", async () => {
    const file = write(columnsOf(quarters(20_000)), 10_000);
    const faulty = withThird({ close: Number.NaN });
    const handles = (): number =>
      readdirSync("/proc/self/fd").filter((fd) =>
        [file, faulty].includes(targetOf(`/proc/self/fd/${fd}`) ?? ""),
      ).length;
    await hear(file);
    await hear(faulty);
    for (const callsBefore of [0, 1, 2, 5]) {
      const sink = new RecordingSink();
      const source = new ParquetBarSource(file, OPTIONS);
      const subscription = source.open({ series: OPTIONS.series }, sink);
      sink.onCall = () => {
        if (sink.calls >= callsBefore) subscription.close();
      };
      if (callsBefore === 0) subscription.close();
    }
    for (let turn = 0; turn < 500 && (turn < 20 || handles() > 0); turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(handles()).toBe(0);
  });
}
