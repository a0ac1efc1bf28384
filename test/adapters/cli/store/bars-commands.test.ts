// Goal: bars go into a store and come out of it as they were, a store can be looked at, and whoever
// names a series wrongly, or would lose one, is told so.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { barlines, type Ended, expectOneLine, HANGS_MS, IF_15M, workFolder } from "../barline.ts";

const file = workFolder();
const STORE = ["--store", file("store")];
const IF = ["--symbol", "IF", "--exchange", "CFFEX", "--calendar", "CFFEX"];
const DETAILS = ["--currency", "CNY", "--multiplier", "300", "--tick", "0.2"];
const KEY = "IF.CFFEX 15m trades regular";

function run(...lines: readonly (readonly string[])[]): Promise<readonly Ended[]> {
  return barlines(
    file,
    lines.map((line) => ["bars", ...line, ...STORE]),
  );
}

function json(ended: Ended | undefined): unknown[] {
  const lines = ended!.stdout.trimEnd().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as unknown);
}

describe("barline bars", () => {
  it("takes files in and gives them out again, bit for bit", { timeout: HANGS_MS }, async () => {
    const march = ["--from", "2024-03-01T00:00:00Z", "--to", "2024-04-01T00:00:00Z"];
    const ended = await run(
      ["import", IF_15M, ...IF, ...DETAILS, "--json"],
      ["export", KEY, "--out", file("all.csv")],
      ["export", "if.cffex", "--out", file("all.parquet"), "--quiet"],
      ["export", "IF", "--out", file("march.csv"), ...march],
      ["import", file("all.parquet"), "--symbol", "FROM-PARQUET", "--json"],
      ["export", "from-parquet", "--out", file("again.csv"), "--quiet"],
      // What is there is left alone, and what was not said of the instrument is that of the store.
      ["import", file("all.parquet"), IF_15M, ...IF, "--json"],
      ["ls", "--json"],
      ["rm", "FROM-PARQUET"],
      ["rm", "FROM-PARQUET", "--yes"],
      ["ls"],
    );
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0]);
    const [imported, all, quiet, , parquet, , twice, listed, kept, removed, table] = ended;
    const span = { from: "2023-12-04T01:30:00Z", to: "2024-09-27T07:00:00Z", gaps: 0, lost: 0 };
    const first = { series: KEY, calendar: "CFFEX", new: 3_200, already: 0, ...span };
    expect(json(imported)).toMatchObject([first]);
    expect(imported!.stderr).toBe("");
    expect(all!.stderr).toBe(`3,200 bars of ${KEY} in ${file("all.csv")}\n`);
    expect(readFileSync(file("all.csv"), "utf8")).toBe(readFileSync(IF_15M, "utf8"));
    expect(quiet!.stderr).toBe("");
    const march2024 = readFileSync(file("march.csv"), "utf8").trimEnd().split("\n").slice(1);
    expect(march2024).toHaveLength(336);
    expect(march2024.every((line) => line.startsWith("2024-03-"))).toBe(true);
    expect(json(parquet)).toMatchObject([{ new: 3_200, calendar: "XSHG" }]);
    expect(readFileSync(file("again.csv"), "utf8")).toBe(readFileSync(IF_15M, "utf8"));
    expect(json(twice)).toMatchObject([
      { series: KEY, new: 0, corrected: 0, already: 3_200 },
      { series: KEY, new: 0, corrected: 0, already: 3_200 },
    ]);
    const bars = { bars: 3_200, first: span.from, last: "2024-09-27T06:45:00Z", gaps: 0, lost: 0 };
    expect(json(listed)).toMatchObject([
      { series: "FROM-PARQUET 15m trades regular", ...bars },
      { series: KEY, ...bars },
    ]);
    expectOneLine(kept!, 2, "would remove FROM-PARQUET", "3,200 bars", "--yes");
    expect(removed!.stdout).toMatch(/^removed FROM-PARQUET 15m trades regular: 3,200 bars/);
    expect(table!.stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(table!.stdout).toContain(`${KEY}  3,200`);
  });

  it("shows all of a series, and finds it by any part of it", { timeout: HANGS_MS }, async () => {
    const [shown, told, ...missed] = await run(
      ["show", "cffex 15m"],
      ["show", KEY, "--json"],
      ["show", "IF.CFEX"],
      ["show", "nothing of the kind"],
      ["export", "IF", "--out", file("bars.xlsx")],
    );
    expect(shown!.stdout).toContain("calendar    CFFEX (Asia/Shanghai)\n");
    expect(shown!.stdout).toContain("instrument  CNY, multiplier 300, price step 0.2\n");
    expect(shown!.stdout).toContain("over time   2023-12 ██████████ 2024-09  (a month each)\n");
    expect(json(told)).toMatchObject([
      {
        series: KEY,
        bars: 3_200,
        first: { openTime: "2023-12-04T01:30:00Z", closeTime: "2023-12-04T01:45:00Z", open: 3485 },
        last: { openTime: "2024-09-27T06:45:00Z", volume: 11_626 },
        gaps: { slots: 0, ranges: [] },
        lost: { slots: 0, ranges: [] },
        sources: [{ source: "csv", bars: 3_200 }],
        corrected: { bars: 0, highestVersion: 1 },
      },
    ]);
    expectOneLine(missed[0]!, 2, "IF.CFEX", `did you mean "${KEY}"?`);
    expectOneLine(missed[1]!, 2, "no series", "barline bars ls");
    expectOneLine(missed[2]!, 2, "--out: ", ".csv or .parquet");
  });

  it("has words for a store without series", { timeout: HANGS_MS }, async () => {
    const other = ["--store", file("empty")];
    const lines = [
      ["bars", "import", file("no-such.csv"), ...other],
      ["bars", "ls", ...other],
      ["bars", "ls", "--json", ...other],
      ["bars", "show", "IF", ...other],
    ];
    const [failed, empty, none, unknown] = await barlines(file, lines);
    expectOneLine(failed!, 2, "no-such.csv", "check the path");
    expect(empty!.stdout).toContain("no series yet; see barline bars import --help");
    expect(none!.stdout).toBe("");
    expectOneLine(unknown!, 2, "none yet");
  });
});
