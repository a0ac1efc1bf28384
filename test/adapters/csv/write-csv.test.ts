import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { CSV_HEADER, formatCsvBars, writeCsvBars } from "../../../adapters/csv/write-csv.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { instant } from "../../../core/time/instant.ts";
import { failureOf, temporaryFolder, writeFile } from "./csv-files.ts";

// Goal: the writer gives the shipped form to the byte, all of it or nothing.

const folder = temporaryFolder();

function oneBar(openTime: number): BarColumns {
  const closeTime = openTime + 900_000;
  return BarColumns.of([
    { openTime, closeTime, open: 2, high: 3.5, low: 1, close: 2, volume: 1e21 },
  ]);
}

describe("the CSV writer", () => {
  // Goal: reading a shipped file and writing it again changes no byte.
  it("writes a shipped file again as it was", async () => {
    const file = "examples/data/cffex-if-15m.csv";
    const copy = folder.path("copy.csv");
    const { bars } = await readCsvBars(file, {
      series: series(instrument("IF"), barSize("15m")),
    });
    expect(await writeCsvBars(copy, [bars])).toBe(3_200);
    expect(readFileSync(copy).equals(readFileSync(file))).toBe(true);
    expect(existsSync(`${copy}.partial`)).toBe(false);
  });

  it("writes milliseconds where there are any, and numbers in their shortest form", () => {
    const text = formatCsvBars(oneBar(instant("2024-01-02T10:00:00.050Z")));
    expect(text).toBe("2024-01-02T10:00:00.050Z,2,3.5,1,2,1e+21\n");
  });

  it("writes the bars of several batches, and none as a header alone", async () => {
    const file = folder.path("batches.csv");
    const batches = (async function* () {
      yield oneBar(instant("2024-01-02T10:00:00Z"));
      yield oneBar(instant("2024-01-02T10:15:00Z"));
    })();
    expect(await writeCsvBars(file, batches)).toBe(2);
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(4);
    expect(await writeCsvBars(file, [])).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(CSV_HEADER);
  });

  // Goal: a write that fails half way leaves what was there, and no litter.
  it("leaves the old file as it was when the bars fail to come", async () => {
    const file = writeFile(folder.path("kept.csv"), "old");
    const batches = (function* () {
      yield oneBar(0);
      throw new RangeError("no more bars");
    })();
    await expect(writeCsvBars(file, batches)).rejects.toThrow(RangeError);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  // Goal: what is not a file is never replaced by one.
  it("writes over no device, pipe or socket", async () => {
    const path = folder.path("bars.socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const failure = await failureOf(writeCsvBars(path, [oneBar(0)]));
    expect([failure.code, existsSync(`${path}.partial`)]).toEqual(["not-a-file", false]);
    expect(statSync(path).isSocket()).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it("names the file that cannot be written", async () => {
    const absent = folder.path("absent/bars.csv");
    expect((await failureOf(writeCsvBars(absent, []))).message).toBe(
      `${absent}: there is no such file or folder; check the path`,
    );
    const directory = folder.path("directory");
    mkdirSync(directory);
    expect((await failureOf(writeCsvBars(directory, []))).code).toBe("is-a-directory");
    expect(existsSync(`${directory}.partial`)).toBe(false);
  });
});
