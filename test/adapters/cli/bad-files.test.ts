import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import {
  barline,
  barlines,
  type Ended,
  expectOneLine,
  HANGS_MS,
  IF_15M,
  lines15m,
  SMA_CROSS,
  workFolder,
} from "./barline.ts";

// Goal: whatever is wrong with a file of bars, the user reads one line that names the place and the
// cure, a script sees exit code 2, nothing hangs and nothing shows a stack.

const file = workFolder();
const good = lines15m();
const text = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** The good file with the fields of its line 501 changed. */
function changed(change: (fields: string[]) => string[]): string {
  return text(good.map((line, at) => (at === 500 ? change(line.split(",")).join(",") : line)));
}

function quarterLater(time: string): string {
  return new Date(Date.parse(time) + 900_000).toISOString();
}

function set(column: number, value: string): string {
  return changed((fields) => fields.map((field, at) => (at === column ? value : field)));
}

const gzip = gzipSync(text(good));
const damaged = Uint8Array.from(gzip, (byte, at) => (at === 20_000 ? byte ^ 0xff : byte));
const junk = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 2_654_435_761) >>> 13);

type BadFile = readonly [
  what: string,
  name: string,
  content: string | Uint8Array,
  ...parts: string[],
];

const BAD_FILES: readonly BadFile[] = [
  ["is empty", "empty.csv", "", "empty.csv: ", "empty; it needs a header"],
  ["has a header alone", "header.csv", text(good.slice(0, 1)), "no rows; it needs one line a bar"],
  [
    "lacks a column",
    "column.csv",
    text(good.map((line) => line.split(",").slice(0, 4).join(","))),
    "column.csv:1: ",
    '"close"',
    "add the column",
  ],
  ["has a NaN", "nan.csv", set(4, "NaN"), "nan.csv:501:5 (close)", '"NaN" is not a number'],
  ["has an empty field", "blank.csv", set(4, ""), "blank.csv:501:5 (close)", "empty; write"],
  [
    "has a high below the low",
    "high.csv",
    changed((fields) => [fields[0]!, fields[1]!, fields[3]!, fields[2]!, ...fields.slice(4)]),
    "high.csv:501:3 (high)",
    "below its low; correct",
  ],
  ["has a negative price", "negative.csv", set(3, "-5"), "negative.csv:501:4 (low)", "; "],
  [
    "is unsorted",
    "unsorted.csv",
    text([...good.slice(0, 500), good[501]!, good[500]!, ...good.slice(502)]),
    "unsorted.csv:502:1",
    "sort the file by time",
  ],
  [
    "runs backwards",
    "backwards.csv",
    text([good[0]!, ...good.slice(1).reverse()]),
    "backwards.csv:3:1",
    "sort the file by time",
  ],
  [
    "has a row twice",
    "doubled.csv",
    text([...good.slice(0, 501), ...good.slice(500)]),
    "doubled.csv:502:1",
    "twice; remove one",
  ],
  [
    "has a row twice with other values",
    "conflict.csv",
    text([...good.slice(0, 501), good[500]!.replace(/\d+$/, "1"), ...good.slice(501)]),
    "conflict.csv:502:1",
    "different values; keep one",
  ],
  [
    "has local times and no zone",
    "local.csv",
    text(good).replace(/T(\d\d:\d\d:\d\d)Z/g, " $1"),
    "local.csv:2:1",
    "state the time zone",
  ],
  ["has a time off every grid", "off.csv", set(0, "2024-01-17T02:15:07Z"), "off.csv: ", "XSHG"],
  [
    "has a time of another age",
    "age.csv",
    text([...good, "2999-01-01T01:30:00Z,1,1,1,1,1"]),
    "2999-01-01T01:30:00.000Z",
    "--calendar bars",
  ],
  [
    "has the closes of its bars for times",
    "closes.csv",
    text(good.map((line) => line.replace(/^[^,]+Z/, quarterLater))),
    "closes.csv: its times fit XSHG, but as the ends",
    "say --label close",
  ],
  ["has one row", "one.csv", text(good.slice(0, 2)), "one.csv: ", "say it, such as --size"],
  ["has a row too short", "short.csv", changed((fields) => fields.slice(0, 4)), "4 fields"],
  ["has an open quote", "quote.csv", set(1, '"3485'), "quote.csv:501", "closed; enclose"],
  ["has a NUL", "nul.csv", set(1, "\0"), "nul.csv:501", "NUL"],
  ["is no table", "prose.csv", "It was a dark\nand stormy night.\n", "prose.csv:1", "column"],
  ["is binary", "binary.csv", junk, "binary.csv:1", "; "],
  [
    "is a truncated gzip",
    "cut.csv.gz",
    gzip.subarray(0, gzip.length >> 1),
    "cut.csv.gz: ",
    "early",
  ],
  ["is a damaged gzip", "damaged.csv.gz", damaged, "damaged.csv.gz: ", "compress the file again"],
];

let ended: readonly Ended[];
beforeAll(async () => {
  ended = await barlines(
    file,
    BAD_FILES.map(([, name, content]) => ["backtest", SMA_CROSS, "--bars", file(name, content)]),
  );
}, HANGS_MS);

describe("barline backtest of a file that", () => {
  it.each(BAD_FILES.map((bad, at) => [bad[0], at] as const))("%s", (_what, at) => {
    const [, , , ...parts] = BAD_FILES[at]!;
    expectOneLine(ended[at]!, 2, ...parts);
  });
});

describe("barline with a file of bars that", () => {
  it.for<[string, string, ...string[]]>([
    ["is not there", file("nothing.csv"), "no such file", "check the path"],
    ["is a directory", file("."), "directory; name a CSV file in it"],
    ["has no name", "", "the name is empty"],
    ["is a device", "/dev/null", "/dev/null: ", "not a regular file; "],
  ])("%s", { timeout: HANGS_MS }, async ([, path, ...parts]) => {
    expectOneLine(await barline(["backtest", SMA_CROSS, "--bars", path]), 2, ...parts);
  });

  it("is a pipe that nobody writes to does not wait", { timeout: HANGS_MS }, async () => {
    const path = file("pipe.csv");
    execFileSync("mkfifo", [path]);
    expectOneLine(await barline(["backtest", SMA_CROSS, "--bars", path]), 2, "pipe.csv", "; ");
    expectOneLine(await barline(["compare", path, path]), 2, "pipe.csv", "; ");
    expectOneLine(
      await barline(["backtest", SMA_CROSS, "--quiet", "--bars", IF_15M, "--trace", path]),
      2,
      "pipe.csv",
    );
  });

  it("may not be read says so", { timeout: HANGS_MS }, async () => {
    const path = file("secret.csv", text(good));
    chmodSync(path, 0);
    // Root may read anything, so it becomes somebody else.
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    chmodSync(file("."), 0o755);
    const ended = await barline(["backtest", SMA_CROSS, "--bars", path], uid);
    expectOneLine(ended, 2, "secret.csv", "permission");
  });

  it("has a line of 64 MB keeps memory flat", { timeout: HANGS_MS }, async () => {
    const path = file("line.csv");
    const descriptor = openSync(path, "w");
    writeSync(descriptor, `${good[0]}\n${good[1]},`);
    const piece = Buffer.alloc(1 << 20, "1");
    for (let written = 0; written < 64; written += 1) writeSync(descriptor, piece);
    closeSync(descriptor);
    // With room for a fraction of the line alone: whoever holds it dies.
    const env = { NODE_OPTIONS: "--max-old-space-size=24 --max-semi-space-size=2" };
    const bars = await barline(["backtest", SMA_CROSS, "--bars", path], { env });
    expectOneLine(bars, 2, "line.csv:2", "longer than 1 MiB; check");
    expectOneLine(await barline(["compare", path, path], { env }), 2, "line.csv:1", "; ");
  });
});

describe("the other commands", () => {
  it("say the same of a bad file as backtest does", { timeout: HANGS_MS }, async () => {
    const bars = file("bad.csv", set(4, "NaN"));
    const live = ["live", SMA_CROSS, "--sim", bars, "--start", "2024-03-05T02:07:30Z", "--quiet"];
    expectOneLine(await barline(live), 2, "bad.csv:501:5 (close)");
    const out = file("larger.csv");
    const aggregate = ["aggregate", bars, "--size", "1h", "--out", out];
    expectOneLine(await barline(aggregate), 2, "bad.csv:501:5 (close)");
  });

  it("never write over what they read", { timeout: HANGS_MS }, async () => {
    const bars = file("precious.csv", text(good));
    mkdirSync(file("folder"), { recursive: true });
    const trace = ["backtest", SMA_CROSS, "--quiet", "--bars", bars, "--trace"];
    expectOneLine(await barline([...trace, bars]), 2, "--trace: ", "name another file");
    const out = ["aggregate", bars, "--size", "1h", "--out"];
    expectOneLine(await barline([...out, bars]), 2, "--out: ", "name another file");
    expectOneLine(await barline([...out, file("folder")]), 2, "directory; name a file");
    expectOneLine(await barline([...out, "/dev/null"]), 2, "device");
    const ended = await barline(["aggregate", bars, "--size", "15m", "--out", file("copy.csv")]);
    expect(ended.code).toBe(0);
  });

  it("leave faulty rows out where they are told to, and count them", {
    timeout: HANGS_MS,
  }, async () => {
    const bars = file("skip.csv", set(4, "NaN"));
    const live = ["live", SMA_CROSS, "--sim", bars, "--start", "2024-03-05T02:07:30Z"];
    const ended = await barline([...live, "--on-fault", "skip"]);
    expect(ended.stderr).toContain("1 faulty rows left out");
    expect(ended.code).toBe(0);
  });
});
