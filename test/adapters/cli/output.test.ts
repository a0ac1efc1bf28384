import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import {
  barline,
  expectOneLine,
  HANGS_MS,
  IF_15M,
  lines15m,
  SMA_CROSS,
  workFolder,
} from "./barline.ts";
import { checkTrace } from "./trace-checker.ts";

// Goal: data on standard output and talk on standard error, the same bytes wherever and whenever it
// runs, and never a mark that only a terminal understands.

const file = workFolder();
const BACKTEST = ["backtest", SMA_CROSS, "--bars", IF_15M];
const LIVE = ["live", SMA_CROSS, "--sim", IF_15M, "--start", "2024-03-05T02:07:30Z"];
const OUTAGE = ["--outage", "2024-03-14T06:20:00Z/1200"];

describe("the same command twice", () => {
  it.for<[string, string[]]>([
    ["backtest", BACKTEST],
    ["live", [...LIVE, ...OUTAGE]],
  ])("gives the same bytes: %s", { timeout: HANGS_MS }, async ([name, args]) => {
    const trace = (number: number) => file(`${name}-${number}.ndjson`);
    const first = await barline([...args, "--trace", trace(1)]);
    const again = await barline([...args, "--trace", trace(2)]);
    expect(again).toEqual(first);
    // Nothing depends on where and in which language the machine stands.
    mkdirSync(file("else/where"), { recursive: true });
    const cwd = file("else/where");
    const env = { TZ: "America/St_Johns", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" };
    const there = args.map((arg) => (arg.startsWith("/") ? relative(cwd, arg) : arg));
    const abroad = await barline([...there, "--trace", trace(3)], { cwd, env });
    expect(abroad).toEqual(first);
    const bytes = readFileSync(trace(1), "utf8");
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(readFileSync(trace(2), "utf8")).toBe(bytes);
    expect(readFileSync(trace(3), "utf8")).toBe(bytes);
    const shown = `${first.stdout}${first.stderr}${bytes}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe("--json", () => {
  it.for<[string, string[], string[]]>([
    ["backtest", BACKTEST, ["strategy", "series", "calendar", "outcome", "bars", "readyAt"]],
    ["live", [...LIVE, "--no-backfill"], ["signals", "orders", "fills", "cash", "equity"]],
  ])("prints one object and nothing else: %s", { timeout: HANGS_MS }, async ([, args, fields]) => {
    const { stdout, stderr, code } = await barline([...args, "--json"]);
    expect(stdout).toMatch(/^\{.*\}\n$/);
    for (const field of fields) expect(JSON.parse(stdout)).toHaveProperty(field);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("of compare tells the same as the table", { timeout: HANGS_MS }, async () => {
    const trace = file("self.ndjson");
    await barline([...BACKTEST, "--quiet", "--trace", trace]);
    const { stdout, code } = await barline(["compare", trace, trace, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ equal: true, from: "2023-12-26T02:30:00.000Z" });
    expect(code).toBe(0);
  });
});

describe("standard output", () => {
  it("carries the trace alone with --trace -", { timeout: HANGS_MS }, async () => {
    const { stdout, stderr } = await barline([...BACKTEST, "--trace", "-"]);
    expect(checkTrace(stdout).bars).toHaveLength(3_200);
    expect(stderr).toContain("equity");
    const both = await barline([...BACKTEST, "--trace", "-", "--json"]);
    expectOneLine(both, 2, "--trace - --json: ", "write the trace to a file");
  });

  it("may be closed early", { timeout: HANGS_MS }, () => {
    const quoted = [...BACKTEST, "--quiet", "--trace", "-"].map((arg) => `'${arg}'`).join(" ");
    const program = new URL("../../../dist/adapters/cli/main.js", import.meta.url).pathname;
    const script = `set -o pipefail; '${process.execPath}' '${program}' ${quoted} | head -n 1`;
    const shown = execFileSync("bash", ["-c", script], { stdio: ["ignore", "pipe", "pipe"] });
    expect(shown.toString()).toMatch(/^\{"type":"run".*\}\n$/);
  });
});

describe("a trace that cannot be written", () => {
  it.for<[string, string]>([
    [file("no/such/folder.ndjson"), "name a file in a folder that exists"],
    [file("."), "name a file"],
    ["", "--trace: "],
    ["/dev/full", "make room on the disk"],
  ])("is one line: %s", { timeout: HANGS_MS }, async ([path, cure]) => {
    expectOneLine(await barline([...BACKTEST, "--quiet", "--trace", path]), 2, cure);
  });

  it("is one line on standard output, as is a summary", { timeout: HANGS_MS }, () => {
    const program = new URL("../../../dist/adapters/cli/main.js", import.meta.url).pathname;
    const full = openSync("/dev/full", "w");
    for (const extra of [["--quiet"], ["--json"], ["--quiet", "--trace", "-"]]) {
      let ended: { status?: number; stderr?: Buffer } = {};
      try {
        execFileSync(process.execPath, [program, ...BACKTEST, ...extra], {
          stdio: ["ignore", full, "pipe"],
        });
      } catch (error) {
        ended = error as typeof ended;
      }
      expect(ended.status).toBe(2);
      expect(String(ended.stderr)).toMatch(/^barline: standard output: [^\n]*ENOSPC[^\n]*\n$/);
    }
    closeSync(full);
  });

  it("is closed and whole up to the row that is faulty", { timeout: HANGS_MS }, async () => {
    const lines = lines15m();
    const bars = file("late-fault.csv", [...lines.slice(0, 3_000), "x", ""].join("\n"));
    const path = file("late-fault.ndjson");
    // With a stated size and calendar nothing reads the file before the run does.
    const ended = await barline([
      "backtest",
      SMA_CROSS,
      "--bars",
      bars,
      "--quiet",
      "--trace",
      path,
    ]);
    expectOneLine(ended, 2, "late-fault.csv:3001");
    if (existsSync(path))
      expect(checkTrace(readFileSync(path, "utf8")).bars.length).toBeLessThan(3_000);
  });
});

describe("help", () => {
  it.for(["backtest", "live", "compare", "aggregate", "calendars", "demo"])(
    "of %s explains it on standard output",
    { timeout: HANGS_MS },
    async (command) => {
      const { stdout, stderr, code } = await barline([command, "--help"]);
      expect(stdout).toMatch(new RegExp(`^Usage: barline ${command}`));
      if (command !== "demo") expect(stdout).toMatch(/\nExamples?:\n {2}barline /);
      expect(stderr).toBe("");
      expect(code).toBe(0);
    },
  );

  it("comes on standard error where no command was given", { timeout: HANGS_MS }, async () => {
    const { stdout, stderr, code } = await barline([]);
    expect(stderr).toMatch(/^Usage: barline /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("comes on standard output where it was asked for", { timeout: HANGS_MS }, async () => {
    const { stdout, code } = await barline(["--help"]);
    expect(stdout).toContain("Exit codes: 0 fine");
    expect(code).toBe(0);
    expect((await barline(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
