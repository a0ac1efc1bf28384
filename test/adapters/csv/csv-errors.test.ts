import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CsvBarSource } from "../../../adapters/csv/csv-bar-source.ts";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { explainFileError } from "../../../adapters/csv/file-errors.ts";
import { inspectCsv } from "../../../adapters/csv/inspect-csv.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { failureOf, HEADER, temporaryFolder, writeFile } from "./csv-files.ts";

const folder = temporaryFolder();
const path = folder.path("bars.csv");
const options: CsvOptions = { series: series(instrument("TEST"), barSize("15m")) };
const ROWS = [
  "2024-01-02T10:00:00Z,2,3,1,2,10",
  "2024-01-02T10:15:00Z,2,3,1,2,10",
  "2024-01-02T10:30:00Z,2,3,1,2,10",
];
const GOOD = `${[HEADER, ...ROWS].join("\n")}\n`;

/** A sound file with its third line (the second bar) replaced. */
const withRow = (row: string): string => `${HEADER}\n${ROWS[0]}\n${row}\n${ROWS[2]}\n`;

interface Trouble {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly code: string;
  /** What stands after the file's path, up to the cure. */
  readonly message: string;
  readonly settings?: Partial<CsvOptions>;
}

const FATAL: readonly Trouble[] = [
  { what: "nothing", content: "", code: "empty-file", message: ": the file is empty" },
  {
    what: "blank lines",
    content: "\n\r\n  \n",
    code: "empty-file",
    message: ": the file is empty",
  },
  { what: "a mark alone", content: "\ufeff", code: "empty-file", message: ": the file is empty" },
  {
    what: "packed nothing",
    content: gzipSync(""),
    code: "empty-file",
    message: ": the file is empty",
  },
  {
    what: "a header alone",
    content: `${HEADER}\n\n`,
    code: "no-rows",
    message: ": the file has a header and no rows",
  },
  {
    what: "a missing column",
    content: GOOD.replace("low", "lowest"),
    code: "missing-column",
    message:
      ':1: there is no column named like "low" for the low among ' +
      "open_time, open, high, lowest, close, volume",
  },
  {
    what: "a missing volume",
    content: "time,open,high,low,close\n2024-01-02T10:00:00Z,2,3,1,2\n",
    code: "missing-column",
    message:
      ':1: there is no column named like "volume" for the volume among ' +
      "time, open, high, low, close",
  },
  {
    what: "a stated column that is missing",
    content: GOOD,
    code: "missing-column",
    message:
      ':1: there is no column "Last" for the close among open_time, open, high, low, close, volume',
    settings: { columns: { close: "Last" } },
  },
  {
    what: "no header",
    content: `${ROWS.join("\n")}\n`,
    code: "missing-column",
    message: ":1: the first line is a bar, not a header",
  },
  {
    what: "two columns of one name",
    content: GOOD.replace("volume", "Close"),
    code: "ambiguous-column",
    message: ':1:6: columns 5 and 6 are both "close"',
  },
  {
    what: "times without a zone",
    content: GOOD.replaceAll("Z", ""),
    code: "zone-needed",
    message: ':2:1 (open_time): the time "2024-01-02T10:00:00" states no offset from UTC',
  },
  {
    what: "unknown times",
    content: GOOD.replaceAll("2024-01-02T", "2nd Jan 2024 "),
    code: "unknown-time-form",
    message: ':2:1 (open_time): "2nd Jan 2024 10:00:00Z" is in no known form of time',
  },
  {
    what: "twelve digits that could be two things",
    content: GOOD.replaceAll(/2024-01-02T(..):(..):00Z/g, "20240102$1$2"),
    code: "unknown-time-form",
    message: ':2:1 (open_time): "202401021000" is in no known form of time',
  },
  {
    what: "dates for bars of minutes",
    content: GOOD.replaceAll(/T..:..:00Z/g, ""),
    code: "time-of-day-needed",
    message: ':2:1 (open_time): "2024-01-02" is a date, and the bars are of 15m',
  },
  {
    what: "an unclosed quote",
    content: withRow('"2024-01-02T10:15:00Z,2,3,1,2,10'),
    code: "bad-quotes",
    message: ":3: a quotation mark is opened here and never closed",
  },
  {
    what: "a quote within a field",
    content: withRow('2024-01-02T10:15:00Z,2,3",1,2,10'),
    code: "bad-quotes",
    message: ":3: a quotation mark stands in the middle of a field",
  },
  {
    what: "a quote that swallows a megabyte",
    content: withRow(`"${`${ROWS[1]}\n`.repeat(80_000)}`),
    code: "record-too-long",
    message: ":3: the row that begins here exceeds 1 MiB",
  },
  {
    what: "a line of nothing but commas",
    content: withRow(",".repeat(3_000_000)),
    code: "line-too-long",
    message: ":3: the line is longer than 1 MiB",
  },
  {
    what: "a header without an end",
    content: "a".repeat(1_500_000),
    code: "line-too-long",
    message: ":1: the line is longer than 1 MiB",
  },
  {
    what: "a NUL byte",
    content: withRow("2024-01-02T10:15:00Z,2,3\0,1,2,10"),
    code: "binary-data",
    message: ":3: the line has a NUL byte, so it is no text",
  },
  {
    what: "binary junk",
    content: Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 251),
    code: "binary-data",
    message: ":1: the line has a NUL byte, so it is no text",
  },
  {
    what: "Latin-1 text",
    content: Buffer.from(withRow("2024-01-02T10:15:00Z,2,3,1,2,10\u00a0"), "latin1"),
    code: "not-utf-8",
    message: ":3: the line is not UTF-8 text",
  },
  {
    what: "UTF-16 text",
    content: Buffer.from(`\ufeff${GOOD}`, "utf16le"),
    code: "not-csv",
    message: ": it is UTF-16 text",
  },
  {
    what: "a workbook",
    content: Buffer.from("PK\x03\x04 and so on"),
    code: "not-csv",
    message: ": it is a zip archive or a workbook",
  },
  {
    what: "a truncated gzip",
    content: gzipSync(GOOD).subarray(0, -12),
    code: "truncated-gzip",
    message: ": the gzip data end too early",
  },
  {
    what: "two bytes of gzip",
    content: Uint8Array.of(0x1f, 0x8b),
    code: "truncated-gzip",
    message: ": the gzip data end too early",
  },
  {
    what: "a corrupt gzip",
    content: gzipSync(GOOD).map((byte, index) => (index === 30 ? byte ^ 0xff : byte)),
    code: "corrupt-gzip",
    message: ": the gzip data are damaged",
  },
];

const ROW_FAULTS: readonly Trouble[] = [
  {
    what: "too few fields",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2"),
    code: "field-count",
    message: ":3:6 (volume): the row has 5 fields, the header has 6",
  },
  {
    what: "too many fields",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2,10,11"),
    code: "field-count",
    message: ":3:7: the row has 7 fields, the header has 6",
  },
  {
    what: "a time of another form",
    content: withRow("2024-01-02T10:15:00,2,3,1,2,10"),
    code: "time-form",
    message: ':3:1 (open_time): "2024-01-02T10:15:00" is not a time of the form iso',
  },
  {
    what: "a date that does not exist",
    content: withRow("2023-02-29T10:15:00Z,2,3,1,2,10"),
    code: "time-form",
    message: ':3:1 (open_time): "2023-02-29T10:15:00Z" is not a time of the form iso',
  },
  ...["", "NaN", "null", "0x10", "Infinity", "1e999", "1 000", "1,5", "--1", "."].map((text) => ({
    what: `the price ${JSON.stringify(text)}`,
    content: withRow(`2024-01-02T10:15:00Z,2,"${text}",1,2,10`),
    code: "not-a-number",
    message: `:3:3 (high): ${text === "" ? "the field is empty" : `"${text}" is not a number`}`,
  })),
  {
    what: "a high below the low",
    content: withRow("2024-01-02T10:15:00Z,2,1,3,2,10"),
    code: "impossible-bar",
    message: ":3:3 (high): its high is below its low",
  },
  {
    what: "a close above the high",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,4,10"),
    code: "impossible-bar",
    message: ":3:5 (close): its close lies outside low to high",
  },
  {
    what: "a negative volume",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2,-5"),
    code: "impossible-bar",
    message: ":3:6 (volume): its volume is negative",
  },
  {
    what: "prices whose sum is no double",
    content: withRow("2024-01-02T10:15:00Z,1e308,1e308,1e308,1e308,10"),
    code: "impossible-bar",
    message: ":3:3 (high): a price is not a finite number",
  },
  {
    what: "a price of zero",
    content: withRow("2024-01-02T10:15:00Z,2,3,0,2,10"),
    code: "price-not-positive",
    message: ":3:4 (low): a price is zero or negative",
  },
  {
    what: "-1 for the prices",
    content: withRow("2024-01-02T10:15:00Z,-1,-1,-1,-1,0"),
    code: "sentinel",
    message: ":3:2 (open): -1 stands for a value that does not exist",
  },
  {
    what: "-1 for the volume",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2,-1"),
    code: "sentinel",
    message: ":3:6 (volume): -1 stands for a value that does not exist",
  },
  {
    what: "an earlier time",
    content: withRow("2024-01-02T09:45:00Z,2,3,1,2,10"),
    code: "unsorted",
    message:
      ":3:1 (open_time): the bar of 2024-01-02T09:45:00.000Z comes after that of " +
      "2024-01-02T10:00:00.000Z",
  },
  {
    what: "a bar twice",
    content: withRow(ROWS[0]!),
    code: "duplicate",
    message: ":3:1 (open_time): the bar of 2024-01-02T10:00:00.000Z is there twice",
  },
  {
    what: "a bar twice with other values",
    content: withRow("2024-01-02T10:00:00Z,2,3,1,2,11"),
    code: "conflict",
    message:
      ":3:1 (open_time): the bar of 2024-01-02T10:00:00.000Z is there twice, " +
      "with different values",
  },
  {
    what: "bars closer than their size",
    content: withRow("2024-01-02T10:01:00Z,2,3,1,2,10"),
    code: "overlap",
    message:
      ":3:1 (open_time): the bar of 2024-01-02T10:01:00.000Z opens before the one before it closes",
  },
];

async function troubleWith(trouble: Trouble, file = path): Promise<void> {
  writeFile(file, trouble.content);
  const error = await failureOf(readCsvBars(file, { ...options, ...trouble.settings }));
  expect(error.code).toBe(trouble.code);
  expect(error.message).not.toContain("\n");
  expect(error.message.startsWith(`${file}${trouble.message}; `)).toBe(true);
  expect(error.cure).toMatch(/.{10,}/);
}

describe("a file that cannot be read", () => {
  // Goal: each ends in one line that says what, where and what to do.
  for (const trouble of FATAL) {
    it(`names ${trouble.what}`, () => troubleWith(trouble));
  }

  it("may be a folder, a pipe, or absent", async () => {
    const directory = folder.path("directory.csv");
    mkdirSync(directory);
    const pipe = folder.path("pipe.csv");
    execFileSync("mkfifo", [pipe]);
    for (const [file, code] of [
      [directory, "is-a-directory"],
      [pipe, "not-a-file"],
      ["/dev/zero", "not-a-file"],
      [folder.path("absent.csv"), "no-such-file"],
      [`${writeFile(path, GOOD)}/below.csv`, "no-such-file"],
    ] as const) {
      const error = await failureOf(readCsvBars(file, options));
      expect(error.code).toBe(code);
      expect(error.message.startsWith(`${file}: `)).toBe(true);
    }
  });

  // Goal: root may read everything, so what others are told is checked on the system's own error.
  it("may be forbidden, or fail in a way nobody foresaw", () => {
    const forbidden = Object.assign(new Error("EACCES"), { code: "EACCES" });
    expect(explainFileError(forbidden, "a.csv")).toMatchObject({
      code: "no-permission",
      message: "a.csv: you have no permission for it; change the file's permissions",
    });
    const broken = Object.assign(new Error("i/o error, read"), { code: "EIO" });
    expect(explainFileError(broken, "a.csv")).toMatchObject({
      code: "file-failed",
      message: "a.csv: the system reports: i/o error, read; check the disk and the path",
    });
  });

  // Goal: a line of 500 MB costs what its first megabyte costs.
  it("may be a line of 500 MB", async () => {
    const file = folder.path("line.csv");
    const handle = openSync(file, "w");
    const piece = Buffer.alloc(10_000_000, "7");
    writeSync(handle, GOOD);
    for (let written = 0; written < 500_000_000; written += piece.length) {
      writeSync(handle, piece);
    }
    closeSync(handle);
    const error = await failureOf(readCsvBars(file, options));
    expect(error.message).toBe(
      `${file}:5: the line is longer than 1 MiB; check that it is a CSV file with one bar a line`,
    );
  }, 60_000);

  // Goal: looking at a file meets the same troubles in the same words.
  it("cannot be inspected either", async () => {
    for (const code of ["empty-file", "no-rows", "missing-column", "truncated-gzip"]) {
      const trouble = FATAL.find((each) => each.code === code)!;
      writeFile(path, trouble.content);
      expect((await failureOf(inspectCsv(path))).code).toBe(code);
    }
  });
});

describe("a row that cannot be a bar", () => {
  // Goal: by default the first fault ends the reading, with file, line, column and cure.
  for (const trouble of ROW_FAULTS) {
    it(`fails by default: ${trouble.what}`, () => troubleWith(trouble));
  }

  // Goal: under the policy skip the other rows are read, and nothing is left out unreported.
  for (const { what, content, code, message } of ROW_FAULTS) {
    it(`is counted when skipped: ${what}`, async () => {
      writeFile(path, content);
      const { bars, report } = await readCsvBars(path, { ...options, onFault: "skip" });
      expect([...bars].map((bar) => bar.openTime)).toEqual([1704189600000, 1704191400000]);
      expect(report).toMatchObject({ rows: 3, bars: 2, skipped: 1 });
      expect(report.faults).toHaveLength(1);
      expect(report.faults[0]).toMatchObject({ kind: code, count: 1 });
      expect(report.faults[0]!.examples[0]).toContain(`${path}${message}; `);
    });
  }

  it("follows the policy of its own kind", async () => {
    writeFile(path, withRow("2024-01-02T10:15:00Z,x,3,1,2,10"));
    const skipsOthers = { ...options, onFault: { duplicate: "skip" } } as const;
    expect((await failureOf(readCsvBars(path, skipsOthers))).code).toBe("not-a-number");
    const skipsThis = { ...options, onFault: { "not-a-number": "skip" } } as const;
    expect((await readCsvBars(path, skipsThis)).bars.length).toBe(2);
  });

  it("gives no more than five examples of a kind", async () => {
    writeFile(path, `${GOOD}${"x\n".repeat(20)}`);
    const { report } = await readCsvBars(path, { ...options, onFault: "skip" });
    expect(report.faults).toMatchObject([{ kind: "field-count", count: 20 }]);
    expect(report.faults[0]!.examples).toHaveLength(5);
  });

  // Goal: a policy for a kind that does not exist is a mistake, not a wish that is ignored.
  it("has a kind that is known", () => {
    const onFault = { nonsense: "skip" } as NonNullable<CsvOptions["onFault"]>;
    expect(() => new CsvBarSource(path, { ...options, onFault })).toThrow(
      'there is no kind of fault called "nonsense"; use field-count',
    );
  });

  it("may have a negative price where the instrument allows it", async () => {
    writeFile(path, withRow("2024-01-02T10:15:00Z,-2,0,-3,-1,10"));
    const spread = instrument("SPREAD", { allowsNegativePrice: true });
    const { bars } = await readCsvBars(path, { series: series(spread, barSize("15m")) });
    expect(bars.at(1)).toMatchObject({ open: -2, high: 0, low: -3, close: -1 });
  });
});

describe("the line of a fault", () => {
  // Goal: it is the line an editor shows, blank lines and quoted line ends included.
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    it(`counts lines that end with ${JSON.stringify(lineEnd)}`, async () => {
      const lines = [
        `note,${HEADER}`,
        "",
        `"two\nlines",${ROWS[0]}`,
        "",
        "",
        `"three\n\nlines",${ROWS[1]}`,
        `,${ROWS[2]}x`,
      ];
      writeFile(path, lines.join("\n").replaceAll("\n", lineEnd));
      const error = await failureOf(readCsvBars(path, options));
      expect(error.message).toContain(`${path}:10:7 (volume): "10x" is not a number`);
    });
  }

  it("is right far into a file", async () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `${1_700_000_100 + index * 900},2,3,1,2,0`,
    );
    const file = writeFile(path, `${[HEADER, ...many].join("\n")}\nx,2,3,1,2,0`);
    const error = await failureOf(readCsvBars(file, options));
    expect(error.where).toBe(`${file}:20002:1 (open_time)`);
  });
});
