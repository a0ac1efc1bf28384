import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { readParquetBars } from "../../../adapters/parquet/read-parquet.ts";
import { writeParquetBars } from "../../../adapters/parquet/write-parquet.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { failureOf, temporaryFolder, writeFile } from "../csv/csv-files.ts";
import { OPTIONS, QUARTER_MS, quarters, read, START } from "./parquet-files.ts";

// Goal: the writer makes a file that says what it holds, all of it or nothing.

const folder = temporaryFolder();
const BARS_A_ROW_GROUP = 131_072;
const write = (path: string, bars: readonly Bar[]): Promise<number> =>
  writeParquetBars(path, [BarColumns.of(bars)]);

const metadataOf = (file: string): ReturnType<typeof parquetMetadata> =>
  parquetMetadata(new Uint8Array(readFileSync(file)));

describe("the Parquet writer", () => {
  it("writes timestamps in UTC and doubles, with what they are of", async () => {
    const file = folder.path("types.parquet");
    const metadata = { source: "a vendor" };
    const about = { series: "TEST 15m trades regular", size: "15m", metadata };
    expect(await writeParquetBars(file, [BarColumns.of(quarters(3))], about)).toBe(3);
    const { schema, key_value_metadata: pairs, created_by: writer } = metadataOf(file);
    expect(schema.slice(1).map(({ name, type }) => `${name} ${type}`)).toEqual([
      "open_time INT64",
      "close_time INT64",
      "open DOUBLE",
      "high DOUBLE",
      "low DOUBLE",
      "close DOUBLE",
      "volume DOUBLE",
    ]);
    for (const { logical_type } of schema.slice(1, 3)) {
      expect(logical_type).toEqual({ type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" });
    }
    expect(pairs).toEqual([
      { key: "source", value: "a vendor" },
      { key: "barline.series", value: "TEST 15m trades regular" },
      { key: "barline.size", value: "15m" },
    ]);
    expect(writer).toBe("barline");
  });

  // Goal: a reader that nobody here wrote finds the same values.
  it("writes what another reader of the format reads", async () => {
    const file = folder.path("other.parquet");
    const bars = quarters(20);
    await write(file, bars);
    const { buffer } = new Uint8Array(readFileSync(file));
    const rows = await parquetReadObjects({ file: buffer });
    expect(rows).toEqual(
      bars.map(({ openTime, closeTime, ...values }) => ({
        open_time: new Date(openTime),
        close_time: new Date(closeTime),
        ...values,
      })),
    );
  });

  it("writes the bars of several batches in row groups, whatever the batches are", async () => {
    const file = folder.path("groups.parquet");
    const count = 2 * BARS_A_ROW_GROUP + 5;
    const batches = (async function* () {
      for (let from = 0; from < count; from += 50_000) {
        const batch = new BarColumns();
        for (let index = from; index < Math.min(count, from + 50_000); index += 1) {
          const openTime = START + index * QUARTER_MS;
          batch.append(openTime, openTime + QUARTER_MS, index + 1, index + 1, 1, 1, index);
        }
        yield batch;
      }
    })();
    expect(await writeParquetBars(file, batches)).toBe(count);
    const { row_groups: groups } = metadataOf(file);
    expect(groups.map(({ num_rows }) => Number(num_rows))).toEqual([
      BARS_A_ROW_GROUP,
      BARS_A_ROW_GROUP,
      5,
    ]);
    const { bars, report } = await readParquetBars(file, OPTIONS);
    expect(report).toEqual({
      rows: count,
      bars: count,
      skipped: 0,
      faults: [],
      singlePrecision: [],
    });
    for (const index of [0, 1, BARS_A_ROW_GROUP - 1, BARS_A_ROW_GROUP, count - 1]) {
      expect([bars.openTime[index], bars.volume[index]]).toEqual([
        START + index * QUARTER_MS,
        index,
      ]);
    }
  });

  it("writes a file without bars, which is read as one", async () => {
    const file = folder.path("none.parquet");
    expect(await writeParquetBars(file, [])).toBe(0);
    expect(await read(file)).toEqual([]);
  });

  // Goal: a write that fails half way leaves what was there, and no litter.
  it("leaves the old file as it was when the bars fail to come", async () => {
    const file = writeFile(folder.path("kept.parquet"), "old");
    const batches = (function* () {
      yield BarColumns.of(quarters(1));
      throw new RangeError("no more bars");
    })();
    await expect(writeParquetBars(file, batches)).rejects.toThrow(RangeError);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  it("names the file that cannot be written", async () => {
    const absent = folder.path("absent/bars.parquet");
    expect((await failureOf(write(absent, []))).code).toBe("no-such-file");
    const directory = folder.path("directory");
    mkdirSync(directory);
    expect((await failureOf(write(directory, []))).code).toBe("is-a-directory");
  });

  it("keeps its own keys for itself", async () => {
    const metadata = { "barline.series": "?" };
    const failure = await failureOf(writeParquetBars(folder.path("k"), [], { metadata }));
    expect(failure.code).toBe("reserved-key");
  });
});

describe("what cannot be true", () => {
  const [first, second] = quarters(2) as [Bar, Bar];
  it.each([
    ["a time that is no whole millisecond", { openTime: START + 0.5 }, "not whole milliseconds"],
    ["no time at all", { openTime: Number.NaN }, "not whole milliseconds"],
    ["a time beyond all integers", { closeTime: 2 ** 60 }, "not whole milliseconds"],
    ["a time beyond all dates", { closeTime: 8.64e15 + 1 }, "has a time beyond all dates"],
    ["a close before the open", { closeTime: START }, "closes no later than it opens"],
    ["a price that is no number", { close: Number.NaN }, "a price is not a finite number"],
    ["a high below the low", { high: 0 }, "its high is below its low"],
    ["a bar inside the one before", { openTime: first.openTime + 1 }, "before the one before it"],
    ["a bar of the past", { openTime: first.openTime - 1 }, "before the one before it closes"],
  ] as const)("is not written: %s", async (_what, change, problem) => {
    const file = folder.path("refused.parquet");
    const failure = await failureOf(write(file, [first, { ...second, ...change }]));
    expect(failure.code).toBe("unwritable-bar");
    expect(failure.message).toContain(`${file}: bar 2`);
    expect(failure.message).toContain(problem);
    expect(existsSync(file)).toBe(false);
  });
});
