// Goal: a run on bars out of a store is, byte for byte, the run on the file that they came from:
// whether the store has them as a series, or only remembers what the file held.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  barlines,
  type Ended,
  expectOneLine,
  HANGS_MS,
  IF_1M,
  IF_15M,
  lines15m,
  SMA_CROSS,
  SP500,
  workFolder,
} from "../barline.ts";

const file = workFolder();
const RUN = ["backtest", SMA_CROSS, "--param", "fast=5", "--param", "slow=20"];

/** The file of the examples with rows that are no bars, some in a row, some late. */
function faulty(): string {
  const lines = lines15m();
  lines[40] = lines[40]!.replace(/,[^,]+,/, ",NaN,");
  lines[900] = "nonsense";
  lines[901] = lines[900]!;
  lines.splice(1_500, 0, lines[1_200]!, lines[1_201]!.replace(/\d$/, "7"));
  const [late] = lines.splice(2_000, 1);
  lines.splice(2_300, 0, late!);
  return `${lines.join("\n")}\n`;
}

function trace(name: string): string {
  return readFileSync(file(name), "utf8");
}

function summaryOf({ stdout }: Ended): unknown {
  return JSON.parse(stdout);
}

describe("a file that a store remembers", () => {
  const part = ["--from", "2024-03-05T02:07:30Z", "--to", "2024-06-11T05:00:00Z"];
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["whole", ["--bars", IF_15M]],
    ["part", ["--bars", IF_15M, ...part]],
    ["larger", ["--bars", IF_1M, "--size", "1h", "--symbol", "IF"]],
    ["dated", ["--bars", SP500]],
    ["own-calendar", ["--bars", IF_15M, "--calendar", "bars"]],
    [
      "faulty",
      ["--bars", file("faulty.csv", faulty()), "--on-fault", "skip", "--calendar", "CFFEX"],
    ],
    ["faulty-part", ["--bars", file("faulty.csv"), "--on-fault", "skip", ...part]],
  ];

  it("makes the run that the file makes", { timeout: HANGS_MS }, async () => {
    const store = ["--store", file("memory")];
    const ended = await barlines(
      file,
      cases.flatMap(([name, args]) =>
        [[], store, store].map((where, round) => [
          ...[...RUN, ...args, ...where],
          ...["--json", "--trace", file(`${name}-${round}.ndjson`)],
        ]),
      ),
    );
    expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(ended.map(() => "0 "));
    cases.forEach(([name], index) => {
      const [plain, first, again] = ended.slice(3 * index, 3 * index + 3);
      expect(summaryOf(first!)).toEqual(summaryOf(plain!));
      expect(summaryOf(again!)).toEqual(summaryOf(plain!));
      expect(trace(`${name}-0.ndjson`).length).toBeGreaterThan(100_000);
      expect(trace(`${name}-1.ndjson`)).toBe(trace(`${name}-0.ndjson`));
      expect(trace(`${name}-2.ndjson`)).toBe(trace(`${name}-0.ndjson`));
    });
  });

  it("is another file once a byte of it is another", { timeout: HANGS_MS }, async () => {
    const store = ["--store", file("memory"), "--json"];
    const lines = lines15m();
    file("copy.csv", `${lines.join("\n")}\n`);
    const [before] = await barlines(file, [[...RUN, "--bars", file("copy.csv"), ...store]]);
    lines[3_000] = lines[3_000]!.replace(/\d+$/, "1");
    lines.splice(2_000, 1);
    file("copy.csv", `${lines.join("\n")}\n`);
    const [after] = await barlines(file, [[...RUN, "--bars", file("copy.csv"), ...store]]);
    expect(summaryOf(before!)).toMatchObject({ bars: 3_200 });
    expect(summaryOf(after!)).toMatchObject({ bars: 3_199 });
  });

  it("fails as it does without, and is not kept", { timeout: HANGS_MS }, async () => {
    const run = [...RUN, "--bars", file("faulty.csv"), "--calendar", "CFFEX", "--quiet"];
    const store = ["--store", file("memory")];
    const [plain, first, again] = await barlines(file, [
      run,
      [...run, ...store],
      [...run, ...store],
    ]);
    expectOneLine(plain!, 2, "faulty.csv:41:2 (open)");
    expect(first).toEqual(plain);
    expect(again).toEqual(plain);
  });
});

describe("a series of a store", () => {
  const IF = ["--symbol", "IF", "--exchange", "CFFEX", "--calendar", "CFFEX"];
  const DETAILS = ["--currency", "CNY", "--multiplier", "300", "--tick", "0.2"];
  const COSTS = ["--commission", "share:0.000023", "--slippage", "ticks:1"];
  const store = ["--store", file("store")];

  it("makes the run of the file it was imported from", { timeout: HANGS_MS }, async () => {
    const part = ["--from", "2024-03-05T02:07:30Z", "--to", "2024-06-11T05:00:00Z"];
    const cases = [[], ["--size", "1h"], part];
    const [imported, ...ended] = await barlines(file, [
      ["bars", "import", IF_15M, ...IF, ...DETAILS, ...store, "--quiet"],
      ...cases.flatMap((more, index) => [
        [...RUN, "--bars", IF_15M, ...IF, ...DETAILS, ...COSTS, ...more, "--json"].concat(
          "--trace",
          file(`file-${index}.ndjson`),
        ),
        [...RUN, "--series", "IF.CFFEX", ...store, ...COSTS, ...more, "--json"].concat(
          "--trace",
          file(`series-${index}.ndjson`),
        ),
      ]),
    ]);
    expect(imported!.code).toBe(0);
    cases.forEach((_, index) => {
      const [ofFile, ofSeries] = ended.slice(2 * index, 2 * index + 2);
      expect(ofSeries).toEqual(ofFile);
      expect(ofFile!.code).toBe(0);
      expect(trace(`series-${index}.ndjson`)).toBe(trace(`file-${index}.ndjson`));
    });
  });

  it("with a hole says what is lost, and goes on behind it", { timeout: HANGS_MS }, async () => {
    const lines = lines15m();
    const header = lines[0]!;
    file("first.csv", [header, ...lines.slice(1, 1_001), ""].join("\n"));
    file("second.csv", [header, ...lines.slice(1_100), ""].join("\n"));
    const two = [file("first.csv"), file("second.csv"), "--symbol", "HOLE", "--calendar", "CFFEX"];
    const [imported, run, beyond, size] = await barlines(file, [
      ["bars", "import", ...two, ...store, "--json"],
      [...RUN, "--series", "HOLE", ...store, "--trace", file("hole.ndjson")],
      [...RUN, "--series", "HOLE", ...store, "--from", "2030-01-01T00:00:00Z", "--quiet"],
      [...RUN, "--series", "HOLE", ...store, "--size", "5m", "--quiet"],
    ]);
    const [first, second] = imported!.stdout.trimEnd().split("\n");
    expect(JSON.parse(first!)).toMatchObject({ new: 1_000, gaps: 0 });
    expect(JSON.parse(second!)).toMatchObject({ new: 2_101, gaps: 99 });
    expect(run!.code).toBe(0);
    expect(run!.stdout).toMatch(/bars +3,101, /);
    expect(run!.stderr).toContain("nothing of it is stored");
    expect(run!.stderr).toMatch(/WARMING_UP: 0 of 20 bars of HOLE|SUSPENDED/);
    expectOneLine(beyond!, 2, "no bars in the range");
    expectOneLine(size!, 2, "5m bars cannot be made of its 15m bars");
  });
});
