import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inspectCsv } from "../../../adapters/csv/inspect-csv.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { instant } from "../../../core/time/instant.ts";
import { SHANGHAI } from "../../../core/time/zone.ts";
import { HEADER, temporaryFolder, writeFile } from "./csv-files.ts";

// Goal: a file tells by itself what one must know to read it.

const folder = temporaryFolder();
const path = folder.path("inspected.csv");
const withTimes = (times: readonly string[]): string =>
  [HEADER, ...times.map((time) => `${time},2,3,1,2,0`)].join("\n");

describe("inspectCsv", () => {
  // Goal: what it finds is enough to read each shipped file without being told anything.
  it.each([
    ["cffex-if-1m.csv", "1m", "iso", 48_000, "2023-12-04T01:30:00Z", "2024-09-27T06:59:00Z"],
    ["cffex-if-15m.csv", "15m", "iso", 3_200, "2023-12-04T01:30:00Z", "2024-09-27T06:45:00Z"],
    ["sp500-daily.csv", "1d", "date", 5_105, "2000-01-03T00:00:00Z", "2020-04-17T00:00:00Z"],
  ])("finds out about %s", async (name, size, timeForm, rows, first, last) => {
    const file = `examples/data/${name}`;
    const profile = await inspectCsv(file);
    expect(profile).toMatchObject({ timeForm, rows, unreadable: 0, label: "open" });
    expect(profile).toMatchObject({ needsZone: false, volumeColumn: "volume" });
    expect(profile.size?.label).toBe(size);
    expect([profile.first, profile.last]).toEqual([instant(first), instant(last)]);
    const { bars } = await readCsvBars(file, {
      series: series(instrument("SHIPPED"), profile.size!),
    });
    expect(bars.length).toBe(rows);
  });

  // Goal: the head of a file is enough for all but the counts and the end.
  it("is content with the head of a file", async () => {
    const file = "examples/data/cffex-if-1m.csv";
    const head = await inspectCsv(file, { extent: "head" });
    const whole = await inspectCsv(file);
    expect(head.rows).toBeGreaterThan(1_000);
    expect(head.rows).toBeLessThan(10_000);
    expect({ ...head, rows: whole.rows, last: whole.last }).toEqual(whole);
  });

  // Goal: the head of a file of two rows is all of it.
  it("knows the size of bars from two rows", async () => {
    const text = withTimes(["2024-01-02T09:30:00Z", "2024-01-02T09:45:00Z"]);
    const profile = await inspectCsv(writeFile(path, text), { extent: "head" });
    expect([profile.size?.label, profile.rows]).toEqual(["15m", 2]);
  });

  it("says that a zone is needed, and takes it", async () => {
    writeFile(path, gzipSync(withTimes(["2024-01-02 09:30", "2024-01-02 09:35"])));
    const without = await inspectCsv(path);
    expect(without).toMatchObject({ timeForm: "local", needsZone: true });
    expect(without.first).toBeUndefined();
    expect(without.size?.label).toBe("5m");
    const given = await inspectCsv(path, { zone: SHANGHAI });
    expect(given).toMatchObject({ needsZone: false, first: instant("2024-01-02T01:30:00Z") });
  });

  it("names the columns of date, time and prices", async () => {
    writeFile(
      path,
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\n2024.01.02\t00:00\t2\t3\t1\t2",
    );
    expect(await inspectCsv(path, { volume: "none" })).toMatchObject({
      timeColumns: ["<DATE>", "<TIME>"],
      priceColumns: ["<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>"],
      volumeColumn: undefined,
      size: undefined,
      rows: 1,
    });
  });

  // Goal: a size is inferred from what most rows say, and not at all from what no bar can be.
  it.each([
    ["the most common distance", [0, 60, 120, 180, 900, 1_800], "1m"],
    ["the smaller of two equally common", [0, 900, 960, 1_860, 1_920], "1m"],
    ["none from weeks", [0, 604_800, 1_209_600], undefined],
    ["none from one row", [0], undefined],
    ["none from parts of a second", [0, 0.5, 1], undefined],
    ["a day from distances of a day", [0, 86_400, 345_600, 432_000], "1d"],
  ])("infers %s", async (_what, seconds, size) => {
    writeFile(path, withTimes(seconds.map((each) => String(1_700_000_000 + each))));
    expect((await inspectCsv(path)).size?.label).toBe(size);
  });

  it("counts rows whose time cannot be read", async () => {
    writeFile(path, withTimes(["2024-01-02T10:00:00Z", "soon", "2024-01-02T10:05:00Z"]));
    expect(await inspectCsv(path)).toMatchObject({ rows: 3, unreadable: 1 });
  });
});
